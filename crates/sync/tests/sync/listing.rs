//! Whatever upstream does between two pages, a listing shows every call that stayed.

use std::collections::BTreeSet;

use callbook_model::Span;
use callbook_sync::{ListPage, Listed, Listing};
use jiff::Timestamp;
use proptest::prelude::*;

fn moment(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(1_700_000_000_000 + ms).unwrap()
}

/// An upstream that knows when each call began.
#[derive(Debug, Clone)]
struct Upstream {
    /// (start, id), in any order.
    calls: Vec<(i64, u32)>,
    per_page: usize,
    /// Whether a list includes a call at the very end of its span.
    includes_end: bool,
    /// Oldest first, against the documentation.
    ascending: bool,
}

impl Upstream {
    fn page(&self, step: ListPage) -> (Listed, Vec<u32>) {
        let inside = |&(start, _): &(i64, u32)| {
            let start = moment(start);
            step.span.contains(start) || (self.includes_end && start == step.span.to)
        };
        let mut list: Vec<_> = self.calls.iter().copied().filter(inside).collect();
        list.sort_by_key(|call| std::cmp::Reverse(*call));
        if self.ascending {
            list.reverse();
        }
        let skipped = self.per_page * (step.page as usize - 1);
        let page: Vec<_> = list.iter().skip(skipped).take(self.per_page).collect();
        let outcome = Listed {
            records: page.len(),
            oldest: page.iter().map(|(start, _)| moment(*start)).min(),
            sorted: page.is_sorted_by(|a, b| a.0 >= b.0),
            has_next: skipped + page.len() < list.len(),
            ..Listed::default()
        };
        (outcome, page.into_iter().map(|(_, id)| *id).collect())
    }

    /// Lists to the end; `between` happens after each page. Says what was seen, in how many pages.
    fn list(
        &mut self,
        listing: &mut Listing,
        mut between: impl FnMut(&mut Self),
    ) -> (BTreeSet<u32>, usize) {
        let (mut seen, mut pages) = (BTreeSet::new(), 0);
        while let Some(step) = listing.next() {
            assert!(pages < 10_000, "no end in sight: {listing:?}");
            let (outcome, ids) = self.page(step);
            listing.apply(&outcome).unwrap();
            seen.extend(ids);
            pages += 1;
            between(self);
        }
        (seen, pages)
    }
}

/// Lists everything.
fn whole() -> Listing {
    Listing::of(Span { from: moment(0), to: moment(2_000_000) })
}

fn upstream() -> impl Strategy<Value = Upstream> {
    // A short time makes many calls begin in the same millisecond.
    let starts = prop_oneof![
        prop::collection::vec(0i64..20, 0..80),
        prop::collection::vec(0i64..1_000_000, 0..80),
    ];
    (starts, 1usize..12, any::<bool>()).prop_map(|(starts, per_page, includes_end)| Upstream {
        calls: starts.into_iter().zip(0..).collect(),
        per_page,
        includes_end,
        ascending: false,
    })
}

fn ids(calls: &[(i64, u32)]) -> BTreeSet<u32> {
    calls.iter().map(|(_, id)| *id).collect()
}

#[test]
fn a_server_that_always_gives_the_same_page_is_left() {
    let mut listing = whole();
    let same = Listed {
        records: 9,
        oldest: Some(moment(5)),
        sorted: true,
        has_next: true,
        ..Listed::default()
    };
    let pages = (0..2000).take_while(|_| listing.apply(&same).is_ok()).count();
    assert_eq!(pages, 1000);
    assert!(listing.next().is_some(), "what is left to list must not be forgotten");
}

proptest! {
    #[test]
    fn everything_is_listed(mut upstream in upstream()) {
        let mut listing = whole();
        let (seen, _) = upstream.list(&mut listing, |_| {});
        prop_assert_eq!(seen, ids(&upstream.calls));
    }

    /// New calls push pages on, deleted ones pull them up: numbered pages would skip some. (More
    /// calls in one millisecond than a page holds have to be read by number; these have none.)
    #[test]
    fn calls_that_come_and_go_hide_no_other(
        starts in prop::collection::btree_set(0i64..1_000_000, 1..120),
        kept in 1usize..80,
        per_page in 2usize..12,
        gone in prop::collection::vec(any::<prop::sample::Index>(), 40),
        includes_end: bool,
    ) {
        let mut calls: Vec<_> = starts.into_iter().zip(0..).collect();
        let mut new = calls.split_off(kept.min(calls.len()));
        let before = ids(&calls);
        let mut upstream = Upstream { calls, per_page, includes_end, ascending: false };
        let mut listing = whole();
        let mut gone = gone.into_iter();
        let (seen, _) = upstream.list(&mut listing, |upstream| {
            upstream.calls.extend(new.pop());
            let Some(gone) = gone.next().filter(|_| !upstream.calls.is_empty()) else { return };
            let gone = gone.index(upstream.calls.len());
            upstream.calls.remove(gone);
        });
        let after = ids(&upstream.calls);
        let stayed: BTreeSet<u32> = after.intersection(&before).copied().collect();
        prop_assert!(seen.is_superset(&stayed), "{:?}", stayed.difference(&seen));
    }

    /// As long as a page shows it: of one where all began at once, nobody can tell.
    #[test]
    fn a_server_that_sorts_the_other_way_hides_nothing(starts in prop::collection::btree_set(0i64..900, 0..80), per_page in 2usize..12) {
        let calls = starts.into_iter().zip(0..).collect();
        let mut upstream = Upstream { calls, per_page, includes_end: false, ascending: true };
        let mut listing = whole();
        let (seen, _) = upstream.list(&mut listing, |_| {});
        prop_assert_eq!(seen, ids(&upstream.calls));
    }

    /// One repeated call a page is all that it costs.
    #[test]
    fn few_more_pages_than_needed(count in 1usize..400, per_page in 10usize..50) {
        let calls = (0..count as i64).map(|n| n * 1000).zip(0..).collect();
        let mut upstream = Upstream { calls, per_page, includes_end: true, ascending: false };
        let mut listing = whole();
        let (_, pages) = upstream.list(&mut listing, |_| {});
        prop_assert!(pages <= count.div_ceil(per_page - 1) + 1, "{pages}");
    }

    /// Stopped after any page and begun again later, with the state that was saved.
    #[test]
    fn a_listing_goes_on_where_it_stopped(mut upstream in upstream(), stop in 0usize..6) {
        let mut listing = whole();
        let mut seen = BTreeSet::new();
        for _ in 0..stop {
            let Some(page) = listing.next() else { break };
            let (listed, ids) = upstream.page(page);
            listing.apply(&listed).unwrap();
            seen.extend(ids);
        }
        let saved = serde_json::to_string(&listing).unwrap();
        let mut listing: Listing = serde_json::from_str(&saved).unwrap();
        seen.extend(upstream.list(&mut listing, |_| {}).0);
        prop_assert_eq!(seen, ids(&upstream.calls));
    }
}
