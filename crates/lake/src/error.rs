//! What can go wrong with tables.

use datafusion::error::DataFusionError;
use datafusion::parquet::errors::ParquetError;

/// A failure of the lake.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The archive could not be read.
    #[error("cannot read the archive")]
    Store(#[from] callbook_store::Error),
    /// A text that names no place for tables.
    #[error("'{place}' is no place for tables")]
    OddPlace {
        /// What was given, up to anything that could be secret.
        place: String,
    },
    /// A bucket that cannot be used as it is set up.
    #[error("cannot use {place} for tables")]
    Place {
        /// Which.
        place: String,
        /// What it says.
        source: object_store::Error,
    },
    /// A file of the lake could not be read or written.
    #[error("cannot read or write {object} of the lake at {place}")]
    Object {
        /// Its path within the lake.
        object: String,
        /// Where the lake is.
        place: String,
        /// Why.
        source: object_store::Error,
    },
    /// The folder for the lake could not be made.
    #[error("cannot make the folder {}", path.display())]
    Folder {
        /// Where.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The list of the lake's files cannot be read.
    #[error("the lake's {object} is damaged")]
    Manifest {
        /// Its path within the lake.
        object: String,
        /// Where it stops to make sense.
        source: serde_json::Error,
    },
    /// Two processes have written the tables at a time; what this one has not published is lost.
    #[error("another process has written the tables meanwhile")]
    Overtaken,
    /// Tables could not be written.
    #[error("cannot write Parquet")]
    Parquet(#[from] ParquetError),
    /// The lake's own work with tables failed.
    #[error("cannot work with the lake's tables")]
    Tables(#[from] DataFusionError),
    /// There is no such table.
    #[error("there is no table {name:?}")]
    NoTable {
        /// What was asked for.
        name: String,
    },
    /// A question is wrong: SQL that cannot be read, or names what is not there.
    #[error("{message}")]
    Question {
        /// What is wrong, for whoever wrote it.
        message: String,
    },
    /// A question may only read.
    #[error("a question may only read: {message}")]
    Writes {
        /// What it wanted.
        message: String,
    },
    /// A question took too much memory.
    #[error("the question needs more than the {} MB of memory it may have", .limit_bytes >> 20)]
    Memory {
        /// How much there is.
        limit_bytes: usize,
    },
    /// A question took too long.
    #[error("the question took more than {limit_s} s")]
    Time {
        /// How long it may take.
        limit_s: u64,
    },
}
