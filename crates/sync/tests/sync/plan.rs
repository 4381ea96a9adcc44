//! What a plan asks for, run by run.

use callbook_model::Span;
use callbook_sync::{Ask, Listed, ListedCall, Log, Outcome, Plan, Step, Synced, Wanted};
use jiff::{SignedDuration, Timestamp};

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn day(number: i64) -> Timestamp {
    Timestamp::from_millisecond(1_700_000_000_000 + number * 86_400_000).unwrap()
}

fn run(since: Option<i64>) -> Wanted {
    Wanted { since: since.map(day), ..Wanted::default() }
}

/// An upstream with one call, begun then, and perhaps without feeds.
struct Upstream {
    call: Timestamp,
    feeds: bool,
}

impl Upstream {
    fn answer(&self, step: &Step, now: Timestamp) -> Outcome {
        match step {
            Step::List(page) => {
                let mut listed = Listed { sorted: true, ..Listed::default() };
                if page.span.contains(self.call) {
                    listed.records = 1;
                    listed.oldest = Some(self.call);
                    let start_ms = self.call.as_millisecond();
                    listed.calls = vec![ListedCall { id: "a".into(), start_ms }];
                }
                Outcome::Page(listed)
            }
            Step::Changes(_) | Step::Deletions(_) if self.feeds => {
                let token = format!("at {now}");
                Outcome::Synced(Synced { token, sync_time: now, newer: false, records: 0 })
            }
            Step::Changes(_) | Step::Deletions(_) => Outcome::Unavailable,
            Step::Probe(span) => {
                Outcome::Probed { newest: Some(self.call).filter(|call| span.contains(*call)) }
            }
            Step::Seal(_) => Outcome::Sealed,
            Step::Idle { .. } => panic!("nothing was asked"),
        }
    }

    /// Everything that is asked for until nothing is due.
    fn pass(&self, plan: &mut Plan, now: Timestamp) -> Vec<Step> {
        let mut asked = Vec::new();
        loop {
            let step = plan.next(now);
            if matches!(step, Step::Idle { .. }) {
                return asked;
            }
            assert!(asked.len() < 2000, "no end in sight: {plan:?}");
            plan.apply(now, self.answer(&step, now)).unwrap();
            asked.push(step);
        }
    }
}

/// The spans among what was asked that are no days listed again.
fn spans(steps: &[Step]) -> Vec<Span> {
    let length = |span: &Span| span.to.duration_since(span.from);
    let again = DAY + SignedDuration::from_millis(2);
    let spans = steps.iter().filter_map(|step| match step {
        Step::List(page) => Some(page.span),
        _ => None,
    });
    spans.filter(|span| length(span) != again).collect()
}

const FORBIDDEN: Upstream = Upstream { call: Timestamp::UNIX_EPOCH, feeds: false };

#[test]
fn a_span_that_lacked_calls_is_listed_once_more_an_hour_later_though_the_clock_lags() {
    let upstream = Upstream { call: day(1), feeds: true };
    let mut plan = Plan::default();
    plan.begin(day(10), run(None));
    upstream.pass(&mut plan, day(10));
    let now = day(13);
    let lagging = now - SignedDuration::from_millis(5);
    plan.begin(now, run(None));
    let mut complete = Vec::new();
    loop {
        let step = plan.next(lagging);
        if let Step::Idle { until } = step {
            assert!(until <= now + SignedDuration::from_hours(2));
            break;
        }
        if let Some(listed) = plan.apply(now, upstream.answer(&step, now)).unwrap() {
            assert!(!complete.contains(&listed.span), "{:?} was listed a moment ago", listed.span);
            complete.push(listed.span);
            plan.apply(now, Outcome::Absent { span: listed.span }).unwrap();
        }
    }
    assert!(!complete.is_empty());
}

#[test]
fn without_feeds_what_lies_between_the_last_run_and_a_later_since_is_listed_too() {
    let mut plan = Plan::default();
    plan.begin(day(10), run(Some(0)));
    FORBIDDEN.pass(&mut plan, day(10));
    plan.begin(day(20), run(Some(19)));
    assert_eq!(spans(&FORBIDDEN.pass(&mut plan, day(20))), [Span { from: day(9), to: day(20) }]);
}

#[test]
fn without_feeds_a_later_run_lists_the_last_day_again_and_what_is_new() {
    let mut plan = Plan::default();
    plan.begin(day(10), run(None));
    FORBIDDEN.pass(&mut plan, day(10));
    plan.begin(day(12), run(None));
    assert_eq!(spans(&FORBIDDEN.pass(&mut plan, day(12))), [Span { from: day(9), to: day(12) }]);
    assert_eq!(plan.covered().map(|span| span.to), Some(day(12)));
    assert!(plan.is_listed());
}

