//! What SQLite says, in our words.

use std::path::Path;

use rusqlite::ErrorCode;

use crate::{Error, Location};

/// Names what SQLite says.
pub(crate) fn name(path: &Path, source: rusqlite::Error) -> Error {
    let location = Location::Sqlite(path.to_owned());
    match source.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Error::Full { location },
        Some(ErrorCode::ReadOnly) => Error::ReadOnly { location },
        Some(ErrorCode::NotADatabase) => Error::NotAnArchive { location },
        Some(ErrorCode::DatabaseCorrupt) => Error::Damaged { location },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Busy { location },
        // WAL needs its shared-memory file beside the database.
        Some(ErrorCode::CannotOpen) => Error::ReadOnly { location },
        _ => Error::Database { location, source: source.into() },
    }
}
