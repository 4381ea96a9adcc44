//! What to do next to keep an archive equal to its upstream: a pure state machine, in layers.
//!
//! 1. Everything is listed once, newest first: `listing`.
//! 2. What changed: `call-log-extract-sync`, for accounts: `feed`.
//! 3. What was deleted: `call-log-sync`; for an extension's log also what changed. A token that is refused
//!    costs a new one and a list of the span since the last good one, never of the history.
//! 4. Every day is listed again when it is 1, 7 and 30 days old, for stragglers and for what vanished without
//!    a word: `windows`. After the last time it is sealed: `seals`.
//! 5. Where neither of the two tells what changed, the last day is listed each time.
//! 6. What upstream keeps is looked for once a day: `kept`.
//!
//! Beside them, the directory has a plan of its own: `directory`.
//!
//! The state is one JSON value. It is written with each commit that a step led to.

mod clock;
mod directory;
mod feed;
mod kept;
mod listing;
mod seals;
mod step;
mod windows;

use std::collections::HashSet;

use callbook_model::Span;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use clock::{DAY, Reached, date, due, minus, plus};
pub use directory::{DirectoryPlan, DirectoryTask};
use feed::{Feed, OVERLAP};
use kept::{Kept, Retention};
pub use listing::{Endless, ListPage, Listed, ListedCall, Listing};
use seals::Seals;
pub use step::{Ask, Complete, Outcome, Sealing, Step, Synced, UpstreamDay};
use windows::{Windows, upstream_day};

/// Without push, upstream is asked no more often.
pub const PAUSE: SignedDuration = SignedDuration::from_mins(15);

/// Records to ask `call-log-extract-sync` for (contract: its highest `recordCount`).
pub const EXTRACT_COUNT: u32 = 1000;

/// Records to ask `call-log-sync` for (contract: its highest `recordCount`).
pub const SYNC_COUNT: u32 = 250;

/// Calls show up after they end, filed under their start: without a feed, this much is listed again each time.
const LAST_DAY: SignedDuration = DAY;

/// Everything that upstream has: RingCentral itself began later. (2000-01-01T00:00:00Z)
const BEGINNING: Timestamp = Timestamp::constant(946_684_800, 0);

/// How far back `call-log-sync` looks (contract: 30 days).
const SYNC_REACH: SignedDuration = SignedDuration::from_hours(29 * 24);

/// Stragglers among calls show up within this long.
const LATE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What is kept upstream is known from one day to the next, and no more exactly.
const KEPT_MARGIN: SignedDuration = SignedDuration::from_hours(2 * 24);

/// Whose call log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Log {
    /// The account's.
    #[default]
    Account,
    /// One extension's: it has no `call-log-extract-sync`.
    Extension,
}

/// What a run is to do.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Whose calls.
    pub log: Log,
    /// List calls that began since then, though they were listed before.
    pub since: Option<Timestamp>,
    /// How many days upstream keeps calls, at least; `None` for what RingCentral does at least.
    pub upstream_days: Option<u32>,
}

/// How far a call log is known, and what is to be done about the rest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Everything listed, or to be listed.
    covered: Option<Span>,
    /// To be listed.
    pending: Listing,
    #[serde(default)]
    log: Log,
    #[serde(default)]
    retention: Retention,
    /// The latest moment at which something was done.
    #[serde(default)]
    done: Option<Reached>,
    /// Calls that began before are known, save for stragglers.
    #[serde(default)]
    reached: Option<Reached>,
    /// When the last day was last listed.
    #[serde(default)]
    last_day_listed: Option<Timestamp>,
    /// When the first list was begun; not noted by earlier versions.
    #[serde(default)]
    begun: Option<Timestamp>,
    /// When the oldest call began that was listed since.
    #[serde(default)]
    oldest: Option<Timestamp>,
    #[serde(default)]
    changes: Feed,
    #[serde(default)]
    deletions: Feed,
    #[serde(default)]
    windows: Windows,
    #[serde(default)]
    kept: Kept,
    #[serde(default)]
    seals: Seals,
    #[serde(skip)]
    doing: Doing,
}

