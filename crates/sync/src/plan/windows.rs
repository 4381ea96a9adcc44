//! Spans that are listed again, as a whole: for stragglers, and for what is not there any more.
//!
//! At most a day at a time, of which the ids stay in memory: a window that is left half done begins anew.

use std::collections::HashMap;

use callbook_model::Span;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::clock::{JITTER, date, day_after, days_before, minus, plus, start_of};
use super::listing::BEYOND;
use super::{Endless, ListPage, Listed, Listing, Sealing, UpstreamDay};
use crate::IdSet;

/// A day is listed again when it ended this many days ago. After the last time it is sealed.
const AGES_DAYS: [i64; 3] = [1, 7, 30];

/// An archive whose days were not counted yet has those of so many days listed again.
const UNCOUNTED_DAYS: i64 = 31;

/// A window that lacked calls, or was incomplete, is listed once more after this long. (The archive takes a
/// second look for one if it is an hour later.)
const RECHECK: SignedDuration = SignedDuration::from_mins(65);

/// How often an incomplete window is tried.
const TRIES: u8 = 4;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Windows {
    /// For each age the first day that was not listed again at it.
    days: Option<[Date; 3]>,
    /// Where deletions may be unknown.
    gaps: Vec<Span>,
    rechecks: Vec<Recheck>,
    #[serde(skip)]
    current: Option<Window>,
}

/// A span to be listed once more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Recheck {
    span: Span,
    due: Timestamp,
    /// How often it was listed incompletely.
    tries: u8,
    /// To be sealed afterwards.
    seal: Option<Sealing>,
}

impl Recheck {
    fn due(&self, now: Timestamp) -> Timestamp {
        // A clock that was put back makes nothing wait for longer; one that lags a little was not.
        if plus(now, RECHECK + JITTER) < self.due { Timestamp::MIN } else { self.due }
    }
}

/// Why a span is listed again.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reason {
    Recheck { tries: u8, seal: Option<Date> },
    Gap,
    Day(Date),
}

/// A span being listed again.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Window {
    span: Span,
    reason: Reason,
    listing: Listing,
    /// When each listed call began.
    calls: HashMap<String, i64>,
    /// What upstream said that there would be.
    announced: Option<u64>,
    begun: bool,
    /// Nothing can have been missed so far.
    sound: bool,
}

/// A window that came to its end.
pub(super) struct Finished {
    pub(super) span: Span,
    /// Id and start of everything listed, if nothing was missed.
    pub(super) calls: Option<HashMap<String, i64>>,
    /// A day that is to be sealed now.
    pub(super) seal: Option<Date>,
}

impl Windows {
    /// Everything that began before `now` is listed from now on.
    pub(super) fn listed(&mut self, now: Timestamp) {
        let fresh = AGES_DAYS.map(|age| days_before(date(now), age));
        self.days.get_or_insert(fresh);
        self.go_back(now);
    }

    /// No day was listed at an age that it did not have by then.
    pub(super) fn go_back(&mut self, then: Timestamp) {
        for (day, age) in self.days.iter_mut().flatten().zip(AGES_DAYS) {
            *day = days_before(date(then), age).min(*day);
        }
    }

    /// Days were listed up to then, nobody knows when.
    pub(super) fn uncounted(&mut self, upto: Timestamp) {
        let day = days_before(date(upto), UNCOUNTED_DAYS);
        self.days.get_or_insert([day; 3]);
    }

    /// Deletions in this span, which ends now, are not known.
    pub(super) fn gap(&mut self, gap: Span) {
        if let Some(last) = self.gaps.last_mut().filter(|last| gap.from <= last.to) {
            // One that ends later is from a clock that was ahead.
            *last = Span { from: last.from.min(gap.from), ..gap };
        } else {
            self.gaps.push(gap);
        }
    }

    /// The first day that will be listed for the last time.
    pub(super) fn first_unsealed(&self) -> Option<Date> {
        self.days.map(|days| days[AGES_DAYS.len() - 1])
    }

    /// The next page to list; nothing before `known` is.
    pub(super) fn next(&mut self, now: Timestamp, known: Timestamp) -> Option<ListPage> {
        if self.current.is_none() {
            self.current = self.choose(now, known);
        }
        self.current.as_ref().and_then(|window| window.listing.next())
    }

    fn choose(&mut self, now: Timestamp, known: Timestamp) -> Option<Window> {
        if let Some(recheck) = self.rechecks.iter().find(|recheck| recheck.due(now) <= now) {
            let seal = recheck.seal.as_ref().map(|sealing| sealing.day);
            return Some(Window::new(recheck.span, Reason::Recheck { tries: recheck.tries, seal }));
        }
        if let Some(gap) = self.gaps.first() {
            let to = start_of(day_after(date(gap.from))).min(gap.to);
            return Some(Window::new(Span { to, ..*gap }, Reason::Gap));
        }
        let day = self.due_day(now, date(known))?;
        let span = Span { from: start_of(day), to: start_of(day_after(day)) };
        Some(Window::new(span, Reason::Day(day)))
    }

