//! What leaves an archive as files, and comes into one from files.
//!
//! Tables ([`Format`]) are for other programs to read. Lines of JSON hold records byte for byte; with
//! their versions, or as a bundle, they are all that an equal archive can be made from. What a file must look
//! like is written in `docs/export.md`.

mod aside;
mod bundle;
mod calls;
mod cell;
mod column;
mod csv;
mod error;
mod format;
mod import;
mod line;
mod parquet;
mod row;
mod versions;
mod workbook;

pub use self::csv::Csv;
pub use aside::{Aside, Packed};
pub use bundle::{Bundled, Contents, Recorded, write_bundle};
pub use calls::{Calls, Listed, Query, Source, View};
pub use cell::Cell;
pub use error::Error;
pub use format::{Exported, Format, Notice, write_calls};
pub use import::{
    BadLine, BundledRecording, Clock, How, Opened, Progress, Report, bundled_recordings,
};
pub use versions::write_versions;
pub use workbook::Sheets;
