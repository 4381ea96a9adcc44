//! Erasing calls, by right.

use callbook_model::RecordPlace;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::backend::dispatch;
use crate::document::Unpacker;
use crate::{AccountKey, Error, Store, SyncLock};

/// What was erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purged {
    /// Calls.
    pub calls: u64,
    /// Versions of them.
    pub versions: u64,
}

/// How much of what was purged somebody has seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PurgeMark {
    /// Of the purge, rising; the next one begins only when no more comes of it.
    pub number: i64,
    /// Calls that it has erased so far.
    pub calls: i64,
}

/// A purge that has erased something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purge {
    /// It as it is now: it may be going on.
    pub mark: PurgeMark,
    /// When it began, milliseconds since 1970-01-01T00:00:00Z.
    pub at_ms: i64,
    /// It erases calls that began earlier.
    pub before_ms: i64,
    /// No state of what it has erased began at this moment or later: the same, but for calls that had been moved back.
    pub until_ms: i64,
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

    /// The purges of an account that have erased something since a mark, in order.
    ///
    /// For projections: of what is at a place before `until_ms`, each session has to be asked for anew by its key
    /// ([`Store::sessions`]), and is gone if it is not given. The mark is to be read before that and kept with it: what
    /// is erased meanwhile counts for the next time. An account that was erased as a whole has no purges.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn purges(&self, account: AccountKey, after: PurgeMark) -> Result<Vec<Purge>, Error> {
        dispatch!(self, purges(account, after))
    }
}

/// When a call began by one of its states: at the end of time if that is damaged, for then it may be any.
pub(crate) fn start_ms(unpacker: &mut Unpacker, simple: &[u8]) -> i64 {
    let place = unpacker.simple(simple).and_then(RecordPlace::decode);
    place.map_or(i64::MAX, |place| place.start_ms)
}