    fn due_day(&mut self, now: Timestamp, known: Date) -> Option<Date> {
        let upto = AGES_DAYS.map(|age| days_before(date(now), age));
        let days = self.days.as_mut()?;
        days.iter_mut().for_each(|day| *day = known.max(*day));
        let due = days.iter().zip(upto).filter(|(day, upto)| *day < upto);
        due.map(|(day, _)| *day).min()
    }

    /// When something is due; [`Windows::next`] had nothing.
    pub(super) fn due(&self, now: Timestamp) -> Timestamp {
        let midnight = start_of(day_after(date(now)));
        let rechecks = self.rechecks.iter().map(|recheck| recheck.due(now));
        rechecks.min().unwrap_or(midnight).min(midnight)
    }

    /// Takes note of the page that [`Windows::next`] asked for. Returns the window if it was the last one.
    pub(super) fn apply(
        &mut self,
        now: Timestamp,
        listed: Listed,
    ) -> Result<Option<Finished>, Endless> {
        let Some(window) = &mut self.current else { return Ok(None) };
        window.apply(listed)?;
        if window.listing.next().is_some() {
            return Ok(None);
        }
        let Some(window) = self.current.take() else { return Ok(None) };
        Ok(Some(self.finish(now, window)))
    }

    fn finish(&mut self, now: Timestamp, window: Window) -> Finished {
        let complete = window.is_complete();
        let span = window.span;
        let (tries, seal) = match window.reason {
            Reason::Recheck { tries, seal } => {
                self.rechecks.retain(|recheck| recheck.span != span);
                (tries, seal)
            }
            Reason::Gap => {
                self.close_gap(span.to);
                (0, None)
            }
            Reason::Day(day) => (0, self.count(day, now).then_some(day)),
        };
        if !complete && tries + 1 < TRIES {
            let due = plus(now, RECHECK);
            let seal = seal.map(|day| Sealing { day, upstream: None });
            self.rechecks.push(Recheck { span, due, tries: tries + 1, seal });
            return Finished { span, calls: None, seal: None };
        }
        Finished { span, calls: complete.then_some(window.calls), seal }
    }

    fn close_gap(&mut self, upto: Timestamp) {
        let Some(gap) = self.gaps.first_mut() else { return };
        gap.from = upto;
        self.gaps.retain(|gap| gap.from < gap.to);
    }

    /// A day was listed again; returns whether for the last time.
    fn count(&mut self, day: Date, now: Timestamp) -> bool {
        let Some(days) = &mut self.days else { return false };
        for (first, age) in days.iter_mut().zip(AGES_DAYS) {
            if *first == day && day < days_before(date(now), age) {
                *first = day_after(day);
            }
        }
        days.last().is_some_and(|first| *first > day)
    }

    /// The span lacked calls of the archive: it is listed once more.
    pub(super) fn recheck(&mut self, now: Timestamp, span: Span, seal: Option<Sealing>) {
        let due = plus(now, RECHECK);
        self.rechecks.push(Recheck { span, due, tries: 0, seal });
    }

    /// It need not be listed once more; returns what is to be sealed.
    pub(super) fn settle(&mut self, span: Span) -> Option<Sealing> {
        let place = self.rechecks.iter().position(|recheck| recheck.span == span)?;
        self.rechecks.remove(place).seal
    }
}

impl Window {
    fn new(span: Span, reason: Reason) -> Self {
        // Whether a list includes its ends is not documented: a little more includes them either way.
        let beyond = SignedDuration::try_from(BEYOND).unwrap_or_default();
        let asked = Span { from: minus(span.from, beyond), to: plus(span.to, beyond) };
        let listing = Listing::of(asked);
        let (calls, announced) = (HashMap::new(), None);
        Self { span, reason, listing, calls, announced, begun: false, sound: true }
    }

    fn apply(&mut self, listed: Listed) -> Result<(), Endless> {
        let counted = self.listing.next().is_some_and(|page| page.page > 1);
        self.listing.apply(&listed)?;
        if !self.begun {
            self.announced = listed.total;
        }
        self.begun = true;
        self.sound &= listed.sorted && listed.calls.len() == listed.records;
        // Numbered pages shift: what slipped from one to the other shows in the total alone.
        self.sound &= !counted || self.announced.is_some();
        self.calls.extend(listed.calls.into_iter().map(|call| (call.id, call.start_ms)));
        Ok(())
    }

    fn is_complete(&self) -> bool {
        let listed = self.calls.len() as u64;
        self.sound && self.announced.is_none_or(|announced| announced == listed)
    }
}

/// What upstream has of a day, of the calls that were listed around it.
pub(super) fn upstream_day(span: Span, calls: &HashMap<String, i64>) -> UpstreamDay {
    let inside = calls.iter().filter(|(_, start_ms)| {
        Timestamp::from_millisecond(**start_ms).is_ok_and(|start| span.contains(start))
    });
    let ids: IdSet = inside.map(|(id, _)| id.as_str()).collect();
    UpstreamDay { calls: ids.count, ids: ids.to_string() }
}
