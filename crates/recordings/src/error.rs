//! What can go wrong with recordings.

use std::io;
use std::path::PathBuf;

/// Recordings cannot be fetched, kept or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The archive's error.
    #[error(transparent)]
    Store(#[from] callbook_store::Error),
    /// The server's error.
    #[error(transparent)]
    Upstream(#[from] callbook_ringcentral::Error),
    /// A text that names no place for recordings.
    #[error("'{place}' is no place for recordings")]
    OddPlace {
        /// What was given, up to anything that could be secret.
        place: String,
    },
    /// A place that cannot be used as it is set up.
    #[error("cannot use {place} for recordings")]
    Place {
        /// Which.
        place: String,
        /// What it says.
        source: object_store::Error,
    },
    /// A folder that cannot be made.
    #[error("cannot make the folder {}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// An object that cannot be read or written.
    #[error("cannot read or write {object} in {place}")]
    Object {
        /// Which.
        object: String,
        /// Where.
        place: String,
        /// What the place says.
        source: object_store::Error,
    },
    /// Another content is where a recording was to be put.
    #[error("{object} is there already, with another content")]
    OtherObject {
        /// Which.
        object: String,
    },
    /// A file with a recording cannot be read.
    #[error("cannot read {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file's SHA-256 is not what it should be.
    #[error("{} is not the recording that it should be", path.display())]
    OtherFile {
        /// Which.
        path: PathBuf,
    },
    /// A file on its way cannot be read or written.
    #[error("cannot read or write the spool")]
    Spool(#[source] io::Error),
    /// What was asked for cannot be written.
    #[error("cannot write the recording")]
    Write(#[source] io::Error),
    /// A user of another account than the others.
    #[error("user {user} is of account {found}, not {expected}")]
    OtherAccount {
        /// Which, from 1.
        user: usize,
        /// Its account.
        found: u64,
        /// Theirs.
        expected: u64,
    },
}

impl Error {
    /// This user may read no recordings; another one may.
    pub(crate) fn is_the_users(&self) -> bool {
        use callbook_ringcentral::Error as Upstream;
        let Self::Upstream(error) = self else { return false };
        let forbidden =
            matches!(error, Upstream::Forbidden { .. } | Upstream::MissingScopes { .. });
        forbidden || error.is_login_refused()
    }
}
