//! Days of a company's recordings, without sockets: what is fetched when, and what is lost.

mod company;

use callbook_recordings::{Advice, Forecast, Keeping, Next, Order, Outlook, forecast, sort};
use company::{Company, DAY_MS, HOUR_MS, Past, START_MS};
use proptest::prelude::*;

/// As many as one user may fetch: ten a minute.
const A_DAY: u32 = 14_400;

/// Rows asked for at a time.
const BATCH: u32 = 50;

/// What is known, and how fast it goes.
struct Simulation {
    company: Company,
    order: Order,
    /// What upstream is taken to keep.
    assumed: Keeping,
    capacity_a_day: u32,
    requests: u32,
    /// Those for what was not there.
    wasted: u32,
}

impl Simulation {
    fn new(company: Company, assumed: Keeping, capacity_a_day: u32) -> Self {
        let order = Order::default();
        Self { company, order, assumed, capacity_a_day, requests: 0, wasted: 0 }
    }

    fn forecast(&self) -> Forecast {
        let hours = self.company.hours(self.assumed.days);
        let now_ms = self.company.now_ms;
        let outlook = Outlook { keeping: self.assumed, hours: &hours, now_ms };
        forecast(&outlook, f64::from(self.capacity_a_day))
    }

    fn run(mut self, days: i64) -> Self {
        while self.company.now_ms < START_MS + days * DAY_MS {
            let batch = self.batch();
            if batch.is_empty() {
                self.company.pass(60_000);
            }
            for next in batch {
                if !self.fetch(&next) {
                    break;
                }
            }
        }
        self
    }

    fn batch(&self) -> Vec<Next> {
        let hours = self.company.hours(self.assumed.days);
        let now_ms = self.company.now_ms;
        let outlook = Outlook { keeping: self.assumed, hours: &hours, now_ms };
        let [capped, other, rest @ ..] = self.order.queries(&outlook, BATCH);
        let mut batch = self.company.wanted(&capped);
        batch.extend(self.company.wanted(&other));
        sort(&outlook, &mut batch, BATCH as usize);
        let rest = rest.iter().map(|query| self.company.wanted(query));
        std::iter::once(batch).chain(rest).find(|batch| !batch.is_empty()).unwrap_or_default()
    }

    /// Whether the rest of its batch is any good.
    fn fetch(&mut self, next: &Next) -> bool {
        let (capped, start_ms) = (next.row.capped, next.row.start_ms);
        self.requests += 1;
        let there = self.company.fetch(&next.row);
        self.company.pass(DAY_MS / i64::from(self.capacity_a_day));
        if there {
            self.order.fetched(capped, next.newest_first);
            return true;
        }
        self.wasted += 1;
        let advice = self.order.gone(capped, start_ms, next.newest_first);
        if let Advice::GiveUp { before_ms } = advice {
            self.company.give_up(capped, before_ms);
        }
        advice == Advice::GoOn
    }

    fn missed(&self) -> usize {
        self.company.lines.iter().map(|line| line.missed).sum()
    }
}

fn busy(on_demand: u32, past: Past, users: u32, days: i64) -> Simulation {
    let keeping = Keeping::default();
    let company = Company::new([40_000 - on_demand, on_demand], keeping, past, days);
    Simulation::new(company, keeping, A_DAY * users)
}

#[test]
fn three_users_lose_nothing_of_forty_thousand_a_day() {
    for (backlog_days, days) in [(0.0, 2), (2.2, 10)] {
        let simulation = busy(0, Past { days: 5.0, backlog_days }, 3, days);
        let forecast = simulation.forecast();
        assert_eq!((forecast.first_loss_ms, forecast.lost_in_30_days), (None, 0.0));
        let simulation = simulation.run(days);
        assert_eq!((simulation.missed(), simulation.wasted), (0, 0), "{backlog_days}");
    }
}

