//! What a log lists at a moment.
//!
//! The company's own records are found by their positions, whatever their number; only those that something has
//! happened to, and calls made since, are looked at one by one.

use std::ops::Range;

use callbook_synth::{Call, Entry, Scope};

use super::Moment;
use super::overlay::Place;

/// Active calls include those that ended up to this long ago.
const JUST_ENDED_MS: i64 = 120_000;

/// Which records a list is of: those that start in `from_ms` ≤ start < `until_ms`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) from_ms: i64,
    pub(crate) until_ms: i64,
    pub(crate) show_deleted: bool,
}

/// The records of a list.
pub(crate) struct Listing<'a> {
    moment: &'a Moment,
    scope: Scope,
    own: Shown,
    /// Calls beyond the company's own, ascending.
    made: Vec<Place>,
}

impl Moment {
    /// The records that a list is of.
    pub(crate) fn listing(&self, scope: Scope, span: Span) -> Listing<'_> {
        let from_ms = span.from_ms.max(self.oldest_ms());
        let until_ms = span.until_ms.min(self.now_ms.saturating_add(1));
        let log = self.world.company.entries(scope);
        let range = log.position(from_ms)..log.position(until_ms);
        let hidden = self.hidden(scope, &range, span.show_deleted);
        let made = self.overlay.log(scope, from_ms, until_ms).iter().copied();
        let made = made.filter(|&(start_ms, call)| {
            self.is_listed(&self.state(scope, call), start_ms, span.show_deleted)
        });
        Listing { moment: self, scope, own: Shown { range, hidden }, made: made.collect() }
    }

    /// The positions of the company's own records that are not listed, ascending.
    fn hidden(&self, scope: Scope, range: &Range<usize>, show_deleted: bool) -> Vec<usize> {
        let company = &self.world.company;
        let log = company.entries(scope);
        let mut hidden = vec![];
        if !show_deleted {
            hidden.extend_from_slice(&self.world.deleted.positions(company, scope));
        }
        for &(start_ms, call) in self.overlay.touched(scope, i64::MIN, i64::MAX) {
            if !self.is_listed(&self.state(scope, call), start_ms, show_deleted) {
                let place = log.position(start_ms);
                let same = |position: &usize| log.get(*position).is_some_and(|e| e.call == call);
                hidden.extend((place..log.len()).find(same));
            }
        }
        // Those under way, and those that only just ended.
        let recent_ms = self.now_ms.saturating_sub(i64::from(company.longest_ms()));
        for position in log.position(recent_ms).max(range.start)..range.end {
            if log.get(position).is_some_and(|entry| company.shown_ms(entry.call) > self.now_ms) {
                hidden.push(position);
            }
        }
        hidden.sort_unstable();
        hidden.dedup();
        hidden
    }

    /// Calls that are under way or have only just ended, newest first.
    pub(crate) fn active(&self, scope: Scope) -> Vec<(Entry, Call<'_>)> {
        let company = &self.world.company;
        let since_ms = self.now_ms - JUST_ENDED_MS;
        let until_ms = self.now_ms + 1;
        let recent_ms = since_ms.saturating_sub(i64::from(company.longest_ms()));
        let own = company.entries(scope).between(recent_ms, until_ms).iter();
        let own = own.map(|entry| entry.call).filter(|&call| company.shown_ms(call) > since_ms);
        let made = self.overlay.log(scope, i64::MIN, until_ms).iter().map(|&(_, call)| call);
        let made =
            made.filter(|&call| self.overlay.made(call).is_some_and(|m| m.end_ms > since_ms));
        let candidates: Vec<u32> = own.chain(made).collect();
        let mut active: Vec<_> = candidates
            .into_iter()
            .filter_map(|number| {
                let state = self.state(scope, number);
                let call = self.call_in(number, &state);
                if state.gone || state.deleted || call.end_ms() <= since_ms {
                    return None;
                }
                let entry = call.entry(scope).filter(|entry| entry.start_ms <= self.now_ms)?;
                Some((entry, call.under_way(self.now_ms)?))
            })
            .collect();
        active.sort_by_key(|(entry, _)| std::cmp::Reverse((entry.start_ms, entry.call)));
        active
    }
}

impl Listing<'_> {
    /// How many records there are.
    pub(crate) fn len(&self) -> usize {
        self.own.len() + self.made.len()
    }

    /// The numbers of the calls, newest first, without the first `skip`.
    pub(crate) fn newest_first(&self, skip: usize) -> impl Iterator<Item = u32> {
        let log = self.moment.world.company.entries(self.scope);
        // A call made comes after all of the company's own that start no later.
        let own_after = |start_ms: i64| self.own.count_from(log.position(start_ms + 1));
        let newest = |place: usize| self.made[self.made.len() - 1 - place];
        let (mut low, mut high) = (0, self.made.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let rank = middle + own_after(newest(middle).0);
            if rank < skip { low = middle + 1 } else { high = middle }
        }
        let own = self.own.newest_first(skip - low).filter_map(move |position| log.get(position));
        let mut own = own.peekable();
        let mut made = self.made[..self.made.len() - low].iter().rev().peekable();
        std::iter::from_fn(move || match (own.peek(), made.peek()) {
            (Some(entry), Some((start_ms, _))) if entry.start_ms > *start_ms => {
                own.next().map(|entry| entry.call)
            }
            (_, Some(_)) => made.next().map(|(_, call)| *call),
            (_, None) => own.next().map(|entry| entry.call),
        })
    }
}

/// A range of positions in a log, some of them hidden.
struct Shown {
    range: Range<usize>,
    /// Ascending.
    hidden: Vec<usize>,
}

impl Shown {
    fn len(&self) -> usize {
        self.count_from(self.range.start)
    }

    /// How many are shown at `position` and after it.
    fn count_from(&self, position: usize) -> usize {
        let position = position.max(self.range.start);
        let before = |limit: usize| self.hidden.partition_point(|&hidden| hidden < limit);
        let hidden = before(self.range.end).saturating_sub(before(position));
        self.range.end.saturating_sub(position) - hidden
    }

    /// The positions that are shown, downwards, without the first `skip`.
    fn newest_first(&self, skip: usize) -> impl Iterator<Item = usize> {
        // The higher the position, the fewer are shown after it, so the place can be bisected.
        let (mut low, mut high) = (self.range.start, self.range.end);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.count_from(middle) > skip { low = middle + 1 } else { high = middle }
        }
        // `low` is the first position with at most `skip` shown from it on.
        let (start, hidden) = (self.range.start, &self.hidden);
        (start..low).rev().filter(move |position| hidden.binary_search(position).is_err())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pages_of_shown_positions_are_those_of_a_naive_walk(
            start in 0_usize..50,
            length in 0_usize..50,
            hidden in prop::collection::btree_set(0_usize..100, 0..60),
            skip in 0_usize..60,
        ) {
            let hidden: Vec<usize> = hidden.into_iter().collect();
            let range = start..start + length;
            let naive: Vec<usize> =
                range.clone().rev().filter(|position| !hidden.contains(position)).collect();
            let shown = Shown { range, hidden };
            prop_assert_eq!(shown.len(), naive.len());
            let page: Vec<usize> = shown.newest_first(skip).collect();
            prop_assert_eq!(page, naive.into_iter().skip(skip).collect::<Vec<_>>());
        }
    }
}
