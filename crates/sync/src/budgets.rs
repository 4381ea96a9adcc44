//! Rate budgets in the archive, for every process that works on it.

use std::sync::{Arc, Mutex, PoisonError};

use callbook_ringcentral::{Change, SharedBudgets, Updating};
use callbook_store::Store;

/// Keeps the budgets among the archive's values.
#[derive(Debug, Clone)]
pub struct ArchivedBudgets(Store);

impl ArchivedBudgets {
    /// For clients of those who work on this archive.
    pub fn of(store: &Store) -> Arc<dyn SharedBudgets> {
        Arc::new(Self(store.clone()))
    }
}

impl SharedBudgets for ArchivedBudgets {
    fn update<'a>(&'a self, key: String, change: Change) -> Updating<'a> {
        Box::pin(async move {
            let change = Arc::new(Mutex::new(Some(change)));
            let take = |change: &Mutex<Option<Change>>| {
                change.lock().unwrap_or_else(PoisonError::into_inner).take()
            };
            let inside = Arc::clone(&change);
            let stored = self.0.update_value(&key, move |before| match take(&inside) {
                Some(change) => (Some(change(before)), ()),
                None => (before, ()),
            });
            if let Err(error) = stored.await {
                // The request goes out all the same: the server has the last word on its rate.
                tracing::info!(%error, "the rate budget cannot be shared with other processes");
                if let Some(change) = take(&change) {
                    change(None);
                }
            }
        })
    }
}
