//! Which recording is fetched next. Pure.
//!
//! The one that upstream drops first, among those that it should still have: the oldest, as a rule. The rest,
//! which it has most likely dropped, is tried after them, the newest first, until a row of answers says that there
//! is nothing any more; the same happens when a row of the oldest is gone although it should not be, as with an account
//! whose recordings are kept for a shorter time.

use callbook_store::{RecordingRow, WantedQuery};

use crate::expiry::Outlook;

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
    newest_first: bool,
    gone: u32,
}

/// All of a kind that began before a moment are to be given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GiveUp {
    /// Automatic ones, or the others.
    pub capped: bool,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub before_ms: i64,
}

impl Order {
    /// What to ask for: the answers to the first two belong together (see [`sort`]); the others are for when those
    /// are empty, one after the other.
    pub fn queries(&self, outlook: &Outlook<'_>, limit: u32) -> [WantedQuery; 4] {
        let query = |capped: bool, likely: bool| {
            let dropped = outlook.dropped_before_ms(capped);
            let (span_ms, newest_first) = match (self.kind(capped).newest_first, likely) {
                (true, _) => (i64::MIN..i64::MAX, true),
                (false, true) => (dropped..i64::MAX, false),
                (false, false) => (i64::MIN..dropped, true),
            };
            WantedQuery { capped, span_ms, newest_first, now_ms: outlook.now_ms, limit }
        };
        [query(true, true), query(false, true), query(true, false), query(false, false)]
    }

    /// Upstream had one.
    pub fn fetched(&mut self, capped: bool) {
        self.kind_mut(capped).gone = 0;
    }

    /// Upstream did not have one, which came from a query for the newest or the oldest first.
    pub fn gone(&mut self, capped: bool, start_ms: i64, newest_first: bool) -> Option<GiveUp> {
        let kind = self.kind_mut(capped);
        kind.gone += 1;
        if kind.gone < ROW {
            return None;
        }
        *kind = Kind { newest_first: !newest_first, gone: 0 };
        newest_first.then_some(GiveUp { capped, before_ms: start_ms })
    }

    fn kind(&self, capped: bool) -> &Kind {
        if capped { &self.capped } else { &self.other }
    }

    fn kind_mut(&mut self, capped: bool) -> &mut Kind {
        if capped { &mut self.capped } else { &mut self.other }
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

/// Both kinds, in the order in which upstream drops them.
pub fn sort(outlook: &Outlook<'_>, batch: &mut [Next]) {
    batch.sort_by_cached_key(|next| outlook.dropped_at_ms(next.row.capped, next.row.start_ms));
}
