//! Recordings that come as files, from a bundle.

use std::path::PathBuf;

use callbook_ringcentral::RecordingId;
use callbook_store::{Account, RecordingQuery, RecordingRow, RecordingState, Store};

use crate::Error;
use crate::place::Place;
use crate::put::{look_at, put};

/// A recording's content in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The recording's id.
    pub id: String,
    /// Where it is.
    pub path: PathBuf,
    /// What its SHA-256 should be, hexadecimal.
    pub sha256: String,
}

/// Keeps the content of a file as a recording's; `false` where it is kept already, or no call of the archive names it.
///
/// # Errors
/// When the file cannot be read or is another, or the archive or the place cannot be written.
pub async fn adopt(
    store: &Store,
    account: &Account,
    place: &Place,
    file: &Content,
) -> Result<bool, Error> {
    let rows = store.recordings(account.key, RecordingQuery::Id(file.id.clone())).await?;
    let missing = |row: &&RecordingRow| {
        row.state != RecordingState::Kept && row.id.parse::<RecordingId>().is_ok()
    };
    let Some(row) = rows.first().filter(missing) else { return Ok(false) };
    let unreadable = |source| Error::File { path: file.path.clone(), source };
    let open = async || tokio::fs::File::open(&file.path).await.map_err(unreadable);
    let found = look_at(open().await?, None, None).await.map_err(unreadable)?;
    if !found.hash.sha256.eq_ignore_ascii_case(&file.sha256) {
        return Err(Error::OtherFile { path: file.path.clone() });
    }
    put(store, account, place, row, open().await?, found).await
}
