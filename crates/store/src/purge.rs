//! Erasing calls, by right.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::backend::dispatch;
use crate::{Error, Store, SyncLock};

/// What was erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purged {
    /// Calls.
    pub calls: u64,
    /// Versions of them.
    pub versions: u64,
}

impl Store {
    /// Erases the calls that began before a moment, in milliseconds since 1970-01-01T00:00:00Z; without
    /// one, everything of the account and the account itself. Seals stay with a partial purge, which
    /// also erases what the directory says of the time before. It goes
    /// forward in small transactions: what was interrupted is continued by purging again.
    ///
    /// # Errors
    /// [`Error::TakenOver`], or when the archive cannot be written.
    pub async fn purge(&self, lock: &SyncLock, before_ms: Option<i64>) -> Result<Purged, Error> {
        let at_ms = Timestamp::now().as_millisecond();
        dispatch!(self, purge(lock, before_ms, at_ms))
    }
}
