//! The rate budget of one group of requests: how many the server takes in a sliding window.
//!
//! Pure: moments are durations since any fixed start; processes that share a budget mean 1970. The server counts a request when it arrives,
//! which lies between our sending it and its answer; a place in the window is taken to be free only
//! when it is free at the latest of those, so a request that waits for [`Budget::ready_at`] is never
//! refused for our own doing.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Clocks of two machines do not run alike, and timers wake early: this much is waited on top.
const MARGIN: Duration = Duration::from_millis(2);

/// What a 429 without `Retry-After` means (RingCentral's advice is 30 s at least).
const UNSTATED_PENALTY: Duration = Duration::from_secs(30);

/// A longer `Retry-After`, or window, is taken for a fault of the server.
const LONGEST_PENALTY: Duration = Duration::from_secs(3600);

/// What the first of several refusals costs at least; each further one costs twice as much.
const SHORTEST_PENALTY: Duration = Duration::from_secs(1);

/// A request that is not answered after so long never will be: its process died.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(300);

/// As long as no limit is known, nobody waits longer for the answer to another request. A limit that is passed
/// by one costs less than a process that died and is waited for.
const FINDING_OUT: Duration = Duration::from_secs(2);

/// Requests of low priority leave one place in so many to the others, and at least one.
const RESERVE: u32 = 5;

const DAY: Duration = Duration::from_secs(86_400);

/// No app has a larger limit; each place of a window takes memory.
const LARGEST_LIMIT: u32 = 10_000;

/// What the `X-Rate-Limit-*` headers of an answer say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// Requests in a window.
    pub limit: u32,
    /// How many more may come now.
    pub remaining: u32,
    /// Length of the window.
    pub window: Duration,
}

impl Announced {
    /// The same within reason, whatever a server says.
    fn bounded(self) -> Self {
        let limit = self.limit.min(LARGEST_LIMIT);
        let window = self.window.min(LONGEST_PENALTY);
        Self { limit, remaining: self.remaining.min(limit), window }
    }
}

/// What goes first when places are few.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// Calls.
    High,
    /// Recordings: they wait while only the reserve is left.
    Low,
}

/// What is known of one rate group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    announced: Option<Announced>,
    /// When each request of the window was answered, earliest first.
    answered: VecDeque<Duration>,
    /// When each request was sent that is not answered yet.
    pending: Vec<Duration>,
    /// No request before this moment.
    blocked_until: Duration,
    /// How often in a row the server has refused.
    refusals: u32,
}

impl Budget {
    /// What the server last said of its limit.
    pub fn announced(&self) -> Option<Announced> {
        self.announced
    }

    /// The earliest moment a request may be sent; `None` while that depends on an answer to come.
    pub fn ready_at(&self, now: Duration, priority: Priority) -> Option<Duration> {
        let earliest = now.max(self.blocked_until);
        let Some(Announced { limit, window, .. }) = self.announced else {
            // Nothing known yet: one request at a time finds out.
            let finding_out = self.pending.iter().any(|sent| now < *sent + FINDING_OUT);
            return (!finding_out).then_some(earliest);
        };
        let pending = self.pending.iter().filter(|sent| !forgotten(**sent, now)).count();
        let free = (places(limit, priority) as usize).saturating_sub(pending);
        if free == 0 {
            return None;
        }
        // With this many answered, the next fits once the one `free` places from the end is out.
        let oldest_in_the_way = self.answered.len().checked_sub(free);
        let leaves = oldest_in_the_way.map(|place| self.answered[place] + window + MARGIN);
        Some(leaves.map_or(earliest, |leaves| leaves.max(earliest)))
    }

    /// How many requests of a priority fit into a day, if nothing else is sent; `None` before any answer.
    pub fn a_day(&self, priority: Priority) -> Option<u64> {
        let Announced { limit, window, .. } = self.announced?;
        let windows = DAY.as_secs_f64() / window.as_secs_f64().max(1.0);
        Some((f64::from(places(limit, priority)) * windows) as u64)
    }

    /// A request goes out.
    pub fn sent(&mut self, now: Duration) {
        self.pending.retain(|sent| !forgotten(*sent, now));
        self.pending.push(now);
    }

