//! What can go wrong with an archive. `Display` is one line and never repeats its source.

use std::path::PathBuf;

use crate::Location;

/// An archive that could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no file.
    #[error("there is no archive at {location}")]
    NoArchive {
        /// Where it was looked for.
        location: Location,
    },
    /// A file, but not one of ours.
    #[error("{location} is not a Callbook archive")]
    NotAnArchive {
        /// The file; it was left as it is.
        location: Location,
    },
    /// There is something where an archive was to be restored.
    #[error("there is something at {location} already")]
    NotEmpty {
        /// The place; it was left as it is.
        location: Location,
    },
    /// Written by a later Callbook.
    #[error("the archive {location} has schema {found}, this Callbook knows up to {known}")]
    Newer {
        /// The archive.
        location: Location,
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
    #[error("the archive {location} cannot be written: the file or its folder is read-only")]
    ReadOnly {
        /// The archive.
        location: Location,
    },
    /// No space left.
    #[error("the disk is full: the archive {location} could not grow")]
    Full {
        /// The archive.
        location: Location,
    },
    /// Pages that cannot be right.
    #[error("the archive {location} is damaged")]
    Damaged {
        /// The archive.
        location: Location,
    },
    /// Another process writes at this moment, and did not stop for a while.
    #[error("another program keeps the archive {location} busy")]
    Busy {
        /// The archive.
        location: Location,
    },
    /// Another process syncs this account.
    #[error("another sync of this account is running (process {holder})")]
    Locked {
        /// Its process id, or `unknown`.
        holder: String,
    },
    /// Another process fetches this account's recordings.
    #[error("the recordings of this account are being fetched already (process {holder})")]
    RecordingsLocked {
        /// Its process id, or `unknown`.
        holder: String,
    },
    /// Another process writes this account's tables.
    #[error("the tables of this account are being written already (process {holder})")]
    LakeLocked {
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
    /// No server answers at that place, or the connection broke.
    #[error("the archive {location} cannot be reached")]
    Unreachable {
        /// The archive.
        location: Location,
        /// What the system, the network or the server said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Anything else that the database says.
    #[error("the archive {location} could not be used")]
    Database {
        /// The archive.
        location: Location,
        /// What the database said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
