//! When the first recording will be lost, if all goes on as it does today.

use std::collections::VecDeque;

use super::{DAY_MS, HOUR_MS, Outlook};

/// Nobody plans further.
const HORIZON_DAYS: i64 = 400;

/// Losses are summed up over so many days.
const LOSS_DAYS: i64 = 30;

/// What is to be expected at today's volume.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// How many come in a day.
    pub arrivals_a_day: f64,
    /// How many can be fetched in a day.
    pub capacity_a_day: f64,
    /// The hour in which the first one is dropped before it could be fetched, in milliseconds since
    /// 1970-01-01T00:00:00Z; `None` if that is not to be expected within 400 days.
    pub first_loss_ms: Option<i64>,
    /// How many are lost within 30 days.
    pub lost_in_30_days: f64,
}

impl Forecast {
    /// How many users, each as fast as these are on average, would in the long run lose none.
    pub fn users_needed(&self, users: usize) -> Option<u64> {
        let each = self.capacity_a_day / users.max(1) as f64;
        (each > 0.0).then(|| (self.arrivals_a_day / each).ceil().max(1.0) as u64)
    }
}

/// Plays the hours to come: so many arrive, those that are dropped next are fetched, the oldest are dropped.
pub fn forecast(outlook: &Outlook<'_>, capacity_a_day: f64) -> Forecast {
    let mut lines = [true, false].map(|capped| Line::of(outlook, capped));
    let arrivals_a_day = lines.iter().map(|line| line.arrivals_a_day).sum();
    let mut forecast =
        Forecast { arrivals_a_day, capacity_a_day, first_loss_ms: None, lost_in_30_days: 0.0 };
    let (mut now_ms, mut hour) = (outlook.now_ms, outlook.now_ms.div_euclid(HOUR_MS));
    let end_ms = |days: i64| outlook.now_ms + days * DAY_MS;
    while now_ms < end_ms(HORIZON_DAYS) {
        let next_ms = (hour + 1) * HOUR_MS;
        let days = (next_ms - now_ms) as f64 / DAY_MS as f64;
        for line in &mut lines {
            line.arrive(hour, days);
        }
        fetch(&mut lines, now_ms, capacity_a_day * days);
        let lost: f64 = lines.iter_mut().map(|line| line.drop_until(next_ms)).sum();
        if lost >= 1.0 {
            forecast.first_loss_ms.get_or_insert(now_ms);
        }
        if now_ms < end_ms(LOSS_DAYS) {
            forecast.lost_in_30_days += lost;
        } else if forecast.first_loss_ms.is_some() {
            break;
        }
        (now_ms, hour) = (next_ms, hour + 1);
    }
    forecast
}

fn fetch(lines: &mut [Line; 2], now_ms: i64, mut capacity: f64) {
    while capacity > 0.0 {
        let waiting = lines.iter_mut().filter(|line| !line.buckets.is_empty());
        let Some(line) = waiting.min_by_key(|line| line.dropped_at_ms(now_ms)) else { return };
        capacity -= line.fetch(capacity);
    }
}

/// Recordings that began in an hour.
struct Bucket {
    hour: i64,
    /// Fetched or not: they count towards the cap.
    all: f64,
    wanted: f64,
}

/// The recordings of a kind, from the oldest one that is wanted on.
struct Line {
    keeping_ms: i64,
    cap: Option<f64>,
    arrivals_a_day: f64,
    buckets: VecDeque<Bucket>,
    all: f64,
}

impl Line {
    fn of(outlook: &Outlook<'_>, capped: bool) -> Self {
        let dropped = outlook.dropped_before_ms(capped);
        let hours = outlook.hours.iter().filter(|hour| hour.capped == capped);
        let there =
            hours.skip_while(|hour| hour.wanted == 0 || (hour.hour + 1) * HOUR_MS <= dropped);
        let buckets: VecDeque<_> = there
            .map(|each| {
                let (all, wanted) = (super::count(each) as f64, each.wanted as f64);
                Bucket { hour: each.hour, all, wanted }
            })
            .collect();
        Self {
            keeping_ms: i64::from(outlook.keeping.days) * DAY_MS,
            cap: capped.then_some(outlook.keeping.cap as f64),
            arrivals_a_day: outlook.arrivals_a_day(capped),
            all: buckets.iter().map(|bucket| bucket.all).sum(),
            buckets,
        }
    }

    fn arrive(&mut self, hour: i64, days: f64) {
        let count = self.arrivals_a_day * days;
        if count > 0.0 {
            self.all += count;
            match self.buckets.back_mut().filter(|bucket| bucket.hour == hour) {
                Some(bucket) => {
                    (bucket.all, bucket.wanted) = (bucket.all + count, bucket.wanted + count);
                }
                None => self.buckets.push_back(Bucket { hour, all: count, wanted: count }),
            }
        }
    }

    /// When the first bucket's are dropped.
    fn dropped_at_ms(&self, now_ms: i64) -> i64 {
        let Some(first) = self.buckets.front() else { return i64::MAX };
        let by_age = first.hour * HOUR_MS + self.keeping_ms;
        let Some(cap) = self.cap.filter(|_| self.arrivals_a_day > 0.0) else { return by_age };
        let left_days = (cap - (self.all - first.all)) / self.arrivals_a_day;
        by_age.min(now_ms.saturating_add((left_days * DAY_MS as f64) as i64))
    }

    /// Takes some of the first bucket's; how many.
    fn fetch(&mut self, most: f64) -> f64 {
        let Some(first) = self.buckets.front_mut() else { return 0.0 };
        let taken = first.wanted.min(most);
        first.wanted -= taken;
        self.leave_fetched();
        taken
    }

    /// Drops what is too old, or too many; how many of those were wanted.
    fn drop_until(&mut self, now_ms: i64) -> f64 {
        let mut lost = 0.0;
        while let Some(first) = self.buckets.front_mut() {
            let too_old = first.hour * HOUR_MS + self.keeping_ms < now_ms;
            let too_many = self.cap.map_or(0.0, |cap| (self.all - cap).clamp(0.0, first.all));
            let dropped = if too_old { first.all } else { too_many };
            if dropped <= 0.0 {
                break;
            }
            // The oldest were fetched first.
            let wanted = first.wanted.min(first.all - dropped);
            lost += first.wanted - wanted;
            (first.wanted, first.all) = (wanted, first.all - dropped);
            self.all -= dropped;
            self.leave_fetched();
        }
        lost
    }

    /// What is older than everything wanted makes no difference.
    fn leave_fetched(&mut self) {
        while self.buckets.front().is_some_and(|first| first.wanted < 1e-6) {
            self.all -= self.buckets.pop_front().map_or(0.0, |first| first.all);
        }
    }
}
