//! Which recording is fetched next. Pure.
//!
//! The one that upstream drops first, among those that it should still have: the oldest, as a rule. The rest,
//! which it has most likely dropped, is tried after them, the newest first, until a row of answers says that there
//! is nothing any more. When a row of the oldest is gone although it should not be, those a little younger come first
//! from then on, and each time it happens again, those younger by twice as much: as with an account whose recordings
//! are kept for a shorter time, or come faster than they can be fetched.

use callbook_store::{RecordingRow, WantedQuery};

use crate::expiry::{HOUR_MS, Outlook};

/// After so many recordings in a row that upstream does not have, others are tried.
const ROW: u32 = 20;

/// How it goes with each kind.
#[derive(Debug, Default)]
pub struct Order {
    capped: Kind,
    other: Kind,
}

#[derive(Debug, Default)]
struct Kind {
    /// Upstream drops them earlier than is known, by so much at most.
    margin_ms: i64,
    /// How many of the oldest were gone, in a row.
    oldest_gone: u32,
    /// How many of the rest.
    rest_gone: u32,
}

/// What to do after one that was gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// Try the next one.
    GoOn,
    /// Ask for others: those at hand are no good.
    AskAgain,
    /// All of a kind that began before a moment are to be given up.
    GiveUp {
        /// Milliseconds since 1970-01-01T00:00:00Z.
        before_ms: i64,
    },
}

impl Order {
    /// What to ask for: the answers to the first two belong together (see [`sort`]); the others are for when those
    /// are empty, one after the other.
    pub fn queries(&self, outlook: &Outlook<'_>, limit: u32) -> [WantedQuery; 4] {
        let query = |capped: bool, likely: bool| {
            let margin_ms = self.kind(capped).margin_ms;
            let dropped = outlook.dropped_before_ms(capped).saturating_add(margin_ms);
            let span_ms = if likely { dropped..i64::MAX } else { i64::MIN..dropped };
            WantedQuery { capped, span_ms, newest_first: !likely, now_ms: outlook.now_ms, limit }
        };
        [query(true, true), query(false, true), query(true, false), query(false, false)]
    }

    /// Upstream had one, which came from a query for the newest or the oldest first.
    pub fn fetched(&mut self, capped: bool, newest_first: bool) {
        *self.kind_mut(capped).gone(newest_first) = 0;
    }

    /// Upstream did not have one.
    pub fn gone(&mut self, capped: bool, start_ms: i64, newest_first: bool) -> Advice {
        let kind = self.kind_mut(capped);
        let gone = kind.gone(newest_first);
        *gone += 1;
        if *gone < ROW {
            return Advice::GoOn;
        }
        *gone = 0;
        if newest_first {
            return Advice::GiveUp { before_ms: start_ms };
        }
        kind.margin_ms = kind.margin_ms.saturating_mul(2).max(HOUR_MS);
        Advice::AskAgain
    }

    fn kind(&self, capped: bool) -> &Kind {
        if capped { &self.capped } else { &self.other }
    }

    fn kind_mut(&mut self, capped: bool) -> &mut Kind {
        if capped { &mut self.capped } else { &mut self.other }
    }
}

impl Kind {
    fn gone(&mut self, newest_first: bool) -> &mut u32 {
        if newest_first { &mut self.rest_gone } else { &mut self.oldest_gone }
    }
}

/// A recording to be fetched.
#[derive(Debug, Clone)]
pub struct Next {
    /// Which.
    pub row: RecordingRow,
    /// It comes from a query for the newest first.
    pub newest_first: bool,
}

/// Both kinds, in the order in which upstream drops them, as far as that is known: of what was asked for by `limit`, so many.
/// What would come behind may have to wait for others of the first kind, which were not asked for.
pub fn sort(outlook: &Outlook<'_>, batch: &mut Vec<Next>, limit: usize) {
    let drops = outlook.drops();
    batch.sort_by_cached_key(|next| drops.at_ms(next.row.capped, next.row.start_ms));
    batch.truncate(limit);
}
