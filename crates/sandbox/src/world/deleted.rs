//! Which of the company's own calls were deleted: found out once, so that a list without them need not look at
//! each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use callbook_synth::{Company, Scope};

/// Where the deleted calls stand in each log that was asked for, ascending.
#[derive(Default)]
pub(super) struct Deleted(Mutex<HashMap<Scope, Arc<Vec<usize>>>>);

impl Deleted {
    /// Where the deleted calls stand in a log.
    pub(super) fn positions(&self, company: &Company, scope: Scope) -> Arc<Vec<usize>> {
        // Only whole lists are inserted, so a poisoned lock holds nothing half-done.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let positions = known.entry(scope).or_insert_with(|| {
            let entries = company.entries(scope).iter().enumerate();
            let deleted = entries.filter(|(_, entry)| company.is_deleted(entry.call));
            Arc::new(deleted.map(|(position, _)| position).collect())
        });
        Arc::clone(positions)
    }
}
