//! How the database that an archive is in does.

use crate::backend::dispatch;
use crate::{Error, Store};

/// An archive's database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Such as `SQLite 3.51.3`.
    pub engine: String,
    /// The schema's version.
    pub schema: i64,
    /// What the database itself found damaged, in its own words; the first few of it.
    pub damage: Vec<String>,
}

impl Store {
    /// What the database says of itself. With `look`, SQLite reads the whole file and looks whether its pages
    /// fit together; PostgreSQL tells in either case what pages its checksums have found damaged so far.
    ///
    /// [`Store::check`] looks at what is in the pages.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn health(&self, look: bool) -> Result<Health, Error> {
        dispatch!(self, health(look))
    }
}
