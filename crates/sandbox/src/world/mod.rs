//! A company that goes on living: one that never changes, and on top of it what has happened since.

mod changes;
mod clock;
mod deleted;
mod journal;
mod list;
mod live;
mod overlay;
mod recording;
mod reorganization;
mod sessions;
mod staff;
mod state;
mod truth;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use callbook_api::PortError;
use callbook_synth::{Company, Entry, Scenario, Scope, View};
use serde_json::Value;
use tokio::sync::Notify;

pub(crate) use clock::SandboxClock;
pub(crate) use journal::{Happened, Happening};
pub(crate) use list::Span;
pub(crate) use overlay::What;
pub(crate) use recording::Keeping;
pub(crate) use reorganization::Refusal;
pub use reorganization::Reorganization;
pub(crate) use staff::Staff;

use deleted::Deleted;
use overlay::{Change, Overlay, Place};
use state::State;

const DAY_MS: i64 = 86_400_000;

/// What a world is like, besides its company.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ways {
    /// Calls that are made each minute.
    pub(crate) live_per_minute: Option<u32>,
    /// Days after which a record is no longer listed.
    pub(crate) retention_days: Option<u32>,
    /// How long recordings are kept.
    pub(crate) recordings: Keeping,
}

/// A company, its clock, and what has happened.
pub(crate) struct World {
    pub(crate) company: Arc<Company>,
    pub(crate) clock: Arc<SandboxClock>,
    ways: Ways,
    deleted: Deleted,
    /// The company's own calls in the order in which they show up; made when first needed.
    by_shown: OnceLock<Vec<u32>>,
    /// The company's own calls that were recorded automatically, ascending; made when first needed.
    automatic: OnceLock<Vec<Place>>,
    /// Whoever reads takes a reference along, so nobody waits for anybody.
    overlay: Mutex<Arc<Overlay>>,
    staff: Mutex<Arc<Staff>>,
    /// Told whenever a call was made or the clock was set: what is next may be something else.
    pub(crate) stirred: Notify,
}

/// A world as it is at one moment, which stays as it is.
#[derive(Clone)]
pub(crate) struct Moment {
    world: Arc<World>,
    overlay: Arc<Overlay>,
    pub(crate) now_ms: i64,
}

/// A call that was made to go a certain way. Moments are Unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Played {
    pub(crate) entry: Entry,
    pub(crate) end_ms: i64,
    pub(crate) shown_ms: i64,
}

impl World {
    pub(crate) fn new(company: Arc<Company>, clock: Arc<SandboxClock>, ways: Ways) -> Self {
        let overlay = Mutex::new(Arc::new(beginning(&company, &clock, ways)));
        Self {
            company,
            clock,
            ways,
            deleted: Deleted::default(),
            by_shown: OnceLock::new(),
            automatic: OnceLock::new(),
            overlay,
            staff: Mutex::default(),
            stirred: Notify::new(),
        }
    }

    /// The world as it is now.
    pub(crate) fn now(self: &Arc<Self>) -> Moment {
        let now_ms = self.clock.now_ms();
        Moment {
            world: Arc::clone(self),
            overlay: self.change(now_ms, |overlay| Arc::clone(overlay)),
            now_ms,
        }
    }