/// What was last asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Doing {
    #[default]
    Nothing,
    Changes,
    Deletions,
    Pending,
    Probe(Span),
    Window,
    Seal,
}

/// What tells which calls are new or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Changes,
    Deletions,
    LastDay,
}

impl Plan {
    /// Starts a run: what changed is asked for at once, and `wanted.since` is listed. `now` is the
    /// server's time, here as everywhere.
    pub fn begin(&mut self, now: Timestamp, wanted: Wanted) {
        self.mind_clock(now);
        self.log = wanted.log;
        self.retention = wanted.upstream_days.map_or(self.retention, Retention::of_days);
        let known = self.covered.map_or(now, |covered| covered.to.min(now));
        self.reached.get_or_insert(Reached::new(known));
        self.changes.begin(known);
        self.deletions.begin(known);
        match self.covered {
            Some(covered) => self.go_on(covered, now, wanted.since),
            None => self.list_first(now, wanted.since),
        }
    }

    fn list_first(&mut self, now: Timestamp, since: Option<Timestamp>) {
        self.covered = Span::new(since.unwrap_or(BEGINNING), now);
        self.covered.into_iter().for_each(|span| self.pending.add(span));
        self.windows.listed(now);
        self.last_day_listed = Some(now);
        self.begun = Some(now);
    }

    fn go_on(&mut self, covered: Span, now: Timestamp, since: Option<Timestamp>) {
        self.windows.uncounted(covered.to.min(now));
        self.last_day_listed = None;
        if since.is_none() && BEGINNING < covered.from {
            let to = plus(covered.from, SignedDuration::from_millis(1));
            self.pending.add(Span { from: BEGINNING, to });
        }
        if let Some(since) = since {
            // Never from later on: what lies between the last run and `since` would be left out for good.
            self.list_last_day(now, Some(since));
        }
        let from = covered.from.min(since.unwrap_or(BEGINNING));
        if from < covered.from {
            self.windows.listed(now);
        }
        self.cover(from, now);
    }

    fn cover(&mut self, from: Timestamp, to: Timestamp) {
        let from = self.covered.map_or(from, |covered| covered.from.min(from));
        self.covered = Span::new(from, to).or(self.covered);
    }

    /// What has been listed, or will have been once nothing is pending.
    pub fn covered(&self) -> Option<Span> {
        self.covered
    }

    /// Whether all of [`Plan::covered`] was listed.
    pub fn is_listed(&self) -> bool {
        self.pending.next().is_none()
    }

    /// Upstream lists nothing any more that began before then.
    pub fn upstream_from(&self) -> Option<Timestamp> {
        self.kept.from
    }

    /// What to do now. The same, until its outcome is applied or something more urgent falls due.
    pub fn next(&mut self, now: Timestamp) -> Step {
        self.mind_clock(now);
        let (doing, step) = self.choose(now);
        self.doing = doing;
        step
    }

    /// Days that were listed again while the clock was ahead were younger than it said.
    fn mind_clock(&mut self, now: Timestamp) {
        if let Some(sure) = self.done.as_mut().and_then(|done| done.go_back(now)) {
            self.windows.go_back(minus(sure, DAY));
        }
    }

    fn choose(&mut self, now: Timestamp) -> (Doing, Step) {
        // Everybody is told what changed; a list alone tells whether the log is for this user.
        if self.begun.is_some()
            && self.oldest.is_none()
            && let Some(page) = self.pending.next()
        {
            return (Doing::Pending, Step::List(page));
        }
        if self.log == Log::Account && self.changes.due(now) <= now {
            return (Doing::Changes, Step::Changes(self.changes.ask(now)));
        }
        if self.deletions.due(now) <= now {
            return (Doing::Deletions, Step::Deletions(self.ask_deletions(now)));
        }
        if self.last_day_due(now) <= now {
            self.list_last_day(now, None);
        }
        if let Some(page) = self.pending.next() {
            return (Doing::Pending, Step::List(page));
        }
        self.note_listed(now);
        let known = self.known_from(now);
        if let Some(span) = self.kept.probe(now, known) {
            return (Doing::Probe(span), Step::Probe(span));
        }
        if let Some(page) = self.windows.next(now, known) {
            return (Doing::Window, Step::List(page));
        }
        if let Some(sealing) = self.seals.next() {
            return (Doing::Seal, Step::Seal(sealing));
        }
        (Doing::Nothing, Step::Idle { until: self.idle_until(now) })
    }

