//! What has happened to records, in its order.
//!
//! A change's number is its moment and its place among those of the same millisecond. Nothing happens in the past, so
//! what lies before this millisecond keeps its number.

use super::Moment;
use super::overlay::What;

/// Bits of a number that tell changes of one millisecond apart.
const PLACE_BITS: u32 = 12;

/// Something that happened to a call's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Happening {
    pub(crate) at_ms: i64,
    pub(crate) call: u32,
    pub(crate) what: Happened,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Happened {
    Shown,
    Edited,
    Deleted,
}

impl Moment {
    /// The highest number that a change before this millisecond can have.
    pub(crate) fn last_number(&self) -> i64 {
        (self.now_ms << PLACE_BITS) - 1
    }

    /// At most `limit` changes before this millisecond, with numbers after `after`, oldest first. What vanished without
    /// a trace left none here either.
    pub(crate) fn happened_after(&self, after: i64, limit: usize) -> Vec<(i64, Happening)> {
        let from_ms = after >> PLACE_BITS;
        let mut happened: Vec<Happening> = self.shown_since(from_ms).collect();
        happened.extend(self.changed_since(from_ms));
        happened.sort_unstable();
        let mut numbered = Vec::new();
        let mut number = 0;
        for happening in happened {
            number = (number + 1).max(happening.at_ms << PLACE_BITS);
            if number > after {
                numbered.push((number, happening));
            }
        }
        numbered.truncate(limit);
        numbered
    }

    fn shown_since(&self, from_ms: i64) -> impl Iterator<Item = Happening> {
        let made = self.overlay.made.iter().zip(self.overlay.first..);
        let shown = made.filter(move |(made, _)| (from_ms..self.now_ms).contains(&made.shown_ms));
        shown.map(|(made, call)| Happening { at_ms: made.shown_ms, call, what: Happened::Shown })
    }

    fn changed_since(&self, from_ms: i64) -> impl Iterator<Item = Happening> {
        let moments = self.overlay.moments.range((from_ms, 0)..(self.now_ms, 0));
        moments.filter_map(|&(at_ms, call)| {
            let mut changes = self.overlay.changes(call).iter();
            let what = match changes.find(|change| change.at_ms == at_ms)?.what {
                What::Edited | What::RecordingDeleted => Happened::Edited,
                What::Deleted => Happened::Deleted,
                What::Gone => return None,
            };
            Some(Happening { at_ms, call, what })
        })
    }
}
