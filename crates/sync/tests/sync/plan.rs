//! Whatever upstream does between two pages, a plan lists every call that stayed.

use std::collections::BTreeSet;

use callbook_model::Span;
use callbook_sync::{Outcome, Plan, Step};
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
    fn page(&self, step: Step) -> (Outcome, Vec<u32>) {
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
        let outcome = Outcome {
            records: page.len(),
            oldest: page.iter().map(|(start, _)| moment(*start)).min(),
            sorted: page.is_sorted_by(|a, b| a.0 >= b.0),
            has_next: skipped + page.len() < list.len(),
        };
        (outcome, page.into_iter().map(|(_, id)| *id).collect())
    }

    /// Carries a plan out; `between` happens after each page. Says what was seen, in how many pages.
    fn list(
        &mut self,
        plan: &mut Plan,
        mut between: impl FnMut(&mut Self),
    ) -> (BTreeSet<u32>, usize) {
        let (mut seen, mut pages) = (BTreeSet::new(), 0);
        while let Some(step) = plan.next() {
            assert!(pages < 10_000, "no end in sight: {plan:?}");
            let (outcome, ids) = self.page(step);
            plan.apply(outcome).unwrap();
            seen.extend(ids);
            pages += 1;
            between(self);
        }
        (seen, pages)
    }
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
    let mut plan = Plan::default();
    plan.begin(Some(moment(0)), moment(2_000_000));
    let same = Outcome { records: 9, oldest: Some(moment(5)), sorted: true, has_next: true };
    let pages = (0..2000).take_while(|_| plan.apply(same).is_ok()).count();
    assert_eq!(pages, 1000);
    assert!(plan.next().is_some(), "what is left to list must not be forgotten");
}

#[test]
fn a_later_run_lists_the_last_day_again_and_what_is_new() {
    let day = 24 * 3_600_000;
    let mut plan = Plan::once(Span { from: moment(0), to: moment(10 * day) });
    let last = Outcome { records: 1, oldest: Some(moment(1)), sorted: true, has_next: false };
    plan.apply(last).unwrap();
    plan.begin(None, moment(12 * day));
    let again = Span { from: moment(9 * day), to: moment(12 * day) };
    assert_eq!(plan.next().map(|step| step.span), Some(again));
    assert_eq!(plan.covered().map(|span| span.to), Some(moment(12 * day)));
}

/// Everything that a run asks for, when nothing has another page.
fn asked(plan: &mut Plan) -> Vec<Span> {
    let only = Outcome { records: 1, oldest: Some(moment(1)), sorted: true, has_next: false };
    std::iter::from_fn(|| {
        let step = plan.next()?;
        plan.apply(only).unwrap();
        Some(step.span)
    })
    .collect()
}

#[test]
fn what_lies_between_the_last_run_and_a_later_since_is_listed_too() {
    let day = 24 * 3_600_000;
    let mut plan = Plan::default();
    plan.begin(Some(moment(0)), moment(10 * day));
    asked(&mut plan);
    plan.begin(Some(moment(19 * day)), moment(20 * day));
    assert_eq!(asked(&mut plan), [Span { from: moment(9 * day), to: moment(20 * day) }]);
}

#[test]
fn once_everything_is_there_a_run_asks_for_the_last_day_alone() {
    let day = 24 * 3_600_000;
    let mut plan = Plan::default();
    plan.begin(None, moment(10 * day));
    asked(&mut plan);
    plan.begin(None, moment(11 * day));
    assert_eq!(asked(&mut plan), [Span { from: moment(9 * day), to: moment(11 * day) }]);
}

#[test]
fn a_clock_that_was_ahead_does_not_stop_later_runs() {
    let day = 24 * 3_600_000;
    let mut plan = Plan::once(Span { from: moment(0), to: moment(40 * day) });
    let last = Outcome { records: 1, oldest: Some(moment(1)), sorted: true, has_next: false };
    plan.apply(last).unwrap();
    plan.begin(None, moment(12 * day));
    let again = Span { from: moment(11 * day), to: moment(12 * day) };
    assert_eq!(plan.next().map(|step| step.span), Some(again));
    assert_eq!(plan.covered().map(|span| span.to), Some(moment(12 * day)));
}

proptest! {
    #[test]
    fn everything_is_listed(mut upstream in upstream()) {
        let mut plan = Plan::default();
        plan.begin(Some(moment(0)), moment(2_000_000));
        let (seen, _) = upstream.list(&mut plan, |_| {});
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
        let mut plan = Plan::default();
        plan.begin(Some(moment(0)), moment(2_000_000));
        let mut gone = gone.into_iter();
        let (seen, _) = upstream.list(&mut plan, |upstream| {
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
        let mut plan = Plan::default();
        plan.begin(Some(moment(0)), moment(2_000_000));
        let (seen, _) = upstream.list(&mut plan, |_| {});
        prop_assert_eq!(seen, ids(&upstream.calls));
    }

    /// One repeated call a page is all that it costs.
    #[test]
    fn few_more_pages_than_needed(count in 1usize..400, per_page in 10usize..50) {
        let calls = (0..count as i64).map(|n| n * 1000).zip(0..).collect();
        let mut upstream = Upstream { calls, per_page, includes_end: true, ascending: false };
        let mut plan = Plan::default();
        plan.begin(Some(moment(0)), moment(2_000_000));
        let (_, pages) = upstream.list(&mut plan, |_| {});
        prop_assert!(pages <= count.div_ceil(per_page - 1) + 1, "{pages}");
    }

    /// Stopped after any page and begun again later, with the state that was saved.
    #[test]
    fn a_run_goes_on_where_the_last_one_stopped(mut upstream in upstream(), stop in 0usize..6, late in 0i64..80_000_000) {
        let mut plan = Plan::default();
        plan.begin(Some(moment(0)), moment(2_000_000));
        let mut seen = BTreeSet::new();
        for _ in 0..stop {
            let Some(step) = plan.next() else { break };
            let (outcome, ids) = upstream.page(step);
            plan.apply(outcome).unwrap();
            seen.extend(ids);
        }
        let saved = serde_json::to_string(&plan).unwrap();
        let mut plan: Plan = serde_json::from_str(&saved).unwrap();
        // A day at most after the last run, a call shows up that began before it.
        upstream.calls.push((2_000_000 - late.min(80_000_000), 7_000));
        upstream.calls.push((2_000_500, 7_001));
        plan.begin(None, moment(3_000_000));
        let (more, _) = upstream.list(&mut plan, |_| {});
        seen.extend(more);
        prop_assert!(seen.contains(&7_001));
        let expected: BTreeSet<u32> =
            upstream.calls.iter().filter(|(start, _)| *start >= 0).map(|(_, id)| *id).collect();
        prop_assert!(seen.is_superset(&expected), "{:?}", expected.difference(&seen));
    }

    #[test]
    fn an_earlier_start_lists_what_is_before(mut upstream in upstream(), since in 0i64..1_000_000) {
        let mut plan = Plan::default();
        plan.begin(Some(moment(since)), moment(2_000_000));
        let (first, _) = upstream.list(&mut plan, |_| {});
        prop_assert!(upstream.calls.iter().all(|(start, id)| *start < since || first.contains(id)));
        plan.begin(Some(moment(0)), moment(2_000_000));
        let (second, _) = upstream.list(&mut plan, |_| {});
        let seen: BTreeSet<u32> = first.union(&second).copied().collect();
        prop_assert_eq!(seen, ids(&upstream.calls));
        prop_assert_eq!(plan.covered().map(|span| span.from), Some(moment(0)));
    }
}
