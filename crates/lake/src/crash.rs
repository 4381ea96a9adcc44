//! The steps of an update, at which a test can stop the process dead.

pub(crate) use callbook_crash::point;

/// A file's rows are written aside.
pub(crate) const WRITTEN: &str = "lake-written";
/// It has its name.
pub(crate) const PUBLISHED: &str = "lake-published";
/// All files that the next manifest names are there.
pub(crate) const COMMITTING: &str = "lake-committing";
/// The manifest names them.
pub(crate) const COMMITTED: &str = "lake-committed";
/// What was purged is out of some files.
pub(crate) const PURGING: &str = "lake-purging";
/// Some rows are as the directory says now.
pub(crate) const REVISING: &str = "lake-revising";
/// A file that nobody needs is gone.
pub(crate) const SWEEPING: &str = "lake-sweeping";
