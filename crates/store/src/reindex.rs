//! Making rows and postings again from intact documents.

use callbook_model::Scope;

use crate::backend::dispatch;
use crate::{Error, Store, SyncLock};

impl Store {
    /// Makes the columns and postings of calls again from their newest documents, and the rows of those of
    /// which versions alone are left; drops postings of calls that are not there. How many calls there
    /// are again: those with a damaged document are not among them.
    ///
    /// # Errors
    /// [`Error::TakenOver`], or when the archive cannot be written.
    pub async fn reindex(
        &self,
        lock: &SyncLock,
        scope: Scope,
        ids: Vec<String>,
    ) -> Result<u64, Error> {
        dispatch!(self, reindex(lock, scope, ids))
    }
}
