//! Every state of every call, in the order that they were seen in: what copies of an archive are made from.

use callbook_model::Scope;

use crate::backend::dispatch;
use crate::{AccountKey, CallFilter, Cause, Error, Store};

/// One state of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// The account's change number.
    pub seq: i64,
    /// Of which log.
    pub scope: Scope,
    /// RingCentral's id.
    pub id: String,
    /// Which of the call's states it is: 1, 2, 3 …
    pub version: i64,
    /// When it was received, milliseconds since 1970-01-01T00:00:00Z.
    pub received_ms: i64,
    /// Why it was written.
    pub cause: Cause,
    /// The record as it came; `None` if what the archive holds of it is damaged.
    pub json: Option<String>,
}

impl Store {
    /// At most `limit` states, in the order of their change numbers, from after number `after_seq` on, of the
    /// calls of which the newest state fits the filter. Every log's: the filter's `scope` and `unless_in` do
    /// not count.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn journal(
        &self,
        account: AccountKey,
        filter: CallFilter,
        after_seq: i64,
        limit: u32,
    ) -> Result<Vec<JournalEntry>, Error> {
        dispatch!(self, journal(account, filter, after_seq, limit))
    }
}
