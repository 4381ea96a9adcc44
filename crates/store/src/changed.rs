//! What has changed since: calls in the order that the archive took their newest states in.

use callbook_model::Scope;

use crate::backend::dispatch;
use crate::calls::View;
use crate::{AccountKey, Error, Store};

/// A call by its newest state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedCall {
    /// RingCentral's id of the record.
    pub id: String,
    /// The state's change number.
    pub seq: i64,
    /// When the call began, milliseconds since 1970-01-01T00:00:00Z.
    pub start_ms: i64,
    /// Upstream said that it was deleted, or lists it no more.
    pub deleted: bool,
    /// The record, or its Simple view; `None` if what the archive holds of it is damaged.
    pub json: Option<String>,
}

impl Store {
    /// At most `limit` calls of a log whose newest states have change numbers above `after_seq`, in their order.
    /// Numbers become visible in order: whoever has seen one has seen all below it.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn changed(
        &self,
        account: AccountKey,
        scope: Scope,
        after_seq: i64,
        limit: u32,
        view: View,
    ) -> Result<Vec<ChangedCall>, Error> {
        dispatch!(self, changed(account, scope, after_seq, limit, view))
    }

    /// The newest change number of an account; 0 before there is any.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn newest_seq(&self, account: AccountKey) -> Result<i64, Error> {
        dispatch!(self, newest_seq(account))
    }

    /// When the state of a change number was received, milliseconds since 1970-01-01T00:00:00Z; `None` if there is none,
    /// or it was purged.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn received_ms(&self, account: AccountKey, seq: i64) -> Result<Option<i64>, Error> {
        let found = dispatch!(self, received_after(account, seq - 1))?;
        Ok(found.filter(|(of, _)| *of == seq).map(|(_, ms)| ms))
    }

    /// A change number that comes before those of all states received at a moment or later, in milliseconds since
    /// 1970-01-01T00:00:00Z. It is found by halving, so it is right as far as states were received in the order of
    /// their numbers: those that were imported with moments of their own were not.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn seq_before(&self, account: AccountKey, received_ms: i64) -> Result<i64, Error> {
        let (mut low, mut high) = (0, self.newest_seq(account).await?);
        while low < high {
            let middle = low + (high - low) / 2;
            // Purged states leave gaps.
            match dispatch!(self, received_after(account, middle))? {
                Some((seq, ms)) if ms < received_ms => low = seq.min(high),
                _ => high = middle,
            }
        }
        Ok(low)
    }
}
