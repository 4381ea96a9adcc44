//! How long upstream keeps recordings, and when the first one will be lost.
//!
//! Pure: a recording is dropped at an age, and an automatic one also as soon as there are too many younger ones.
//! What is known of them are counts by the hour of their starts, which is what all of this works with.

mod forecast;

use callbook_store::RecordingHour;

pub use forecast::{Forecast, forecast};

pub(crate) const HOUR_MS: i64 = 3_600_000;
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;

/// What upstream keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keeping {
    /// Days from a recording's start on.
    pub days: u32,
    /// So many automatic ones of an account, the newest.
    pub cap: u64,
}

impl Default for Keeping {
    fn default() -> Self {
        Self { days: 90, cap: 100_000 }
    }
}

/// What is known of an account's recordings at a moment.
#[derive(Debug, Clone)]
pub struct Outlook<'a> {
    /// What upstream keeps.
    pub keeping: Keeping,
    /// Recordings by the hour, in order, from at least as many days ago as upstream keeps them.
    pub hours: &'a [RecordingHour],
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub now_ms: i64,
}

impl Outlook<'_> {
    /// The moment before which a recording has most likely been dropped, in milliseconds since
    /// 1970-01-01T00:00:00Z.
    pub fn dropped_before_ms(&self, capped: bool) -> i64 {
        let by_age = self.now_ms.saturating_sub(i64::from(self.keeping.days) * DAY_MS);
        let by_number = if capped { self.beyond_cap_ms() } else { i64::MIN };
        by_age.max(by_number)
    }

    /// The moment from which on there are as many automatic recordings as are kept. Within an hour they are
    /// taken to have come evenly.
    fn beyond_cap_ms(&self) -> i64 {
        let mut left = self.keeping.cap as i64;
        for hour in self.hours.iter().rev().filter(|hour| hour.capped) {
            let count = count(hour);
            if count > left {
                return hour.hour * HOUR_MS + HOUR_MS * (count - left) / count;
            }
            left -= count;
        }
        i64::MIN
    }

    /// When recordings are dropped, at today's volume.
    pub fn drops(&self) -> Drops {
        let capped = self.hours.iter().rev().filter(|hour| hour.capped);
        let mut left = self.keeping.cap as i64;
        let left = capped.map(|hour| {
            left -= count(hour);
            (hour.hour * HOUR_MS, left)
        });
        let arrivals_a_day = self.arrivals_a_day(true);
        Drops { keeping: self.keeping, now_ms: self.now_ms, arrivals_a_day, left: left.collect() }
    }

    /// How many of a kind come in a day: on the last day, or on average over the last week if that is more, so
    /// that a Sunday does not comfort anybody.
    pub fn arrivals_a_day(&self, capped: bool) -> f64 {
        let since = |days: i64| {
            let from = self.now_ms - days * DAY_MS;
            let counted = self.hours.iter().filter(|hour| hour.capped == capped);
            counted
                .map(|hour| count(hour) as f64 * share(hour.hour, from, self.now_ms))
                .sum::<f64>()
        };
        since(1).max(since(7) / 7.0)
    }
}

/// When recordings are dropped.
#[derive(Debug, Clone)]
pub struct Drops {
    keeping: Keeping,
    now_ms: i64,
    arrivals_a_day: f64,
    /// When each hour begins, the last first, and how many more are kept besides those from then on.
    left: Vec<(i64, i64)>,
}

impl Drops {
    /// When one that began then is dropped; both in milliseconds since 1970-01-01T00:00:00Z.
    pub fn at_ms(&self, capped: bool, start_ms: i64) -> i64 {
        let by_age = start_ms.saturating_add(i64::from(self.keeping.days) * DAY_MS);
        if !capped || self.arrivals_a_day <= 0.0 {
            return by_age;
        }
        let younger = self.left.partition_point(|(hour_ms, _)| *hour_ms > start_ms);
        let all = self.keeping.cap as i64;
        let left = younger.checked_sub(1).map_or(all, |last| self.left[last].1);
        let days = left as f64 / self.arrivals_a_day;
        by_age.min(self.now_ms.saturating_add((days * DAY_MS as f64) as i64))
    }
}

fn count(hour: &RecordingHour) -> i64 {
    hour.wanted + hour.kept + hour.lost
}

/// How much of an hour lies between two moments, of what of it has passed by the second.
fn share(hour: i64, from_ms: i64, now_ms: i64) -> f64 {
    let (start, end) = (hour * HOUR_MS, ((hour + 1) * HOUR_MS).min(now_ms));
    let passed = (end - start).max(1);
    (end - start.max(from_ms)).clamp(0, passed) as f64 / passed as f64
}
