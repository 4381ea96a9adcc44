//! Records that a user has deleted from the own call log, as it is served: they stay in the archive, and in every
//! other log.

use std::collections::HashSet;

use callbook_model::ExtensionId;

use crate::backend::dispatch;
use crate::{AccountKey, Error, Store};

/// A record that is hidden from a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// RingCentral's id of the record.
    pub id: String,
    /// What was hidden later has a higher one, within the account.
    pub number: i64,
    /// Since when, milliseconds since 1970-01-01T00:00:00Z.
    pub hidden_ms: i64,
}

impl Store {
    /// Hides records from the log of an extension; how many of them were not hidden already.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn hide(
        &self,
        account: AccountKey,
        extension: ExtensionId,
        ids: Vec<String>,
        at_ms: i64,
    ) -> Result<u64, Error> {
        dispatch!(self, hide(account, extension, ids, at_ms))
    }

    /// At most `limit` records that are hidden from the log of an extension, with numbers above `after`, in their
    /// order.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn hidden_after(
        &self,
        account: AccountKey,
        extension: ExtensionId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Hidden>, Error> {
        dispatch!(self, hidden_after(account, extension, after, limit))
    }

    /// Those of some records that are hidden from the log of an extension.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn hidden_of(
        &self,
        account: AccountKey,
        extension: ExtensionId,
        ids: Vec<String>,
    ) -> Result<HashSet<String>, Error> {
        dispatch!(self, hidden_of(account, extension, ids))
    }

    /// The newest number of a hidden record of an account; 0 before there is any.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn newest_hidden(&self, account: AccountKey) -> Result<i64, Error> {
        dispatch!(self, newest_hidden(account))
    }
}