    /// Looks at the world as it is now on a thread of its own: making a thousand records takes long enough to keep
    /// other connections waiting.
    pub(crate) async fn look<T: Send + 'static>(
        self: &Arc<Self>,
        look: impl FnOnce(&Moment) -> T + Send + 'static,
    ) -> Result<T, PortError> {
        let world = Arc::clone(self);
        let seen = tokio::task::spawn_blocking(move || look(&world.now()));
        seen.await.map_err(|error| PortError(Box::new(error)))
    }

    /// Makes a call now, or one that has just ended, whose records show up `late_ms` later than they would.
    pub(crate) fn play(&self, scenario: Scenario, ended: bool, late_ms: i64) -> Vec<Played> {
        let played = self.change(self.clock.now_ms(), |overlay| {
            let overlay = Arc::make_mut(overlay);
            // Whoever looked before has looked no further than this.
            let now_ms = self.clock.now_ms();
            let start_ms = if ended { now_ms - self.length_ms(overlay, scenario) } else { now_ms };
            let numbers = live::make(
                &self.company,
                overlay,
                (now_ms, start_ms),
                Some(scenario),
                late_ms,
                true,
            );
            let made = numbers.into_iter().filter_map(|number| overlay.made(number));
            let played = made.filter_map(|made| {
                let entry = self.company.extra(&made.extra).entry(Scope::Account)?;
                Some(Played { entry, end_ms: made.end_ms, shown_ms: made.shown_ms })
            });
            played.collect()
        });
        self.stirred.notify_one();
        played
    }

    /// Turns the clock forward.
    pub(crate) fn advance(&self, by_ms: i64) {
        self.clock.advance(by_ms);
        self.stirred.notify_one();
    }

    /// How long the next call is going to last, if it goes this way.
    fn length_ms(&self, overlay: &Overlay, scenario: Scenario) -> i64 {
        let extras = self.company.improvise(overlay.next_number(), 0, Some(scenario));
        extras.iter().map(|extra| self.company.extra(extra).end_ms()).max().unwrap_or_default()
    }

    /// Lets something happen to a record now, in every log; false if nobody can see the record.
    pub(crate) fn befall(self: &Arc<Self>, id: &str, what: What) -> bool {
        let now = self.now();
        let Some((_, call)) = self.company.read_id(id).filter(|(_, call)| now.has(*call)) else {
            return false;
        };
        let state = now.state(Scope::Account, call);
        if state.shown_ms > now.now_ms || state.gone || (state.deleted && what != What::Gone) {
            return false;
        }
        let change = Change { at_ms: now.now_ms, what };
        drop(now.overlay);
        self.change(now.now_ms, |overlay| {
            Arc::make_mut(overlay).change(&self.company, call, change);
        });
        true
    }

    /// Hides records of one log from now on.
    pub(crate) fn hide(&self, entries: &[Entry]) {
        let now_ms = self.clock.now_ms();
        self.change(now_ms, |overlay| {
            let overlay = Arc::make_mut(overlay);
            entries.iter().for_each(|entry| overlay.hide(entry, now_ms));
        });
    }

    /// Forgets all that has happened, and sets the clock to the time of day.
    pub(crate) fn reset(&self) {
        self.clock.reset();
        let fresh = beginning(&self.company, &self.clock, self.ways);
        *self.overlay.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        *self.staff.lock().unwrap_or_else(PoisonError::into_inner) = Arc::default();
        self.stirred.notify_one();
    }

    /// Who works at the company now.
    pub(crate) fn staff(&self) -> Arc<Staff> {
        Arc::clone(&self.staff.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the directory from now on; the extension as it is then, see [`Staff::reorganize`].
    pub(crate) fn reorganize(&self, change: &Reorganization) -> Result<Option<Value>, Refusal> {
        let mut staff = self.staff.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::make_mut(&mut staff).reorganize(&self.company, change)
    }

    /// Looks at what has happened, after all that is due has happened.
    fn change<T>(&self, now_ms: i64, act: impl FnOnce(&mut Arc<Overlay>) -> T) -> T {
        // A panic while something is added can leave it half-added: the sandbox goes on with that.
        let mut overlay = self.overlay.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(per_minute) = self.ways.live_per_minute
            && overlay.live.is_some_and(|(_, start_ms)| start_ms <= now_ms)
        {
            live::catch_up(&self.company, Arc::make_mut(&mut overlay), per_minute, now_ms);
        }
        act(&mut overlay)
    }

    /// The company's own calls in the order in which they show up.
    fn by_shown(&self) -> &[u32] {
        self.by_shown.get_or_init(|| {
            let mut calls: Vec<u32> = (0..self.company.config().calls).collect();
            calls.sort_unstable_by_key(|&call| (self.company.shown_ms(call), call));
            calls
        })
    }
}

/// Nothing has happened yet. Calls of another run of the same company get other numbers, as far as there are no more
/// than four a second: an archive should not take them for one another.
fn beginning(company: &Company, clock: &SandboxClock, ways: Ways) -> Overlay {
    let now_ms = clock.now_ms();
    let seconds = (now_ms - company.config().until.as_millisecond()).max(0) / 1_000;
    let skipped = u32::try_from(seconds * 4).unwrap_or(u32::MAX / 2).min(u32::MAX / 2);
    let first = company.config().calls.saturating_add(skipped);
    Overlay::new(first, ways.live_per_minute.map(|_| (0, now_ms)))
}

impl Moment {
    /// Now, in Unix milliseconds.
    pub(crate) fn now_ms(&self) -> i64 {
        self.now_ms
    }

    /// The first start that is not too old to be listed.
    fn oldest_ms(&self) -> i64 {
        let days = self.world.ways.retention_days;
        days.map_or(i64::MIN, |days| self.now_ms - i64::from(days) * DAY_MS)
    }

    /// Whether a record in this state can be had, by those who ask for deleted ones or by everybody.
    fn is_listed(&self, state: &State, start_ms: i64, show_deleted: bool) -> bool {
        state.shown_ms <= self.now_ms
            && !state.gone
            && (show_deleted || !state.deleted)
            && start_ms >= self.oldest_ms()
    }

    /// One record's JSON text.
    pub(crate) fn record(&self, scope: Scope, id: &str, view: View) -> Option<String> {
        let (of, call) = self.world.company.read_id(id)?;
        if of != scope || !self.has(call) {
            return None;
        }
        let state = self.state(scope, call);
        let call = self.call_in(call, &state);
        let entry = call.entry(scope)?;
        self.is_listed(&state, entry.start_ms, false).then(|| call.record(&entry, view))
    }
}
