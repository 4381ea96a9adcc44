//! The handle of an open archive.

use crate::backend::Backend;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::{Error, Location};

/// Whether an archive has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// Made if there is none.
    OrCreate,
    /// An error if there is none.
    Existing,
}

/// An open archive. Cheap to clone; clones share the connections.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) backend: Backend,
    location: Location,
}

impl Store {
    /// Opens an archive and brings its schema up to date.
    ///
    /// # Errors
    /// When there is none, when the place holds something else (it stays untouched) or a newer one, when
    /// it cannot be written.
    pub async fn open(location: &Location, open: Open) -> Result<Self, Error> {
        let backend = match location {
            Location::Sqlite(path) => Backend::Sqlite(Sqlite::open(path.clone(), open).await?),
            Location::Postgres(server) => Backend::Postgres(Postgres::open(server, open).await?),
        };
        Ok(Self { backend, location: location.clone() })
    }

    /// Where it is.
    pub fn location(&self) -> &Location {
        &self.location
    }
}
