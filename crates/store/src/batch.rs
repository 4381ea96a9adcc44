//! The one way in: a batch of records becomes durable, or nothing of it does.

use callbook_model::Scope;
use serde::{Deserialize, Serialize};

use crate::backend::dispatch;
use crate::{Error, Incoming, Quarantined, Store, SyncLock};

/// From the first sight of a call's absence to the second, at least: upstream's lists may lag for a while.
pub const ABSENT_AFTER_MS: i64 = 3_600_000;

/// What one step of a task has read.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Records, in the order they came; of several with one id the last counts.
    pub records: Vec<Incoming>,
    /// What came as a record and is none.
    pub quarantined: Vec<Quarantined>,
    /// Ids that the archive has, and that a complete list of their time did not have. Seen so once, a call
    /// is suspect; seen so again at least [`ABSENT_AFTER_MS`] later, and not listed
    /// in between, it counts as deleted upstream.
    pub absent: Vec<String>,
    /// Tasks' names and how far each is once this batch is in: JSON. They belong to the batch's scope.
    pub cursors: Vec<(&'static str, String)>,
    /// The server's time when it answered, milliseconds since 1970-01-01T00:00:00Z; 0 for our own clock's.
    pub observed_ms: i64,
    /// Write a record even if the archive says that it has it already: a repair.
    pub force: bool,
}

/// What a batch, or several, changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Committed {
    /// Calls that were not in the archive.
    pub inserted: u64,
    /// Calls that say something else than before, or were written again to repair them.
    pub updated: u64,
    /// Calls that upstream has deleted since.
    pub deleted: u64,
    /// Calls that counted as deleted because they were absent, and are listed again.
    pub restored: u64,
    /// Calls that were absent, and are not taken for deleted yet.
    pub suspects: u64,
    /// Calls that are as they were.
    pub unchanged: u64,
    /// Records that could not be read, and were not in quarantine yet.
    pub quarantined: u64,
}

impl std::ops::AddAssign for Committed {
    fn add_assign(&mut self, other: Self) {
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.deleted += other.deleted;
        self.restored += other.restored;
        self.suspects += other.suspects;
        self.unchanged += other.unchanged;
        self.quarantined += other.quarantined;
    }
}

impl Store {
    /// Takes a batch in.
    ///
    /// Change numbers come from the account's row, which the transaction holds: they commit in
    /// order, and a reader that has seen one has seen all before it.
    ///
    /// # Errors
    /// [`Error::TakenOver`] when another process has become the account's syncer; otherwise when the
    /// archive cannot be written. Either way nothing of the batch is in.
    pub async fn commit(
        &self,
        lock: &SyncLock,
        scope: Scope,
        batch: Batch,
    ) -> Result<Committed, Error> {
        dispatch!(self, commit(lock, scope, batch, Vec::new()))
    }
}
