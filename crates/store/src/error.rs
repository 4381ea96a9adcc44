//! What can go wrong with an archive. `Display` is one line and never repeats its source.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// An archive that could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no file.
    #[error("there is no archive at {}", path.display())]
    NoArchive {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A file, but not one of ours.
    #[error("{} is not a Callbook archive", path.display())]
    NotAnArchive {
        /// The file; it was left as it is.
        path: PathBuf,
    },
    /// Written by a later Callbook.
    #[error("the archive {} has schema {found}, this Callbook knows up to {known}", path.display())]
    Newer {
        /// The archive.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest we know.
        known: i64,
    },
    /// The folder is missing, or not for us to write in.
    #[error("cannot create or open {}", path.display())]
    CannotOpen {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database cannot be written.
    #[error("the archive {} cannot be written: the file or its folder is read-only", path.display())]
    ReadOnly {
        /// The archive.
        path: PathBuf,
    },
    /// No space left.
    #[error("the disk is full: the archive {} could not grow", path.display())]
    Full {
        /// The archive.
        path: PathBuf,
    },
    /// Pages that cannot be right.
    #[error("the archive {} is damaged", path.display())]
    Damaged {
        /// The archive.
        path: PathBuf,
    },
    /// Another process writes at this moment, and did not stop for a while.
    #[error("another program keeps the archive {} busy", path.display())]
    Busy {
        /// The archive.
        path: PathBuf,
    },
    /// Another process syncs this account.
    #[error("another sync of this account is running (process {holder})")]
    Locked {
        /// Its process id, or `unknown`.
        holder: String,
    },
    /// Another process has become the account's syncer since.
    #[error("another sync of this account has taken over")]
    TakenOver,
    /// A document that cannot be read back.
    #[error("the archived record {id} is damaged")]
    DamagedRecord {
        /// The record's id.
        id: String,
    },
    /// No memory to compress a record.
    #[error("a record could not be compressed")]
    Compressor(#[source] std::io::Error),
    /// The SQLite in this program has a bug that can damage a WAL.
    #[error("SQLite {found} is too old: {} or later is needed", crate::SQLITE_AT_LEAST.1)]
    OldSqlite {
        /// Its version.
        found: &'static str,
    },
    /// Anything else that SQLite says.
    #[error("the archive {} could not be used", path.display())]
    Sqlite {
        /// The archive.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
}

impl Error {
    /// Names what SQLite says.
    pub(crate) fn sqlite(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { path },
            Some(ErrorCode::NotADatabase) => Self::NotAnArchive { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            // WAL needs its shared-memory file beside the database.
            Some(ErrorCode::CannotOpen) => Self::ReadOnly { path },
            _ => Self::Sqlite { path, source },
        }
    }
}
