//! From where on upstream still lists calls.

use callbook_model::Span;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::BEGINNING;
use super::clock::{DAY, date, due, minus, plus, start_of};

/// What upstream keeps, learnt once a day with a few small requests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    /// Upstream lists nothing that began before.
    pub(super) from: Option<Timestamp>,
    /// And something that began within a day of it, when that was last looked for.
    exact: bool,
    /// When that was.
    asked: Option<Timestamp>,
    /// Upstream lists something that began by then.
    #[serde(skip)]
    listed: Option<Timestamp>,
    /// How far to look beyond `from`, in doublings of a day.
    #[serde(skip)]
    doublings: u32,
}

impl Kept {
    /// Everything was listed, and this was the oldest; if there was none, what comes begins after `empty`.
    pub(super) fn listed(&mut self, oldest: Option<Timestamp>, empty: Timestamp, now: Timestamp) {
        self.from = Some(oldest.unwrap_or(empty));
        self.exact = oldest.is_some();
        self.done(now);
    }

    /// When the oldest call began that upstream was ever found to list, within a day.
    pub(super) fn oldest(&self) -> Option<Timestamp> {
        self.from.filter(|_| self.exact)
    }

    /// When to look again.
    pub(super) fn due(&self, now: Timestamp) -> Timestamp {
        due(self.asked, now, DAY)
    }

    /// A span to be looked into, of which the newest call matters. Nothing before `known` is of interest.
    pub(super) fn probe(&mut self, now: Timestamp, known: Timestamp) -> Option<Span> {
        if self.due(now) > now {
            return None;
        }
        let from = self.from.unwrap_or(known);
        let last = Self::last(now);
        if last <= from {
            self.done(now);
            return None;
        }
        let to = match self.listed {
            Some(listed) => plus(from, listed.duration_since(from) / 2),
            None => plus(from, DAY.saturating_mul(1 << self.doublings)).min(last),
        };
        Span::new(BEGINNING, to)
    }

    /// The newest call that began before `to`.
    pub(super) fn probed(
        &mut self,
        now: Timestamp,
        known: Timestamp,
        to: Timestamp,
        newest: Option<Timestamp>,
    ) {
        let from = self.from.unwrap_or(known);
        match newest {
            Some(newest) => self.listed = Some(newest.min(to).max(from)),
            None => {
                self.from = self.from.max(Some(to));
                self.doublings = (self.doublings + 1).min(16);
            }
        }
        let from = self.from.unwrap_or(known);
        let near = |listed: Timestamp| listed.duration_since(from) <= DAY;
        if self.listed.map_or(Self::last(now) <= from, near) {
            self.exact |= self.listed.is_some();
            self.done(now);
        }
    }

    fn done(&mut self, now: Timestamp) {
        self.asked = Some(now);
        self.listed = None;
        self.doublings = 0;
    }

    /// That nothing is listed of the newest days says nothing about what is kept.
    fn last(now: Timestamp) -> Timestamp {
        minus(start_of(date(now)), DAY)
    }
}

/// How long upstream keeps calls, at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Retention {
    days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        // RingCentral keeps calls for 12 months, for some accounts 9.
        Self { days: 270 }
    }
}

impl Retention {
    pub(super) fn of_days(days: u32) -> Self {
        Self { days }
    }

    /// Whether upstream cannot have forgotten calls that began then or later.
    pub(super) fn covers(self, from: Timestamp, now: Timestamp) -> bool {
        let days = i64::from(self.days.saturating_sub(MARGIN_DAYS));
        minus(now, SignedDuration::from_hours(24 * days)) <= from
    }
}

/// Upstream may forget a call this much earlier than it says.
const MARGIN_DAYS: u32 = 7;
