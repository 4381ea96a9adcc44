//! What has changed since, session by session: what projections that have a row for each session are made from.

use crate::backend::dispatch;
use crate::{AccountKey, Error, Store};

/// Sessions of which something has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionChanges {
    /// The change number up to which everything is in a projection that has taken these in. Lower than the one asked
    /// from: the account was erased, or put back, since; the projection has to be made anew.
    pub upto: i64,
    /// Each once.
    pub sessions: Vec<ChangedSession>,
    /// Ids of records that are left out because what the archive holds of them is damaged; of those whose older states
    /// are, it is unknown which other sessions they were in.
    pub damaged: Vec<String>,
}

/// A session as it is now: all records of the account's own log with one `telephonySessionId`, else one `sessionId`. A row
/// of the portal's is a session by itself, as long as that log does not have its call
/// ([`CallFilter::unless_in`](crate::CallFilter::unless_in)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedSession {
    /// `t` and the `telephonySessionId`, `s` and the `sessionId`, or for a record with neither `r` and its id; `p`
    /// and its id for a row of the portal's.
    pub key: String,
    /// Its records that are not deleted, by start and id; none when nothing is left of it.
    pub records: Vec<SessionRecord>,
    /// When its records began, by any of their states, milliseconds since 1970-01-01T00:00:00Z, ascending: a row that
    /// was written of it before is at one of them. Empty when there can be none.
    pub places_ms: Vec<i64>,
}

/// A record by its newest state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// RingCentral's id of the record.
    pub id: String,
    /// The record, as it came.
    pub json: String,
    /// The state's change number.
    pub seq: i64,
    /// When it began, milliseconds since 1970-01-01T00:00:00Z.
    pub start_ms: i64,
}

impl Store {
    /// The sessions that at most `limit` changed calls of the account's own log, and rows of the portal's, are in, or ever
    /// were: those calls with the next newest states after a change number, in order.
    ///
    /// A projection takes each out at its `places_ms`, puts it in as it is now, and goes on from `upto`. Sessions are
    /// given as they are at the moment, not as they were at `upto`, so they may be ahead of it; but a record that was
    /// first seen after `upto` is left out until its turn, for else nobody could say whether its session is new. Where a
    /// record has left a session by a change after `upto`, an old row may stay beside the new one until that change's
    /// turn. Once `upto` is the newest change number, a projection is as if it had been made anew.
    ///
    /// What is purged does not change, it is gone: see [`Store::purges`].
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn changed_sessions(
        &self,
        account: AccountKey,
        after_seq: i64,
        limit: u32,
    ) -> Result<SessionChanges, Error> {
        dispatch!(self, changed_sessions(account, after_seq, limit))
    }

    /// Sessions by their keys, as a projection has them that has come to `upto`. What there is nothing of is left out.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn sessions(
        &self,
        account: AccountKey,
        keys: Vec<String>,
        upto: i64,
    ) -> Result<SessionChanges, Error> {
        dispatch!(self, sessions(account, keys, upto))
    }
}
