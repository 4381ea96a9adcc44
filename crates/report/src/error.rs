//! What can go wrong with reports.

use std::io;
use std::path::PathBuf;

use datafusion::arrow::error::ArrowError;
use datafusion::parquet::errors::ParquetError;

/// A failure of a report.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The lake, or the report's own SQL.
    #[error(transparent)]
    Lake(#[from] callbook_lake::Error),
    /// A file could not be written.
    #[error(transparent)]
    Exchange(#[from] callbook_exchange::Error),
    /// Whoever reads has gone, the disk is full, …
    #[error("cannot write the output")]
    Write(#[from] io::Error),
    /// The folder of reports cannot be read.
    #[error("cannot read the folder {}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// No report has this name.
    #[error("there is no report '{name}'{}", or(near))]
    Unknown {
        /// What was asked for.
        name: String,
        /// Names that look like it.
        near: Vec<String>,
    },
    /// The report has no parameter of this name.
    #[error("the report '{report}' has no parameter '{name}'{}", or(known))]
    NoParameter {
        /// The report.
        report: String,
        /// What was given.
        name: String,
        /// What it has.
        known: Vec<String>,
    },
    /// A parameter has to be given.
    #[error("the report '{report}' needs the parameter '{name}': {help}")]
    Missing {
        /// The report.
        report: String,
        /// The parameter.
        name: String,
        /// What it is.
        help: String,
    },
    /// A parameter's value is none of its kind.
    #[error("{name}: {message}")]
    Value {
        /// The parameter.
        name: String,
        /// What is wrong.
        message: String,
    },
    /// A chart was asked for, and the report has none.
    #[error("the report has no chart")]
    NoChart,
    /// The report's header names a column for its chart that the answer does not have.
    #[error("the chart needs the column '{column}', which the answer does not have")]
    ChartColumn {
        /// Which.
        column: String,
    },
    /// Columns of a kind that cannot be shown.
    #[error("cannot read the answer")]
    Arrow(#[from] ArrowError),
    /// The Parquet writer.
    #[error("cannot write Parquet")]
    Parquet(#[from] ParquetError),
}

/// `: perhaps a, b`, if there is anything.
fn or(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!(", but {}", names.join(", ")) }
}
