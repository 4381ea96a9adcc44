//! Moments on the server's clock, which may be put forward or back.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

pub(super) const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Answers of several servers: their clocks differ by no more.
pub(super) const JITTER: SignedDuration = SignedDuration::from_mins(5);

/// So many leaps are remembered: a clock that is wrong for so many days, seen daily, is found out.
const LEAPS: usize = 16;

/// How far something has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reached {
    at: Timestamp,
    /// Where it was before time leapt by more than a day, each time: nothing may have run meanwhile, or the
    /// clock was put forward, which shows once it is put back.
    #[serde(default)]
    before_leaps: Vec<Timestamp>,
}

impl Reached {
    pub(super) fn new(at: Timestamp) -> Self {
        Self { at, before_leaps: Vec::new() }
    }

    /// As far as can be relied on.
    pub(super) fn by(&self, now: Timestamp) -> Timestamp {
        if self.at <= plus(now, JITTER) {
            return self.at.min(now);
        }
        // Leaps from where time has not come yet were made while the clock was wrong.
        self.before_leaps.iter().copied().rfind(|before| *before <= now).unwrap_or(now)
    }

    /// If the clock was put back behind it: goes back to what can be relied on, and returns it.
    pub(super) fn go_back(&mut self, now: Timestamp) -> Option<Timestamp> {
        let at = self.by(now);
        let back = at < self.at && plus(now, JITTER) < self.at;
        if back {
            self.at = at;
            self.before_leaps.retain(|before| *before < at);
        }
        back.then_some(at)
    }

    pub(super) fn advance(&mut self, to: Timestamp, now: Timestamp) {
        self.go_back(now);
        let at = self.at;
        self.at = at.max(to.min(now));
        if self.at.duration_since(at) > DAY {
            self.before_leaps.push(at);
            let surplus = self.before_leaps.len().saturating_sub(LEAPS);
            self.before_leaps.drain(..surplus);
        }
    }
}

/// When something is due that is to happen every `pause`: [`Timestamp::MIN`] for now. A clock that was put
/// back makes nothing wait for longer.
pub(super) fn due(last: Option<Timestamp>, now: Timestamp, pause: SignedDuration) -> Timestamp {
    let waiting = last.filter(|last| now.duration_since(*last).abs() < pause);
    waiting.map_or(Timestamp::MIN, |last| plus(last, pause))
}

pub(super) fn plus(moment: Timestamp, length: SignedDuration) -> Timestamp {
    moment.saturating_add(length).unwrap_or(Timestamp::MAX)
}

pub(super) fn minus(moment: Timestamp, length: SignedDuration) -> Timestamp {
    moment.saturating_sub(length).unwrap_or(Timestamp::MIN)
}

/// The day (UTC) of a moment.
pub(super) fn date(moment: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(moment).date()
}

/// A day's first moment (UTC).
pub(super) fn start_of(date: Date) -> Timestamp {
    TimeZone::UTC.to_timestamp(date.into()).unwrap_or(Timestamp::MAX)
}

pub(super) fn days_before(date: Date, days: i64) -> Date {
    date.saturating_sub(days.days())
}

pub(super) fn day_after(date: Date) -> Date {
    date.saturating_add(1.day())
}
