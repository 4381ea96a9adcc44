//! Listing a short span once more, to find what appeared late in it or went without a word.

use std::collections::HashSet;

use callbook_model::Span;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::clock::{date, start_of};
use super::listing::Listing;
use super::{Complete, Endless, ListPage, Listed, Sealing, UpstreamDay};
use crate::IdSet;

/// A span to be listed again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Check {
    pub(super) span: Span,
    /// Not before.
    pub(super) due: Timestamp,
    /// The day is to be sealed afterwards.
    #[serde(default)]
    pub(super) seal: bool,
    /// What was to be sealed of it before calls were found to be absent.
    #[serde(default)]
    pub(super) sealing: Option<Sealing>,
}

impl Check {
    pub(super) fn new(span: Span, due: Timestamp, seal: bool) -> Self {
        Self { span, due, seal, sealing: None }
    }
}

/// A check under way. Short, and not kept: a process that dies begins it anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checking {
    pub(super) check: Check,
    listing: Listing,
    /// Calls that began in the span.
    inside: HashSet<String>,
    /// All that was listed.
    ids: HashSet<String>,
    announced: Option<u64>,
    sorted: bool,
    readable: bool,
}

impl Checking {
    pub(super) fn start(check: Check) -> Self {
        let listing = Listing::of(check.span);
        let (inside, ids) = (HashSet::new(), HashSet::new());
        Self { check, listing, inside, ids, announced: None, sorted: true, readable: true }
    }

    pub(super) fn next(&self) -> Option<ListPage> {
        self.listing.next()
    }

    /// Takes note of a page; whether it was the last one.
    pub(super) fn apply(&mut self, listed: &Listed) -> Result<bool, Endless> {
        if self.announced.is_none() {
            self.announced = listed.total;
        }
        self.sorted &= listed.sorted;
        self.readable &= listed.records == listed.calls.len();
        for call in &listed.calls {
            let start = Timestamp::from_millisecond(call.start_ms);
            if start.is_ok_and(|start| self.check.span.contains(start)) {
                self.inside.insert(call.id.clone());
            }
            self.ids.insert(call.id.clone());
        }
        self.listing.apply(listed)?;
        Ok(self.listing.next().is_none())
    }

    /// Nothing is missing from the list: it was sorted, and as long as announced.
    fn is_complete(&self) -> bool {
        let listed = self.ids.len() as u64;
        self.sorted && self.readable && self.announced.is_none_or(|total| listed >= total)
    }

    /// The day to be sealed, if it is one.
    pub(super) fn sealing(&self) -> Option<Sealing> {
        let Check { span, seal, .. } = self.check;
        let day = date(span.from);
        let whole = span.from == start_of(day);
        let upstream = self.is_complete().then(|| {
            let ids: IdSet = self.inside.iter().map(String::as_str).collect();
            UpstreamDay { calls: ids.count, ids: ids.to_string() }
        });
        (seal && whole).then_some(Sealing { day, upstream })
    }

    pub(super) fn complete(self) -> Option<Complete> {
        let complete = self.is_complete();
        complete.then_some(Complete { span: self.check.span, ids: self.ids })
    }
}
