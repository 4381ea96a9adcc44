//! Positions in a call log.

use crate::company::Company;
use crate::ids::RecordId;
use crate::{Scope, View};

/// One record's place in a call log; its JSON text is made by [`Company::record`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Which call this is: its position in the account's log.
    pub call: u32,
    /// Whose log it stands in.
    pub scope: Scope,
    /// The record's id within that log; no other log has it.
    pub id: RecordId,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub start_ms: i64,
}

/// A call log, or a span of one: ascending by start, then by call.
#[derive(Clone, Copy)]
pub struct Entries<'a> {
    company: &'a Company,
    scope: Scope,
    /// 0 for the account, else the extension's position and one.
    log: u32,
    first: usize,
    end: usize,
}

impl<'a> Entries<'a> {
    pub(crate) fn new(company: &'a Company, scope: Scope, log: u32) -> Self {
        Self { company, scope, log, first: 0, end: company.log_len(log) }
    }

    pub(crate) fn empty(company: &'a Company, scope: Scope) -> Self {
        Self { company, scope, log: 0, first: 0, end: 0 }
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.end - self.first
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first == self.end
    }

    /// The record at a position, 0 being the oldest.
    #[must_use]
    pub fn get(&self, position: usize) -> Option<Entry> {
        (position < self.len()).then(|| self.at(position))
    }

    /// The first position that starts at `start_ms` or later; the length when there is none.
    #[must_use]
    pub fn position(&self, start_ms: i64) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.company.log_item(self.log, self.first + middle).1 < start_ms {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The records that start at `from_ms` or later and before `until_ms`.
    #[must_use]
    pub fn between(&self, from_ms: i64, until_ms: i64) -> Self {
        let first = self.first + self.position(from_ms);
        let end = (self.first + self.position(until_ms)).max(first);
        Self { first, end, ..*self }
    }

    /// From the oldest record to the newest; reversible.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Entry> + ExactSizeIterator + use<'a> {
        let entries = *self;
        (0..entries.len()).map(move |position| entries.at(position))
    }

    fn at(&self, position: usize) -> Entry {
        let (call, start_ms) = self.company.log_item(self.log, self.first + position);
        let id = RecordId::new(self.company.config().seed, self.log, call);
        Entry { call, scope: self.scope, id, start_ms }
    }

    /// The JSON text of every record, oldest first.
    pub fn records(&self, view: View) -> impl Iterator<Item = String> + use<'a> {
        let company = self.company;
        self.iter().map(move |entry| company.record(&entry, view))
    }
}

impl std::fmt::Debug for Entries<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Entries({:?}, {} records)", self.scope, self.len())
    }
}