    /// A request sent at `sent` was answered, or given up, at `now`.
    pub fn answered(&mut self, sent: Duration, now: Duration, announced: Option<Announced>) {
        let announced = announced.map(Announced::bounded);
        if let Some(place) = self.pending.iter().position(|pending| *pending == sent) {
            self.pending.swap_remove(place);
        }
        // Another process may have noted a later one: the earliest comes first.
        let place = self.answered.partition_point(|at| *at <= now);
        self.answered.insert(place, now);
        if announced.is_some() {
            self.announced = announced;
        }
        let Some(Announced { limit, remaining, window }) = self.announced else {
            self.answered.clear();
            return;
        };
        // `remaining` was counted when the request arrived: what has left the window since was in it.
        while self.answered.front().is_some_and(|at| *at + window + MARGIN <= sent) {
            self.answered.pop_front();
        }
        if announced.is_some() {
            // Fewer left than we have used: somebody else shares the budget, as late as just now.
            let used = limit.saturating_sub(remaining) as usize;
            let known = self.answered.len() + self.pending.len();
            self.answered.extend(std::iter::repeat_n(now, used.saturating_sub(known)));
        }
    }

    /// The server refused a request with 429 and this `Retry-After`.
    ///
    /// A server that goes on refusing is asked less and less often, whatever it states.
    pub fn refused(&mut self, now: Duration, retry_after: Option<Duration>) {
        // A refusal inside a penalty is of a request that went out before it: no new offence.
        if now >= self.blocked_until {
            self.refusals = self.refusals.saturating_add(1);
        }
        let doublings = self.refusals.saturating_sub(1).min(12);
        let penalty =
            retry_after.unwrap_or(UNSTATED_PENALTY).max(SHORTEST_PENALTY * (1 << doublings));
        let until = now + penalty.min(LONGEST_PENALTY) + MARGIN;
        self.blocked_until = self.blocked_until.max(until);
    }

    /// Nothing can have happened after `now`: a clock that was ahead when this was noted must not make
    /// everybody wait until then.
    pub fn settle(&mut self, now: Duration) {
        self.answered.iter_mut().chain(&mut self.pending).for_each(|at| *at = now.min(*at));
        self.blocked_until = self.blocked_until.min(now + LONGEST_PENALTY + MARGIN);
    }

    /// A request sent at `sent` turns out to count in `other`.
    pub fn hand_over(&mut self, sent: Duration, other: &mut Self) {
        if let Some(place) = self.pending.iter().position(|pending| *pending == sent) {
            other.pending.push(self.pending.swap_remove(place));
        }
    }

    /// Takes over what was noted before it was known that both are one.
    pub fn absorb(&mut self, other: Self) {
        self.pending.extend(other.pending);
        self.answered.extend(other.answered);
        self.answered.make_contiguous().sort_unstable();
        self.blocked_until = self.blocked_until.max(other.blocked_until);
        self.refusals = self.refusals.max(other.refusals);
        self.announced = self.announced.or(other.announced);
    }

    /// The server took a request: what it refused before is past.
    pub fn accepted(&mut self) {
        self.refusals = 0;
    }
}

/// How many requests of a window those of a priority may take.
fn places(limit: u32, priority: Priority) -> u32 {
    let reserve = match priority {
        Priority::High => 0,
        Priority::Low => (limit / RESERVE).max(1),
    };
    limit.saturating_sub(reserve).max(1)
}