#[test]
fn a_clock_that_was_ahead_hides_nothing_of_what_came_before_it_leapt() {
    let mut plan = Plan::default();
    plan.begin(day(10), run(None));
    FORBIDDEN.pass(&mut plan, day(10));
    plan.begin(day(40), run(None));
    FORBIDDEN.pass(&mut plan, day(40));
    plan.begin(day(12), run(None));
    assert_eq!(spans(&FORBIDDEN.pass(&mut plan, day(12))), [Span { from: day(9), to: day(12) }]);
}

#[test]
fn a_cursor_of_an_earlier_version_goes_on() {
    let saved = r#"{"covered":{"from":"2000-01-01T00:00:00Z","to":"2023-11-14T22:13:20Z"},
        "pending":[{"span":{"from":"2000-01-01T00:00:00Z","to":"2022-01-01T00:00:00Z"},"page":3}]}"#;
    let mut plan: Plan = serde_json::from_str(saved).unwrap();
    assert!(!plan.is_listed());
    plan.begin(day(1), run(None));
    let upstream = Upstream { call: day(-400), feeds: true };
    let asked = upstream.pass(&mut plan, day(1));
    let Step::Changes(Ask::Full { from }) = &asked[0] else { panic!("{:?}", asked[0]) };
    assert_eq!(*from, day(0) - SignedDuration::from_hours(1));
    assert!(matches!(&asked[2], Step::List(page) if page.page == 3), "{:?}", asked[2]);
    let days = asked.iter().filter(|step| matches!(step, Step::List(_))).count() - 1;
    assert_eq!(days, 31, "the days of a month are listed again");
    let from = plan.upstream_from().unwrap();
    assert!(from <= upstream.call && upstream.call.duration_since(from) <= DAY, "{from}");
}

#[test]
fn an_idle_hour_costs_two_requests_a_quarter() {
    let upstream = Upstream { call: day(-400), feeds: true };
    let mut plan = Plan::default();
    plan.begin(day(0), run(None));
    upstream.pass(&mut plan, day(0));
    let (mut now, mut requests) = (day(0), 0);
    while let Step::Idle { until } = plan.next(now) {
        if day(0) + SignedDuration::from_mins(59) < until {
            break;
        }
        now = until;
        requests += upstream.pass(&mut plan, now).len();
    }
    assert_eq!(requests, 6);
}

#[test]
fn an_extension_has_no_extract_sync() {
    let upstream = Upstream { call: day(-400), feeds: true };
    let mut plan = Plan::default();
    plan.begin(day(0), Wanted { log: Log::Extension, ..run(None) });
    let asked = upstream.pass(&mut plan, day(0));
    assert!(!asked.iter().any(|step| matches!(step, Step::Changes(_))), "{asked:?}");
}

#[test]
fn every_old_day_is_sealed_once() {
    let upstream = Upstream { call: day(-100), feeds: true };
    let mut plan = Plan::default();
    let mut sealed = Vec::new();
    for now in 0..10 {
        plan.begin(day(now), run(None));
        for step in upstream.pass(&mut plan, day(now)) {
            let Step::Seal(sealing) = step else { continue };
            assert_eq!(sealing.upstream.is_some(), sealed.len() >= 70, "{sealing:?}");
            sealed.push(sealing.day);
        }
    }
    assert_eq!(sealed.len(), 79);
    assert!(sealed.is_sorted(), "{sealed:?}");
}

/// Headers come from another machine than the feed.
#[test]
fn a_feed_whose_clock_is_behind_is_not_asked_for_what_is_to_come() {
    let mut plan = Plan::default();
    plan.begin(day(400), run(None));
    // A list alone tells whether the log is for this user.
    assert!(matches!(plan.next(day(400)), Step::List(_)));
    plan.apply(day(400), Outcome::Page(Listed::default())).unwrap();
    let mut asked = Vec::new();
    for _ in 0..2 {
        let Step::Changes(Ask::Full { from }) = plan.next(day(400)) else { panic!("{plan:?}") };
        asked.push(from);
        let token = "a".to_owned();
        let synced = Synced { token, sync_time: day(0), newer: false, records: 0 };
        plan.apply(day(400), Outcome::Synced(synced)).unwrap();
    }
    assert!(day(0) < asked[0] && asked[1] < day(0), "{asked:?}");
    assert!(matches!(plan.next(day(400)), Step::Deletions(_)));
}
