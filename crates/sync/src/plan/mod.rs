//! What to ask upstream next: a pure state machine.
//!
//! Layers, each of which finds what the ones before it cannot:
//!
//! 1. the **back-fill** lists everything once, newest first ([`Listing`]);
//! 2. **changes** (`call-log-extract-sync`) gives what was added or edited since a token;
//! 3. **deletions** (`call-log-sync` with `showDeleted`) gives what was deleted since a token; a token that is
//!    refused costs a list of the span since the last good one, never the history;
//! 4. **days are listed again** at 1, 7 and 30 days: what came late, and what went without a word;
//! 5. a **probe** a day learns from where on upstream still lists calls: what is older is not deleted;
//! 6. **seals**: a day that was listed for the last time is sealed in the archive.
//!
//! The state is committed with what each step led to. `now` is the server's clock, which may leap.

mod check;
mod clock;
mod feed;
mod kept;
mod listing;
mod relist;
mod seals;
mod step;

use callbook_model::Span;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub use listing::{Endless, ListPage, Listed, ListedCall, Listing};
pub use step::{Ask, Complete, Outcome, Sealing, Step, Synced, UpstreamDay};

use check::{Check, Checking};
use clock::{date, minus, plus, start_of};
use feed::Feed;
use kept::{Kept, Retention};
use relist::Relist;
use seals::Seals;

/// Records that `call-log-extract-sync` gives at most.
pub const EXTRACT_COUNT: u32 = 1000;

/// Records that `call-log-sync` gives at most.
pub const SYNC_COUNT: u32 = 250;

/// Without push, what is new is asked for so often and no more.
pub const PAUSE: SignedDuration = SignedDuration::from_mins(15);

/// Everything that upstream has: RingCentral itself began later. (2000-01-01T00:00:00Z)
pub(super) const BEGINNING: Timestamp = Timestamp::constant(946_684_800, 0);

/// Without the endpoints for changes, so much is listed again each time.
const RECENT: SignedDuration = SignedDuration::from_hours(24);

/// A call that is not listed is looked for once more after so long: lists may lag.
const RECHECK_AFTER: SignedDuration = SignedDuration::from_mins(65);

/// How far a log has been synced, and what is to be done about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    /// Everything listed, or to be listed.
    covered: Option<Span>,
    /// The back-fill, and what else was asked for by hand.
    #[serde(rename = "pending")]
    listing: Listing,
    /// The oldest call that the back-fill has come by.
    oldest: Option<Timestamp>,
    changes: Feed,
    deletions: Feed,
    relist: Relist,
    /// Spans to be listed again for a reason of their own.
    checks: Vec<Check>,
    kept: Kept,
    retention: Retention,
    seals: Seals,
    /// When the last day was last listed for want of anything better.
    recent: Option<Timestamp>,
    #[serde(skip)]
    checking: Option<Checking>,
}

/// What follows from an outcome, beside the plan's new state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// A list from which calls can be seen to be absent.
    pub complete: Option<Complete>,
    /// Upstream lists nothing any more that began before.
    pub upstream_from: Option<Timestamp>,
}

impl Plan {
    /// Starts a run: everything since `since`, though it was listed before; or, without it, everything that
    /// was not listed yet. `now` should be the server's.
    pub fn begin(&mut self, since: Option<Timestamp>, now: Timestamp) {
        self.checking = None;
        let known = self.covered.map_or(now, |covered| covered.to.min(now));
        self.changes.begin(known);
        self.deletions.begin(known);
        let Some(covered) = self.covered else {
            self.covered = Span::new(since.unwrap_or(BEGINNING), now);
            self.covered.into_iter().for_each(|span| self.listing.add(span));
            return;
        };
        if self.listing.next().is_none() {
            // Of archives made before there were such lists.
            self.relist.all_listed(known);
        }
        let from = since.unwrap_or(BEGINNING);
        if since.is_none() && BEGINNING < covered.from {
            let to = covered.from.saturating_add(listing::BEYOND).unwrap_or(covered.from);
            Span::new(BEGINNING, to).into_iter().for_each(|span| self.listing.add(span));
        }
        if since.is_some() {
            // Never from later on: what lies between the last run and `since` would be left out for good.
            let from = from.min(known);
            Span::new(from, now).into_iter().for_each(|span| self.listing.add(span));
        }
        self.covered = Span::new(covered.from.min(from), covered.to.max(now)).or(self.covered);
    }