    fn ask_deletions(&self, now: Timestamp) -> Ask {
        match self.deletions.ask(now) {
            // A token stands for the calls of its first answer, and older ones are of interest too.
            Ask::Full { .. } => Ask::Full { from: minus(self.deletions.clock(now), SYNC_REACH) },
            token @ Ask::Token(_) => token,
        }
    }

    fn idle_until(&self, now: Timestamp) -> Timestamp {
        let changes = match self.log {
            Log::Account => self.changes.due(now),
            Log::Extension => Timestamp::MAX,
        };
        let (deletions, last_day) = (self.deletions.due(now), self.last_day_due(now));
        let (kept, windows) = (self.kept.due(now), self.windows.due(now));
        [changes, deletions, last_day, kept, windows].into_iter().min().unwrap_or(now)
    }

    fn source(&self, now: Timestamp) -> Source {
        match self.log {
            Log::Account if !self.changes.is_away(now) => Source::Changes,
            _ if !self.deletions.is_away(now) => Source::Deletions,
            _ => Source::LastDay,
        }
    }

    fn last_day_due(&self, now: Timestamp) -> Timestamp {
        match self.source(now) {
            Source::LastDay if self.covered.is_some() => due(self.last_day_listed, now, PAUSE),
            _ => Timestamp::MAX,
        }
    }

    /// Lists what is not known for sure to be there: the last day, and what came after; or more.
    fn list_last_day(&mut self, now: Timestamp, since: Option<Timestamp>) {
        let known = self.reached.as_ref().map_or(now, |reached| reached.by(now));
        let first = self.covered.map_or(known, |covered| covered.from);
        let from = minus(known, LAST_DAY).max(first.min(now));
        let from = since.map_or(from, |since| since.min(from));
        Span::new(from, now).into_iter().for_each(|span| self.pending.add(span));
        self.last_day_listed = Some(now);
        self.known(now, now);
    }

    /// Calls that began before `upto` are known, or pending.
    fn known(&mut self, upto: Timestamp, now: Timestamp) {
        self.reached.get_or_insert(Reached::new(upto)).advance(upto, now);
        if let Some(covered) = self.covered {
            self.cover(covered.from, covered.to.min(now).max(upto));
        }
    }

    /// Nothing is pending: what that tells.
    fn note_listed(&mut self, now: Timestamp) {
        let whole = self.covered.is_some_and(|covered| covered.from <= BEGINNING);
        if let Some(begun) = self.begun.filter(|_| whole && self.kept.from.is_none()) {
            self.kept.listed(self.oldest, minus(begun, LATE), now);
        }
        let oldest = self.oldest.into_iter().chain(self.kept.oldest()).min();
        if let Some((oldest, relisted)) = oldest.zip(self.windows.first_unsealed()) {
            self.seals.listed(date(oldest), relisted);
        }
    }

    /// Nothing earlier is of interest.
    fn known_from(&self, now: Timestamp) -> Timestamp {
        self.covered.map_or(now, |covered| covered.from)
    }

    /// Takes note of what came of the step that [`Plan::next`] gave. Returns what is complete with it: the
    /// archive is to be compared with that, see [`Outcome::Absent`].
    ///
    /// # Errors
    /// When upstream goes on naming another page after the last one that there can be.
    pub fn apply(&mut self, now: Timestamp, outcome: Outcome) -> Result<Option<Complete>, Endless> {
        // The clock may have been put back while an answer was waited for.
        self.mind_clock(now);
        self.done.get_or_insert(Reached::new(now)).advance(now, now);
        match outcome {
            Outcome::Page(listed) => return self.page(now, listed),
            Outcome::Synced(synced) => self.synced(now, synced),
            Outcome::TokenRefused => self.refused(now),
            Outcome::Unavailable => self.unavailable(now, false),
            Outcome::Failing => self.unavailable(now, true),
            Outcome::Probed { newest } => self.probed(now, newest),
            Outcome::Sealed if self.doing == Doing::Seal => self.seals.sealed(),
            Outcome::Sealed => {}
            Outcome::Absent { span } => {
                let seal = self.seals.remove(date(span.from));
                self.windows.recheck(now, span, seal);
            }
            Outcome::Settled { span } => {
                self.windows.settle(span).into_iter().for_each(|sealing| self.seals.add(sealing));
            }
        }
        Ok(None)
    }

