//! Copies of archives, and archives from copies.

use std::path::Path;

use crate::backend::dispatch;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::{AccountKey, Error, Location, Store};

impl Store {
    /// Writes a consistent copy of the archive, or of one account of it, as an SQLite archive for its owner
    /// alone. A file of that name is replaced once the copy is whole and safe on the disk, not before.
    ///
    /// # Errors
    /// When the archive cannot be read, or the copy not be written.
    pub async fn backup(&self, to: &Path, account: Option<AccountKey>) -> Result<(), Error> {
        dispatch!(self, backup(to, account))
    }

    /// Makes an archive of a copy, with the same change numbers, at a place where there is none, after
    /// looking through the copy for damage. The copy stays as it is.
    ///
    /// # Errors
    /// [`Error::NotEmpty`] when there is something; when the copy is damaged or no archive; when the place
    /// cannot be written.
    pub async fn restore(from: &Path, into: &Location) -> Result<(), Error> {
        match into {
            Location::Sqlite(path) => Sqlite::restore(from, path).await,
            Location::Postgres(server) => Postgres::restore(from, server).await,
        }
    }
}