    /// Upstream keeps calls for so many days, at least.
    pub fn keep_days(&mut self, days: u32) {
        self.retention = Retention::of_days(days);
    }

    /// What has been listed, or will have been once nothing is pending.
    pub fn covered(&self) -> Option<Span> {
        self.covered
    }

    /// Whether everything was listed once.
    pub fn is_filled(&self) -> bool {
        self.covered.is_some() && self.listing.next().is_none()
    }

    /// What to do now.
    pub fn next(&mut self, now: Timestamp) -> Step {
        if self.changes.due(now) <= now {
            return Step::Changes(self.changes.ask(now));
        }
        if self.deletions.due(now) <= now {
            return Step::Deletions(self.deletions.ask(now));
        }
        if let Some(page) = self.listing.next() {
            return Step::List(page);
        }
        self.check(now)
            .or_else(|| self.probe(now))
            .or_else(|| self.seal())
            .unwrap_or_else(|| Step::Idle { until: self.idle_until(now) })
    }

    fn check(&mut self, now: Timestamp) -> Option<Step> {
        if self.checking.is_none() {
            let own = self.checks.iter().find(|check| check.due <= now).cloned();
            let check = own.or_else(|| self.relist.due(now)).or_else(|| self.recent(now))?;
            self.checking = Some(Checking::start(check));
        }
        self.checking.as_ref()?.next().map(Step::List)
    }

    /// The last day, where nothing tells what is new.
    fn recent(&self, now: Timestamp) -> Option<Check> {
        let blind = self.changes.is_away(now) && self.deletions.is_away(now);
        if !blind || clock::due(self.recent, now, PAUSE) > now {
            return None;
        }
        let known = self.covered.map_or(now, |covered| covered.to);
        let span = Span::new(minus(now, RECENT).min(known), now)?;
        Some(Check::new(span, now, false))
    }

    fn probe(&mut self, now: Timestamp) -> Option<Step> {
        let known = self.oldest?;
        self.kept.probe(now, known).map(Step::Probe)
    }

    fn seal(&self) -> Option<Step> {
        self.seals.next().map(Step::Seal)
    }

    fn idle_until(&self, now: Timestamp) -> Timestamp {
        let blind = self.changes.is_away(now) && self.deletions.is_away(now);
        let recent = blind.then(|| clock::due(self.recent, now, PAUSE));
        let probe = self.oldest.map(|_| self.kept.due(now));
        let dues = [Some(self.changes.due(now)), Some(self.deletions.due(now))].into_iter();
        let dues = dues.chain([self.relist.next_due(), recent, probe]).flatten();
        let dues = dues.chain(self.checks.iter().map(|check| check.due));
        dues.filter(|due| *due > now).min().unwrap_or_else(|| plus(now, PAUSE))
    }

