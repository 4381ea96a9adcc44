//! `Content-Disposition`, from what the query asks for (RFC 6266).

use crate::error::ApiError;
use crate::params::{Described, Param, Params};

pub(super) const PARAMETERS: &[&dyn Described] = &[&KIND, &FILE_NAME];

const KIND: Param<&str> = Param::words(
    "contentDisposition",
    &[("Inline", "inline"), ("Attachment", "attachment")],
    "Whether a browser is to play the sound or to save it.",
);

const FILE_NAME: Param<String> =
    Param::text("contentDispositionFilename", "The name to save it under.");

/// The header's value, if the query asks for one.
///
/// A file name is given twice: in ASCII, for old clients, and in UTF-8. Nothing of it can end the header or its
/// quotes: whatever is neither letter nor digit nor one of `-_. ` is replaced, or written as `%` and a number.
pub(super) fn read(params: &Params) -> Result<Option<String>, ApiError> {
    let kind = params.given(&KIND)?;
    let name = params.given(&FILE_NAME)?;
    Ok(match (kind, name) {
        (None, None) => None,
        (Some(kind), None) => Some(kind.to_owned()),
        (kind, Some(name)) => Some(with_name(kind.unwrap_or("attachment"), &name)),
    })
}

fn with_name(kind: &str, name: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let plain = |letter| if is_plain(letter) || letter == ' ' { letter } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    let utf8: String = name
        .bytes()
        .map(|byte| match is_plain(byte.into()) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect();
    format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{utf8}")
}
