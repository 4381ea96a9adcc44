//! What can go wrong with files.

use std::io;
use std::path::PathBuf;

/// Why a file could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The archive.
    #[error(transparent)]
    Store(#[from] callbook_store::Error),
    /// The disk is full, the folder is not there, whoever reads has gone, …
    #[error("cannot write the output")]
    Write(#[from] io::Error),
    /// A file of a name.
    #[error("cannot write {}", path.display())]
    WriteFile {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A bundle is never written over something.
    #[error("{} is there already", path.display())]
    Exists {
        /// What.
        path: PathBuf,
    },
    /// A file that is to be taken in.
    #[error("cannot read {}", path.display())]
    ReadFile {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is none of the things that can be taken in.
    #[error("{} is nothing that can be taken in", path.display())]
    Unknown {
        /// What.
        path: PathBuf,
    },
    /// A folder without manifest and checksums.
    #[error("{} is no bundle", path.display())]
    NoBundle {
        /// Which.
        path: PathBuf,
    },
    /// A file of a bundle is not the one that was written.
    #[error("{} is not as it was written", path.display())]
    Damaged {
        /// Which.
        path: PathBuf,
    },
    /// A later Callbook has written it, in a form that is not known here.
    #[error("{} was written by a newer Callbook", path.display())]
    Newer {
        /// What.
        path: PathBuf,
    },
    /// Nobody has said in which zone the times of the portal's file are.
    #[error("the times of the portal's file have no zone")]
    NoZone,
    /// The Parquet writer.
    #[error("cannot write Parquet")]
    Parquet(#[from] ::parquet::errors::ParquetError),
    /// The spreadsheet writer.
    #[error("cannot write the workbook")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
}

impl From<::csv::Error> for Error {
    fn from(error: ::csv::Error) -> Self {
        match error.into_kind() {
            ::csv::ErrorKind::Io(source) => Self::Write(source),
            kind => Self::Write(io::Error::other(format!("{kind:?}"))),
        }
    }
}

impl From<arrow_schema::ArrowError> for Error {
    fn from(error: arrow_schema::ArrowError) -> Self {
        Self::Parquet(error.into())
    }
}