    /// Takes note of what came of the step that [`Plan::next`] gave.
    ///
    /// # Errors
    /// When upstream goes on naming another page after the last one that there can be.
    pub fn apply(
        &mut self,
        now: Timestamp,
        step: &Step,
        outcome: Outcome,
    ) -> Result<Applied, Endless> {
        let mut applied = Applied::default();
        match (step, outcome) {
            (_, Outcome::Page(listed)) => return self.page(now, &listed),
            (Step::Changes(_), Outcome::Synced(synced)) => {
                if let Some(to) = self.changes.synced(now, synced) {
                    self.cover(to);
                }
            }
            (Step::Deletions(_), Outcome::Synced(synced)) => {
                let last = self.deletions.synced(now, synced);
                if let Some(to) = last.filter(|_| self.changes.is_away(now)) {
                    self.cover(to);
                }
            }
            (Step::Changes(_), Outcome::TokenRefused) => {
                if !self.changes.refused() {
                    // Not even a moment is taken: the span since is listed instead.
                    self.check_since(self.changes.since(now), now);
                    self.changes.skip(now);
                    self.changes.unavailable(now);
                }
            }
            (Step::Deletions(_), Outcome::TokenRefused) => {
                self.check_since(self.deletions.since(now), now);
                if !self.deletions.refused() {
                    self.deletions.unavailable(now);
                }
                self.deletions.skip(now);
            }
            (Step::Changes(_), Outcome::Unavailable) => self.changes.unavailable(now),
            (Step::Deletions(_), Outcome::Unavailable) => self.deletions.unavailable(now),
            (Step::Probe(span), Outcome::Probed { newest }) => {
                if let Some(known) = self.oldest {
                    let before = self.kept.from;
                    self.kept.probed(now, known, span.to, newest);
                    applied.upstream_from = self.kept.from.filter(|from| Some(*from) != before);
                }
            }
            (_, Outcome::Sealed) => self.seals.sealed(),
            (_, Outcome::Absent { span }) => self.recheck(span, now),
            (_, Outcome::Settled { span }) => self.settle(span),
            // No step is answered so.
            _ => {}
        }
        Ok(applied)
    }

    fn page(&mut self, now: Timestamp, listed: &Listed) -> Result<Applied, Endless> {
        let mut applied = Applied::default();
        if self.listing.next().is_some() {
            self.oldest = self.oldest.into_iter().chain(listed.oldest).min();
            self.listing.apply(listed)?;
            if self.listing.next().is_none() {
                applied.upstream_from = self.filled(now);
            }
            return Ok(applied);
        }
        let Some(checking) = &mut self.checking else { return Ok(applied) };
        if checking.apply(listed)? {
            applied.complete = self.checked(now);
        }
        Ok(applied)
    }

    /// Everything was listed.
    fn filled(&mut self, now: Timestamp) -> Option<Timestamp> {
        let covered = self.covered?;
        self.relist.all_listed(covered.to);
        let oldest = self.oldest.filter(|_| covered.from <= BEGINNING)?;
        self.kept.found(oldest, now);
        let relisted = self.relist.last_age_from()?;
        self.seals.listed(date(oldest), relisted);
        self.kept.from
    }

    /// A check came to its end.
    fn checked(&mut self, now: Timestamp) -> Option<Complete> {
        let checking = self.checking.take()?;
        let span = checking.check.span;
        let day = date(span.from);
        self.checks.retain(|check| check.span != span || check.due > now);
        if span.from == start_of(day) {
            self.relist.listed(day, now);
        }
        if self.changes.is_away(now) && self.deletions.is_away(now) {
            self.recent = Some(now);
            self.cover(span.to.min(now));
        }
        checking.sealing().into_iter().for_each(|sealing| self.seals.add(sealing));
        checking.complete().filter(|_| self.retention.covers(span.from, now))
    }

    /// Everything that began before is known.
    fn cover(&mut self, to: Timestamp) {
        self.covered = self.covered.map(|covered| Span { to: covered.to.max(to), ..covered });
    }

    /// Lists again, at once, what began since then.
    fn check_since(&mut self, since: Timestamp, now: Timestamp) {
        // A call is filed under its start, and may have lasted for hours.
        let since = minus(since, SignedDuration::from_hours(1));
        let check = Span::new(since, now).map(|span| Check::new(span, now, false));
        self.checks.extend(check);
    }

    /// Calls of the span are absent: it is listed once more before they count as deleted, and sealed only
    /// then.
    fn recheck(&mut self, span: Span, now: Timestamp) {
        let day = date(span.from);
        let sealing = (span.from == start_of(day)).then(|| self.seals.remove(day)).flatten();
        let due = plus(now, RECHECK_AFTER);
        let seal = sealing.is_some();
        self.checks.push(Check { sealing, ..Check::new(span, due, seal) });
    }

    /// Nothing of the span is in doubt any more.
    fn settle(&mut self, span: Span) {
        let (settled, others): (Vec<Check>, _) =
            self.checks.drain(..).partition(|check| check.span == span);
        self.checks = others;
        settled.into_iter().filter_map(|check| check.sealing).for_each(|each| self.seals.add(each));
    }
}