    fn page(&mut self, now: Timestamp, listed: Listed) -> Result<Option<Complete>, Endless> {
        match self.doing {
            Doing::Pending => {
                self.pending.apply(&listed)?;
                self.oldest = self.oldest.into_iter().chain(listed.oldest).min();
                Ok(None)
            }
            Doing::Window => self.window_page(now, listed),
            _ => Ok(None),
        }
    }

    fn window_page(&mut self, now: Timestamp, listed: Listed) -> Result<Option<Complete>, Endless> {
        let Some(finished) = self.windows.apply(now, listed)? else { return Ok(None) };
        let span = finished.span;
        let calls = finished.calls.filter(|_| self.absence_counts(span, now));
        if let Some(day) = finished.seal {
            let upstream = calls.as_ref().map(|calls| upstream_day(span, calls));
            self.seals.add(Sealing { day, upstream });
        }
        let ids = |calls: std::collections::HashMap<String, i64>| {
            calls.into_keys().collect::<HashSet<_>>()
        };
        Ok(calls.map(|calls| Complete { span, ids: ids(calls) }))
    }

    /// Whether a call is deleted that upstream does not list: it may have been forgotten.
    fn absence_counts(&self, span: Span, now: Timestamp) -> bool {
        let kept = self.kept.from.is_none_or(|from| plus(from, KEPT_MARGIN) <= span.from);
        kept && self.retention.covers(span.from, now)
    }

    fn synced(&mut self, now: Timestamp, synced: Synced) {
        let source = self.source(now);
        let known = match self.doing {
            Doing::Changes => {
                let ask = self.changes.ask(now);
                self.changes.synced(now, &ask, synced)
            }
            Doing::Deletions => {
                let ask = self.ask_deletions(now);
                let full = synced.records >= SYNC_COUNT as usize;
                let unknown = match ask {
                    // There may have been more.
                    Ask::Token(_) => full,
                    Ask::Full { .. } => self.deletions.is_lost(),
                };
                if unknown {
                    self.add_gap(now);
                }
                self.deletions.synced(now, &ask, Synced { newer: false, ..synced })
            }
            _ => None,
        };
        let is_source = match self.doing {
            Doing::Changes => source == Source::Changes,
            _ => source == Source::Deletions,
        };
        if let Some(known) = known.filter(|_| is_source) {
            self.known(known, now);
        }
    }

    fn refused(&mut self, now: Timestamp) {
        match self.doing {
            Doing::Changes if self.changes.refused() => {}
            Doing::Changes => {
                // So far back it does not go. Twice running, or with clocks that disagree, it is out of order.
                let since = self.changes.since(now);
                if self.changes.is_behind() || minus(now, OVERLAP + OVERLAP) < since {
                    self.changes.unavailable(now, false);
                } else {
                    Span::new(since, now).into_iter().for_each(|span| self.pending.add(span));
                    self.changes.skip(now);
                }
            }
            Doing::Deletions if self.deletions.refused() => {}
            Doing::Deletions => self.deletions.unavailable(now, false),
            _ => {}
        }
    }

    fn add_gap(&mut self, now: Timestamp) {
        let gap = Span::new(self.deletions.since(now), now);
        gap.into_iter().for_each(|gap| self.windows.gap(gap));
    }

    fn unavailable(&mut self, now: Timestamp, failing: bool) {
        match self.doing {
            Doing::Changes => self.changes.unavailable(now, failing),
            Doing::Deletions => self.deletions.unavailable(now, failing),
            _ => {}
        }
    }

    fn probed(&mut self, now: Timestamp, newest: Option<Timestamp>) {
        if let Doing::Probe(span) = self.doing {
            let known = self.known_from(now);
            self.kept.probed(now, known, span.to, newest);
        }
    }
}
