//! What is known of a call log as a whole.

use callbook_model::Scope;

use crate::backend::dispatch;
use crate::{AccountKey, Error, Store, SyncLock};

impl Store {
    /// Notes that upstream lists nothing (any more) that began before a moment, in milliseconds since
    /// 1970-01-01T00:00:00Z. Calls before it are expired upstream, not deleted. An earlier moment than was
    /// noted before changes nothing.
    ///
    /// # Errors
    /// [`Error::TakenOver`], or when the archive cannot be written.
    pub async fn set_upstream_from(
        &self,
        lock: &SyncLock,
        scope: Scope,
        from_ms: i64,
    ) -> Result<(), Error> {
        dispatch!(self, set_upstream_from(lock, scope, from_ms))
    }

    /// What [`Store::set_upstream_from`] has noted.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn upstream_from(
        &self,
        account: AccountKey,
        scope: Scope,
    ) -> Result<Option<i64>, Error> {
        dispatch!(self, upstream_from(account, scope))
    }

    /// The logs that the archive has calls of.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn scopes(&self, account: AccountKey) -> Result<Vec<Scope>, Error> {
        dispatch!(self, scopes(account))
    }
}
