//! Rows as the databases have them, for what goes over all of an archive: seals, checks, transfers.

use std::borrow::Cow;

use callbook_model::CallRecord;
use sha2::{Digest as _, Sha256};

use crate::Cause;
use crate::document::Columns;

/// A call's row with all its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredCall {
    /// The backend's own number, unique within the account and scope.
    pub(crate) call: i64,
    /// `content_hash` of the newest document, as noted when it came.
    pub(crate) hash: Vec<u8>,
    pub(crate) row: Narrow,
    /// Newest first, as each leads to the one before.
    pub(crate) versions: Vec<StoredVersion>,
    /// The versions end with the call's first one: none on the way is missing.
    pub(crate) whole: bool,
}

/// A version as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredVersion {
    pub(crate) seq: i64,
    pub(crate) received_ms: i64,
    pub(crate) cause: Cause,
    pub(crate) columns: Columns,
}

/// A row of `posting`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Posting {
    pub(crate) key: String,
    pub(crate) start_ms: i64,
    pub(crate) call: i64,
}

/// A version that no call leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Orphan {
    pub(crate) seq: i64,
    pub(crate) columns: Columns,
}

/// An account's change numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangeNumbers {
    /// The newest one given, as the account's row says.
    pub(crate) newest: i64,
    /// How many versions there are.
    pub(crate) versions: i64,
    /// Numbers that no version has, as first and last of each gap: at most a thousand.
    pub(crate) gaps: Vec<(i64, i64)>,
    /// Numbers of versions that were purged, in all.
    pub(crate) purged: i64,
    /// Calls that began before were purged.
    pub(crate) purged_before_ms: Option<i64>,
}

/// The columns of `call` that are derived from its newest document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Narrow {
    pub(crate) id: String,
    pub(crate) start_ms: i64,
    pub(crate) duration_ms: i64,
    pub(crate) call_type: Option<String>,
    pub(crate) direction: Option<String>,
    pub(crate) result: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) from_number: Option<String>,
    pub(crate) from_extension: Option<String>,
    pub(crate) from_name: Option<String>,
    pub(crate) to_number: Option<String>,
    pub(crate) to_extension: Option<String>,
    pub(crate) to_name: Option<String>,
    pub(crate) recorded: bool,
    /// The record says so, or it is absent upstream.
    pub(crate) deleted: bool,
}

impl Narrow {
    /// As [`key_text`] and [`without_nul`] leave them.
    pub(crate) fn without_nul(self) -> Self {
        let optional = |text: Option<String>| text.map(|text| without_nul(&text).into_owned());
        Self {
            id: key_text(&self.id).into_owned(),
            call_type: optional(self.call_type),
            direction: optional(self.direction),
            result: optional(self.result),
            action: optional(self.action),
            from_number: optional(self.from_number),
            from_extension: optional(self.from_extension),
            from_name: optional(self.from_name),
            to_number: optional(self.to_number),
            to_extension: optional(self.to_extension),
            to_name: optional(self.to_name),
            ..self
        }
    }

    /// What the columns are for a record whose newest version has this cause.
    pub(crate) fn of(record: CallRecord, cause: Cause) -> Self {
        let CallRecord { id, start_ms, duration_ms, call_type, direction, .. } = record;
        Self {
            id,
            start_ms,
            duration_ms,
            call_type,
            direction,
            result: record.result,
            action: record.action,
            from_number: record.from.phone_number,
            from_extension: record.from.extension_number,
            from_name: record.from.name,
            to_number: record.to.phone_number,
            to_extension: record.to.extension_number,
            to_name: record.to.name,
            recorded: record.recorded,
            deleted: record.deleted || cause == Cause::Absent,
        }
    }
}

/// The longest id or key, in bytes; PostgreSQL's indexes take no entry of more than 2,704 in all.
const LONGEST_KEY: usize = 1000;

/// An id or key as every database can have it in an index: of one that is absurdly long, the beginning and
/// a hash, so that it costs neither its record nor the batch.
pub(crate) fn key_text(text: &str) -> Cow<'_, str> {
    let text = without_nul(text);
    if text.len() <= LONGEST_KEY {
        return text;
    }
    let hash: String = Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
    let beginning = &text[..text.floor_char_boundary(LONGEST_KEY - hash.len())];
    format!("{beginning}{hash}").into()
}

/// A text as every database can have it: PostgreSQL's cannot have U+0000. Comparisons of what was derived
/// from a document leave it out on either side.
pub(crate) fn without_nul(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "").into() } else { text.into() }
}
