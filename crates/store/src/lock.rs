//! One syncer per account: a lock that dies with its process, and a number that outlives it.

use std::any::Any;

use crate::backend::dispatch;
use crate::{AccountKey, Error, Store};

/// The right to commit calls of one account, held until dropped.
///
/// The system, or the database's server, drops the lock with the process, so a crash blocks nobody. Where
/// that does not work (file locks on some network disks), the fencing number still stops whoever came
/// first: it is checked inside every transaction that needs the lock.
#[derive(Debug)]
pub struct SyncLock {
    pub(crate) account: AccountKey,
    pub(crate) fence: i64,
    /// Whatever drops the lock when it is dropped: the backend's own.
    pub(crate) held: Box<dyn Any + Send + Sync>,
}

/// The right to do one account's work of some kind, or the archive's, held until dropped. It dies as [`SyncLock`] does; where it does
/// not work, two do the same, which must do no harm.
#[derive(Debug)]
pub struct WorkLock {
    #[expect(dead_code, reason = "held, not read")]
    pub(crate) held: Box<dyn Any + Send + Sync>,
}

impl SyncLock {
    /// Whose calls may be committed.
    pub fn account(&self) -> AccountKey {
        self.account
    }
}

impl Store {
    /// Becomes the account's only syncer.
    ///
    /// # Errors
    /// When another process is, or the archive cannot be written.
    pub async fn lock_sync(&self, account: AccountKey) -> Result<SyncLock, Error> {
        dispatch!(self, lock_sync(account))
    }

    /// Becomes the only one who fetches the account's recordings.
    ///
    /// # Errors
    /// When another process is, or the archive cannot be written.
    pub async fn lock_recordings(&self, account: AccountKey) -> Result<WorkLock, Error> {
        dispatch!(self, lock_recordings(account))
    }

    /// Becomes the only one who writes the account's tables.
    ///
    /// # Errors
    /// When another process is, or the archive cannot be written.
    pub async fn lock_lake(&self, account: AccountKey) -> Result<WorkLock, Error> {
        dispatch!(self, lock_lake(account))
    }

    /// Becomes the only one who runs the archive's deliveries; none if another process, or another task of this one,
    /// does.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn lock_deliveries(&self) -> Result<Option<WorkLock>, Error> {
        dispatch!(self, lock_deliveries())
    }

    /// The process that syncs the account now, if one does: its id, or `unknown`.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn sync_holder(&self, account: AccountKey) -> Result<Option<String>, Error> {
        dispatch!(self, sync_holder(account))
    }
}