fn forgotten(sent: Duration, now: Duration) -> bool {
    sent + FORGOTTEN_AFTER <= now
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// RingCentral's side: the arrivals of the last window are counted.
    fn fits(arrivals: &[Duration], at: Duration, limit: u32, window: Duration) -> bool {
        let recent = arrivals.iter().filter(|arrival| **arrival + window > at).count();
        recent < limit as usize
    }

    proptest! {
        /// Whatever the delays on the way, the server never has a reason to refuse.
        #[test]
        fn a_request_that_waits_is_never_over_the_limit(
            limit in 1u32..20,
            window_ms in 50u64..2000,
            delays in prop::collection::vec((0u64..200, 0u64..200), 1..120),
        ) {
            let window = ms(window_ms);
            let mut budget = Budget::default();
            let (mut now, mut arrivals) = (Duration::ZERO, Vec::new());
            for (there, back) in delays {
                now = budget.ready_at(now, Priority::High).unwrap();
                let sent = now;
                budget.sent(now);
                let arrival = now + ms(there);
                prop_assert!(fits(&arrivals, arrival, limit, window));
                arrivals.push(arrival);
                now = arrival + ms(back);
                let used = arrivals.iter().filter(|a| **a + window > arrival).count() as u32;
                let announced = Announced { limit, remaining: limit - used, window };
                budget.answered(sent, now, Some(announced));
            }
        }
    }

    proptest! {
        /// Several processes that take turns on one state, of which some die with a request under way.
        #[test]
        fn processes_that_share_a_budget_are_never_over_the_limit(
            limit in 1u32..12,
            turns in prop::collection::vec((0u64..300, 0u64..300, 0u8..20, any::<bool>()), 1..150),
        ) {
            let window = ms(1000);
            let mut state = serde_json::to_string(&Budget::default()).unwrap();
            let (mut now, mut arrivals) = (Duration::ZERO, Vec::new());
            for (there, back, fate, low) in turns {
                let mut budget: Budget = serde_json::from_str(&state).unwrap();
                let priority = if low { Priority::Low } else { Priority::High };
                let Some(ready) = budget.ready_at(now, priority) else {
                    // The dead one is forgotten in the end.
                    now += FORGOTTEN_AFTER;
                    continue;
                };
                now = ready;
                let sent = now;
                budget.sent(sent);
                let arrival = now + ms(there);
                prop_assert!(fits(&arrivals, arrival, limit, window));
                arrivals.push(arrival);
                now = arrival + ms(back);
                if fate > 0 {
                    let used = arrivals.iter().filter(|a| **a + window > arrival).count() as u32;
                    let announced = Announced { limit, remaining: limit - used, window };
                    budget.answered(sent, now, Some(announced));
                }
                state = serde_json::to_string(&budget).unwrap();
            }
        }
    }

    #[test]
    fn a_process_that_died_before_a_limit_was_known_holds_nobody_up_for_long() {
        let mut budget = Budget::default();
        budget.sent(ms(0));
        assert_eq!(budget.ready_at(ms(1999), Priority::High), None);
        assert_eq!(budget.ready_at(ms(2000), Priority::High), Some(ms(2000)));
        // Whoever comes next is waited for in turn.
        budget.sent(ms(2000));
        assert_eq!(budget.ready_at(ms(2001), Priority::High), None);
    }

    #[test]
    fn a_clock_that_was_ahead_makes_nobody_wait_until_then() {
        let (mut budget, ahead) = (Budget::default(), Duration::from_secs(1 << 30));
        budget.sent(ahead);
        let announced = Announced { limit: 1, remaining: 0, window: ms(1000) };
        budget.answered(ahead, ahead, Some(announced));
        budget.refused(ahead, Some(ms(60_000)));
        budget.settle(ms(0));
        assert!(budget.ready_at(ms(0), Priority::High).unwrap() <= LONGEST_PENALTY + ms(10));
    }

    #[test]
    fn low_priority_leaves_a_reserve() {
        let mut budget = Budget::default();
        for sent in 0..8u64 {
            budget.sent(ms(sent));
            let remaining = 9 - sent as u32;
            let announced = Announced { limit: 10, remaining, window: ms(60_000) };
            budget.answered(ms(sent), ms(sent), Some(announced));
        }
        assert_eq!(budget.ready_at(ms(8), Priority::High), Some(ms(8)));
        assert_eq!(budget.ready_at(ms(8), Priority::Low), Some(ms(60_002)));
        assert_eq!(budget.a_day(Priority::Low), Some(11_520));
        assert_eq!(budget.a_day(Priority::High), Some(14_400));
    }

    #[test]
    fn with_short_answers_nearly_the_whole_budget_is_used() {
        let (mut budget, mut now) = (Budget::default(), Duration::ZERO);
        for sent in 0..200u32 {
            now = budget.ready_at(now, Priority::High).unwrap();
            let sent_at = now;
            budget.sent(now);
            now += ms(5);
            let remaining = 10 - (sent % 10) - 1;
            let announced = Announced { limit: 10, remaining, window: ms(1000) };
            budget.answered(sent_at, now, Some(announced));
        }
        // 200 requests fill 20 windows, of which the first needs no waiting.
        assert!(now < ms(19_000) * 100 / 98, "{now:?}");
    }

    #[test]
    fn what_others_used_counts_as_used_just_now() {
        let mut budget = Budget::default();
        budget.sent(ms(0));
        let announced = Announced { limit: 10, remaining: 0, window: ms(60_000) };
        budget.answered(ms(0), ms(100), Some(announced));
        assert_eq!(budget.ready_at(ms(100), Priority::High), Some(ms(60_102)));
    }

    #[test]
    fn nothing_is_sent_inside_a_penalty() {
        for (stated, ready) in [
            (Some(ms(60_000)), 60_002),
            (None, 30_002),
            (Some(Duration::from_secs(3601)), 3_600_002),
            (Some(Duration::MAX), 3_600_002),
        ] {
            let mut budget = Budget::default();
            budget.refused(ms(0), stated);
            assert_eq!(budget.ready_at(ms(10), Priority::High), Some(ms(ready)), "{stated:?}");
        }
    }

    /// Sends when allowed, is refused at once each time; what each refusal costs, in ms.
    fn penalties(budget: &mut Budget, stated: Duration, times: usize) -> Vec<u128> {
        let mut now = budget.ready_at(ms(0), Priority::High).unwrap();
        let mut refuse = || {
            budget.refused(now, Some(stated));
            let ready = budget.ready_at(now, Priority::High).unwrap();
            let penalty = ready - now - MARGIN;
            now = ready;
            penalty.as_millis()
        };
        (0..times).map(|_| refuse()).collect()
    }

    #[test]
    fn a_server_that_goes_on_refusing_is_asked_less_and_less_often() {
        let mut budget = Budget::default();
        assert_eq!(penalties(&mut budget, ms(0), 4), [1000, 2000, 4000, 8000]);
        let long = penalties(&mut budget, ms(0), 40);
        assert_eq!(long.last(), Some(&3_600_000));
        budget.accepted();
        assert_eq!(penalties(&mut budget, ms(3000), 4), [3000, 3000, 4000, 8000]);
    }

    #[test]
    fn requests_refused_together_are_one_offence() {
        let mut budget = Budget::default();
        budget.refused(ms(0), Some(ms(0)));
        budget.refused(ms(100), Some(ms(0)));
        assert_eq!(budget.ready_at(ms(100), Priority::High), Some(ms(1102)));
    }

    #[test]
    fn an_absurd_announcement_costs_neither_memory_nor_years() {
        let mut budget = Budget::default();
        let window = Duration::from_secs(u32::MAX.into());
        budget.sent(ms(0));
        budget.answered(
            ms(0),
            ms(0),
            Some(Announced { limit: 4_000_000_000, remaining: 0, window }),
        );
        assert_eq!(budget.answered.len(), 10_000);
        assert_eq!(budget.ready_at(ms(0), Priority::High), Some(ms(3_600_002)));
    }

    #[test]
    fn before_anything_is_known_requests_go_one_by_one() {
        let mut budget = Budget::default();
        assert_eq!(budget.ready_at(ms(0), Priority::High), Some(ms(0)));
        budget.sent(ms(0));
        assert_eq!(budget.ready_at(ms(0), Priority::High), None);
        budget.answered(ms(0), ms(5), None);
        assert_eq!(budget.ready_at(ms(5), Priority::High), Some(ms(5)));
    }

    #[test]
    fn what_left_the_window_during_a_slow_answer_was_ours_and_nobody_elses() {
        let mut budget = Budget::default();
        let announced = |remaining| Some(Announced { limit: 2, remaining, window: ms(1000) });
        for (sent, answered, remaining) in [(0, 5, 1), (5, 10, 0)] {
            budget.sent(ms(sent));
            budget.answered(ms(sent), ms(answered), announced(remaining));
        }
        assert_eq!(budget.ready_at(ms(10), Priority::High), Some(ms(1007)));
        budget.sent(ms(1007));
        // On arrival at 1,008 ms the server still counts the second request, which came at 9 ms.
        budget.answered(ms(1007), ms(1500), announced(0));
        assert_eq!(budget.ready_at(ms(1500), Priority::High), Some(ms(1500)));
    }
}
