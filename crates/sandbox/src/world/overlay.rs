//! What has happened since the sandbox was started, on top of the company that never changes.

use std::collections::{BTreeSet, HashMap};

use callbook_synth::{Company, Entry, Extra, Scope};

use super::recording::is_automatic;

/// What can happen to a record after it showed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// Something in it changed.
    Edited,
    /// Deleted: shown to those who ask for deleted records.
    Deleted,
    /// Deleted without a trace.
    Gone,
    /// Its recording was deleted, and the record no longer names it.
    RecordingDeleted,
}

/// Something that happens to a call in every log; it may lie in the future.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    /// Unix milliseconds.
    pub(crate) at_ms: i64,
    pub(crate) what: What,
}

/// A call beyond the company's own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Made {
    pub(crate) extra: Extra,
    /// When it was made: at its start, or after its end if it was to have ended already.
    pub(crate) made_ms: i64,
    pub(crate) end_ms: i64,
    /// When its records show up.
    pub(crate) shown_ms: i64,
    /// Their `lastModifiedTime` then: the same, or for some that are late, when they should have.
    pub(crate) modified_ms: i64,
}

/// Where a record stands in a log: its start and its call.
pub(crate) type Place = (i64, u32);

/// Everything that has happened, or is going to. It takes memory for that alone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overlay {
    /// The number of the first call made.
    pub(crate) first: u32,
    pub(crate) made: Vec<Made>,
    /// Those of them that were recorded automatically, as they stand in the account's log, ascending.
    pub(crate) automatic: Vec<Place>,
    /// The calls made, as they stand in each log, ascending.
    logs: HashMap<Scope, Vec<Place>>,
    /// What happens to calls, made ones or others, ascending by moment.
    changes: HashMap<u32, Vec<Change>>,
    /// Where the company's own calls that something happens to stand in each log, ascending.
    touched: HashMap<Scope, Vec<Place>>,
    /// Records that a user has hidden from the own log, and since when, in Unix milliseconds.
    hidden: HashMap<(Scope, u32), i64>,
    /// When calls are modified: a call's last modification is one of its moments.
    pub(crate) moments: BTreeSet<Place>,
    /// The next live call: which one, and when it starts.
    pub(crate) live: Option<(u64, i64)>,
}

impl Overlay {
    /// Nothing has happened yet; calls are going to be numbered from `first`.
    pub(crate) fn new(first: u32, live: Option<(u64, i64)>) -> Self {
        Self { first, live, ..Self::default() }
    }

    /// The number of the next call to be made.
    pub(crate) fn next_number(&self) -> u32 {
        self.first + self.made.len() as u32
    }

    /// A call beyond the company's own.
    pub(crate) fn made(&self, call: u32) -> Option<&Made> {
        self.made.get(call.checked_sub(self.first)? as usize)
    }

    /// Adds a call, which has to be the next by its number.
    pub(crate) fn add(&mut self, company: &Company, made: Made) {
        let number = self.next_number();
        let call = company.extra(&made.extra);
        for entry in call.scopes().into_iter().filter_map(|scope| call.entry(scope)) {
            insert(self.logs.entry(entry.scope).or_default(), (entry.start_ms, number));
        }
        if let Some(recording) = call.recording().filter(is_automatic) {
            insert(&mut self.automatic, (recording.entry.start_ms, number));
        }
        self.moments.insert((made.modified_ms, number));
        self.made.push(made);
    }

    /// Lets something happen to a call.
    pub(crate) fn change(&mut self, company: &Company, call: u32, change: Change) {
        if self.made(call).is_none() && !self.changes.contains_key(&call) {
            let planned = company.call(call);
            for entry in planned.scopes().into_iter().filter_map(|scope| planned.entry(scope)) {
                insert(self.touched.entry(entry.scope).or_default(), (entry.start_ms, call));
            }
        }
        let changes = self.changes.entry(call).or_default();
        let place = changes.partition_point(|each| each.at_ms <= change.at_ms);
        changes.insert(place, change);
        self.moments.insert((change.at_ms, call));
    }

    /// Hides a record from the log that it stands in.
    pub(crate) fn hide(&mut self, entry: &Entry, at_ms: i64) {
        if self.hidden.insert((entry.scope, entry.call), at_ms).is_none() {
            if self.made(entry.call).is_none() {
                let places = self.touched.entry(entry.scope).or_default();
                insert(places, (entry.start_ms, entry.call));
            }
            self.moments.insert((at_ms, entry.call));
        }
    }

    /// Since when a record is hidden from a log.
    pub(crate) fn hidden_ms(&self, scope: Scope, call: u32) -> Option<i64> {
        self.hidden.get(&(scope, call)).copied()
    }

    /// What happens to a call, ascending by moment.
    pub(crate) fn changes(&self, call: u32) -> &[Change] {
        self.changes.get(&call).map_or(&[], Vec::as_slice)
    }

    /// Calls made, in a log, that start in `from_ms` ≤ start < `until_ms`; ascending.
    pub(crate) fn log(&self, scope: Scope, from_ms: i64, until_ms: i64) -> &[Place] {
        between(self.logs.get(&scope), from_ms, until_ms)
    }

    /// As [`log`](Self::log), of the company's own calls that something happens to.
    pub(crate) fn touched(&self, scope: Scope, from_ms: i64, until_ms: i64) -> &[Place] {
        between(self.touched.get(&scope), from_ms, until_ms)
    }
}

fn insert(places: &mut Vec<Place>, place: Place) {
    let position = places.partition_point(|each| *each < place);
    places.insert(position, place);
}

fn between(places: Option<&Vec<Place>>, from_ms: i64, until_ms: i64) -> &[Place] {
    let Some(places) = places else { return &[] };
    let position = |at_ms| places.partition_point(|(start_ms, _)| *start_ms < at_ms);
    let (from, until) = (position(from_ms), position(until_ms));
    &places[from..until.max(from)]
}
