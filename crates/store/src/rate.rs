//! Requests that count against rate limits. What is allowed is not decided here.

use crate::backend::{Backend, dispatch};
use crate::{AccountKey, Error, Store};

/// What was counted of one app, person and class of requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// The client id of the app.
    pub app: String,
    /// The person's extension id; 0 while nobody has signed in.
    pub extension: u64,
    /// Such as `heavy`.
    pub class: String,
    /// How often it was written before; 0 for one that is new.
    pub revision: i64,
    /// JSON, to be kept as it is.
    pub log: String,
    /// When it says no more than no entry would: milliseconds since 1970-01-01T00:00:00Z.
    pub expires_ms: i64,
}

impl Store {
    /// What was counted of one app, person (0: nobody) and class of requests.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn rate(
        &self,
        account: AccountKey,
        app: &str,
        extension: u64,
        class: &str,
    ) -> Result<Option<Rate>, Error> {
        dispatch!(self, rate(account, app, extension, class))
    }

    /// Writes what was counted, with revisions counted up. Of each that somebody else has written since, and which
    /// is therefore left as it is, it gives what is there; of the others `None`.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn put_rates(
        &self,
        account: AccountKey,
        rates: Vec<Rate>,
    ) -> Result<Vec<Option<Rate>>, Error> {
        dispatch!(self, put_rates(account, rates))
    }

    /// Forgets what has expired.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn forget_rates(&self, account: AccountKey, now_ms: i64) -> Result<(), Error> {
        dispatch!(self, forget_rates(account, now_ms))
    }

    /// Whether a small write costs no wait for a disk of this machine: then what has to be common knowledge can be
    /// written at once.
    pub fn writes_are_cheap(&self) -> bool {
        matches!(self.backend, Backend::Postgres(_))
    }
}