#[test]
fn what_one_user_loses_first_is_forecast_to_the_hour() {
    for (days, backlog_days) in [(5.0, 0.0), (1.0, 1.0), (3.0, 1.5), (2.4, 2.4)] {
        let simulation = busy(0, Past { days, backlog_days }, 1, 5);
        let forecast = simulation.forecast();
        assert_eq!(forecast.users_needed(1), Some(3));
        let [automatic, _] = simulation.run(5).company.lines;
        let hour = |ms: i64| ms.div_euclid(HOUR_MS);
        let (found, said) = (automatic.first_missed_ms.map(hour), forecast.first_loss_ms.map(hour));
        assert_eq!(found, said, "{backlog_days} days are missing");
        assert!(found.is_some());
    }
}

#[test]
fn what_one_user_loses_in_thirty_days_is_forecast() {
    let simulation = busy(0, Past { days: 5.0, backlog_days: 0.0 }, 1, 30);
    let lost = simulation.forecast().lost_in_30_days;
    let simulation = simulation.run(30);
    let missed = simulation.missed() as f64;
    assert!((missed - lost).abs() < lost / 100.0, "{missed} are lost, not {lost}");
    // Once it has been noticed that there is no keeping up, no request is in vain.
    assert!(simulation.wasted < 100, "{} requests are wasted", simulation.wasted);
}

#[test]
fn what_is_kept_for_a_shorter_time_is_found() {
    let truth = Keeping { days: 30, cap: 100_000 };
    let past = Past { days: 120.0, backlog_days: 120.0 };
    let company = Company::new([1_000, 50], truth, past, 4);
    let simulation = Simulation::new(company, Keeping::default(), A_DAY).run(4);
    assert_eq!(simulation.company.still_wanted(), 0);
    // Of 90,000 that are not there.
    assert!(simulation.wasted < 600, "{} requests are wasted", simulation.wasted);
    // Of 31,500: those that are dropped while younger ones are fetched, because nobody knows.
    assert!(simulation.missed() < 2_500, "{} are lost", simulation.missed());
}

#[test]
fn those_on_demand_are_not_lost_among_the_others() {
    let past = Past { days: 5.0, backlog_days: 2.2 };
    let simulation = busy(5_000, past, 3, 5).run(5);
    assert_eq!((simulation.missed(), simulation.wasted), (0, 0));
    // Too few users lose automatic ones alone.
    let [automatic, on_demand] = busy(5_000, past, 1, 6).run(6).company.lines;
    assert!(automatic.missed > 50_000, "{} are lost", automatic.missed);
    assert_eq!(on_demand.missed, 0);
}

prop_compose! {
    /// A company that can be kept up with: its recordings of a day, what upstream keeps, and what is to be caught up.
    fn small()(
        a_day in 800_u32..2_500,
        on_demand in 0.0..0.9_f64,
        days in 4_u32..20,
        kept_days in 1.0..8.0_f64,
        past_days in 0.5..25.0_f64,
        caught_up in 0.2..1.0_f64,
        spare in 0_u32..500,
    ) -> ([u32; 2], Keeping, Past, u32) {
        let others = (f64::from(a_day) * on_demand) as u32 + 1;
        let automatic = a_day + 1 - others;
        let cap = (f64::from(automatic) * kept_days) as u64 + 1;
        let keeping = Keeping { days, cap };
        let backlog_days = past_days.min(kept_days).min(f64::from(days)) * (1.0 - caught_up);
        let past = Past { days: past_days, backlog_days };
        ([automatic, others], keeping, past, automatic + others + spare)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, ..ProptestConfig::default() })]

    #[test]
    fn who_is_as_fast_as_recordings_come_loses_none(
        (a_day, keeping, past, capacity) in small(),
    ) {
        let company = Company::new(a_day, keeping, past, 10);
        let simulation = Simulation::new(company, keeping, capacity).run(10);
        prop_assert_eq!(simulation.missed(), 0);
    }
}
