//! Reports: questions about the archive, each a file of SQL, and their answers in every form.
//!
//! A report is one `.sql` file: a header (what it asks, its parameters, its chart) in a comment, and one `SELECT`.
//! [`Catalog`] has those that are built in, and those of a folder. [`Report::question`] gives the parameters their
//! values, [`Question::ask`] asks a lake, and [`write_answer`] writes what comes.
//!
//! ```text
//! file ──▶ report ──values──▶ question ──lake──▶ answer ──▶ CSV, JSON, workbook, Parquet, chart, page
//! ```

mod built_in;
mod catalog;
pub mod chart;
pub mod erlang;
mod error;
mod format;
mod functions;
mod header;
mod letter;
mod parameter;
mod period;
mod question;
mod relative;
mod report;
mod rows;
mod shown;

pub use catalog::{BadReport, Catalog};
pub use error::Error;
pub use format::{Format, Page, write_answer};
pub use functions::functions;
pub use letter::Letter;
pub use parameter::{Kind, Parameter, Value, Words};
pub use period::Period;
pub use question::{Asked, Bound, Question};
pub use relative::{Relative, RelativeError};
pub use report::{Chart, ChartKind, Origin, Report};
pub use rows::{Column, Rows};
pub use shown::{head, text};
