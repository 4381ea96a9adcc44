//! Which calls were deleted: found out once, so that a list without them need not look at each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use callbook_synth::{Company, Entry, Scope};

/// The deleted calls of a company.
pub(crate) struct Deleted {
    /// Ascending call numbers; a deleted call is deleted from every log.
    calls: Vec<u32>,
    /// Where they stand in each log that was asked for, ascending.
    positions: Mutex<HashMap<Scope, Arc<Vec<usize>>>>,
}

impl Deleted {
    /// Looks at every call once.
    pub(crate) fn of(company: &Company) -> Self {
        let entries = company.entries(Scope::Account);
        let deleted = entries.iter().filter(|entry| company.facts(entry).deleted);
        let mut calls: Vec<u32> = deleted.map(|entry| entry.call).collect();
        calls.sort_unstable();
        Self { calls, positions: Mutex::default() }
    }

    pub(crate) fn contains(&self, entry: &Entry) -> bool {
        self.calls.binary_search(&entry.call).is_ok()
    }

    /// Where the deleted calls stand in a log.
    pub(crate) fn positions(&self, company: &Company, scope: Scope) -> Arc<Vec<usize>> {
        // Only whole lists are inserted, so a poisoned lock holds nothing half-done.
        let mut known = self.positions.lock().unwrap_or_else(PoisonError::into_inner);
        let positions = known.entry(scope).or_insert_with(|| {
            let entries = company.entries(scope).iter().enumerate();
            let deleted = entries.filter(|(_, entry)| self.contains(entry));
            Arc::new(deleted.map(|(position, _)| position).collect())
        });
        Arc::clone(positions)
    }
}
