//! A call at a moment.

use callbook_synth::{Call, Scope};

use super::Moment;
use super::overlay::{Change, What};

/// What has become of a call by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct State {
    /// When its records show up, in Unix milliseconds; perhaps later than now.
    pub(crate) shown_ms: i64,
    /// Their `lastModifiedTime`.
    pub(crate) modified_ms: i64,
    pub(crate) edits: u32,
    pub(crate) deleted: bool,
    pub(crate) gone: bool,
    /// Its recording was deleted.
    pub(crate) unrecorded: bool,
}

impl State {
    /// Whatever is done to a deleted record comes to nothing, but it can still vanish.
    pub(crate) fn after(mut self, change: Change) -> Self {
        match change.what {
            What::Gone => self.gone = true,
            What::Edited if !self.deleted && !self.gone => {
                (self.edits, self.modified_ms) = (self.edits + 1, change.at_ms);
            }
            What::Deleted if !self.deleted && !self.gone => {
                (self.deleted, self.modified_ms) = (true, change.at_ms);
            }
            What::RecordingDeleted if !self.deleted && !self.gone => {
                (self.unrecorded, self.modified_ms) = (true, change.at_ms);
            }
            What::Edited | What::Deleted | What::RecordingDeleted => {}
        }
        self
    }
}

impl Moment {
    /// The state that a call shows up in.
    pub(crate) fn first_state(&self, call: u32) -> State {
        let company = &self.world.company;
        let (shown_ms, modified_ms, deleted) = match self.overlay.made(call) {
            Some(made) => (made.shown_ms, made.modified_ms, false),
            None => {
                let shown_ms = company.shown_ms(call);
                (shown_ms, shown_ms, company.is_deleted(call))
            }
        };
        State { shown_ms, modified_ms, edits: 0, deleted, gone: false, unrecorded: false }
    }

    /// What has happened to a call in a log since it showed up there, until now.
    pub(crate) fn history(&self, scope: Scope, call: u32) -> impl Iterator<Item = Change> {
        let now_ms = self.now_ms;
        let changes = self.overlay.changes(call);
        let hidden_ms = self.overlay.hidden_ms(scope, call);
        // Hidden is deleted, in that one log.
        let hidden = hidden_ms.map(|at_ms| Change { at_ms, what: What::Deleted });
        let place = changes.partition_point(|each| hidden_ms.is_none_or(|at| each.at_ms <= at));
        let (before, after) = changes.split_at(place);
        let history = before.iter().copied().chain(hidden).chain(after.iter().copied());
        history.take_while(move |each| each.at_ms <= now_ms)
    }

    pub(crate) fn state(&self, scope: Scope, call: u32) -> State {
        self.history(scope, call).fold(self.first_state(call), State::after)
    }

    /// A call as it is planned, in a state.
    pub(crate) fn call_in(&self, call: u32, state: &State) -> Call<'_> {
        let call = self.planned(call).changed(state.edits, state.deleted, state.modified_ms);
        if state.unrecorded { call.without_recording() } else { call }
    }

    /// A call as it is planned, which has to exist.
    pub(crate) fn planned(&self, call: u32) -> Call<'_> {
        match self.overlay.made(call) {
            Some(made) => self.world.company.extra(&made.extra),
            None => self.world.company.call(call),
        }
    }

    /// Whether there is a call of this number.
    pub(crate) fn has(&self, call: u32) -> bool {
        call < self.world.company.config().calls || self.overlay.made(call).is_some()
    }
}
