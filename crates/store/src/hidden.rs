//! Records that a user has deleted from the own call log, as it is served: they stay in the archive, and in every
//! other log.

use callbook_model::ExtensionId;

use crate::backend::dispatch;
use crate::{AccountKey, Error, Store};

/// A record that is hidden from a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// RingCentral's id of the record.
    pub id: String,
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

    /// At most `limit` records that were hidden from the log of an extension at `from_ms` or later, in that order.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn hidden(
        &self,
        account: AccountKey,
        extension: ExtensionId,
        from_ms: i64,
        limit: u32,
    ) -> Result<Vec<Hidden>, Error> {
        dispatch!(self, hidden(account, extension, from_ms, limit))
    }
}
