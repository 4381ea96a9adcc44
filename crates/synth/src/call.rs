//! One call, planned once and looked at from any log; and calls beyond the schedule.

use crate::audio::Audio;
use crate::company::{Company, Recording};
use crate::entries::Entry;
use crate::ids::{self, RecordId};
use crate::plan::{self, CallPlan, Cast};
use crate::scenario::Scenario;
use crate::schedule::Slot;
use crate::session::Session;
use crate::view::Seen;
use crate::{Facts, Scope, View, facts, render};

/// A call that was made although no schedule had it: all that is needed to plan it again.
#[derive(Debug, Clone, Copy)]
pub struct Extra {
    number: u32,
    slot: Slot,
    scenario: Option<Scenario>,
}

/// A call with everything that happens in it.
pub struct Call<'a> {
    company: &'a Company,
    plan: CallPlan,
}

impl Company {
    /// The calls (one or two) of an interaction that begins at `start_ms`, in Unix milliseconds.
    ///
    /// They are numbered from `number`, which has to be at least [`calls`](crate::Config::calls) and
    /// decides everything that is drawn; without a scenario, also what happens.
    #[must_use]
    pub fn improvise(&self, number: u32, start_ms: i64, scenario: Option<Scenario>) -> Vec<Extra> {
        let cast = Cast::new(self.config(), self.people(), self.contacts());
        let mut slot = Slot::extra(start_ms, number);
        if scenario.is_none() {
            slot.parts = Slot::drawn_parts(self.config().seed, number);
        }
        let records = plan::interaction(&cast, &slot, scenario);
        slot.parts = records.len() as u8;
        let extra = |(part, lead_ms): (u8, u32)| {
            let start_ms = start_ms + i64::from(lead_ms);
            let slot = Slot { part, lead_ms, start_ms, ..slot };
            Extra { number: number + u32::from(part), slot, scenario }
        };
        (0..).zip(records.iter().map(plan::RecordPlan::start_ms)).map(extra).collect()
    }

    /// A call beyond the schedule.
    #[must_use]
    pub fn extra(&self, extra: &Extra) -> Call<'_> {
        let cast = Cast::new(self.config(), self.people(), self.contacts());
        Call::new(self, CallPlan::new(&cast, extra.number, extra.slot, extra.scenario))
    }
}

impl Company {
    /// The telephony session that begins with a call beyond the schedule; `None` if an earlier call of the
    /// interaction began it.
    #[must_use]
    pub fn session(&self, extra: &Extra) -> Option<Session<'_>> {
        Session::new(self, extra.number, extra.slot, extra.scenario)
    }
}

impl<'a> Call<'a> {
    pub(crate) fn new(company: &'a Company, plan: CallPlan) -> Self {
        Self { company, plan }
    }

    /// When it ends, in Unix milliseconds.
    #[must_use]
    pub fn end_ms(&self) -> i64 {
        self.plan.end_ms()
    }

    /// When its records last changed, in Unix milliseconds; at first, when they show up.
    #[must_use]
    pub fn modified_ms(&self) -> i64 {
        self.plan.modified_ms
    }

    /// The logs that it stands in, the account's first.
    #[must_use]
    pub fn scopes(&self) -> Vec<Scope> {
        let people = self.company.people();
        let extensions = self.plan.concerned().into_iter();
        let extensions = extensions.map(|desk| Scope::Extension(people.desk(desk).id));
        std::iter::once(Scope::Account).chain(extensions).collect()
    }

    /// Its record in a log, if it stands there.
    #[must_use]
    pub fn entry(&self, scope: Scope) -> Option<Entry> {
        let log = self.company.log_number(scope)?;
        let delay_ms = match log.checked_sub(1) {
            None => 0,
            Some(desk) if self.plan.concerned().contains(&desk) => self.plan.delay_ms(desk),
            Some(_) => return None,
        };
        let id = RecordId::new(self.company.config().seed, log, self.plan.call);
        let start_ms = self.plan.start_ms + i64::from(delay_ms);
        Some(Entry { call: self.plan.call, scope, id, start_ms })
    }

    /// The call after `edits` edits, the last change of all having been at `modified_ms`. An edit changes the
    /// categories, which both views show.
    #[must_use]
    pub fn changed(mut self, edits: u32, deleted: bool, modified_ms: i64) -> Self {
        self.plan.edits = edits;
        self.plan.deleted = deleted;
        self.plan.modified_ms = modified_ms;
        self
    }

    /// The call after its recording was deleted.
    #[must_use]
    pub fn without_recording(mut self) -> Self {
        self.plan.recording = None;
        self
    }

    /// The call as it looks at `now_ms`, if it is over by then or somebody of the company is connected.
    #[must_use]
    pub fn under_way(mut self, now_ms: i64) -> Option<Self> {
        let passed_ms = u32::try_from(now_ms - self.plan.start_ms).ok()?;
        let people = self.company.people();
        let mut legs = self.plan.record.legs.iter();
        let connected =
            legs.any(|leg| leg.pick_up_ms() <= passed_ms && leg.is_human_answer(people));
        if !connected && now_ms < self.plan.end_ms() {
            return None;
        }
        self.plan.cut(now_ms);
        Some(self)
    }

    /// What a filter can ask of a record of this call.
    #[must_use]
    pub fn facts(&self, entry: &Entry) -> Facts {
        facts::facts(self.company, &self.plan, &self.seen(entry))
    }

    /// The recording of it, if one was made and kept.
    #[must_use]
    pub fn recording(&self) -> Option<Recording> {
        let CallPlan { call, spoken_ms: duration_ms, recording, .. } = self.plan;
        let (mode, entry) = (recording?, self.entry(Scope::Account)?);
        let audio = Audio::new(self.company.config().seed, call, duration_ms);
        Some(Recording { id: ids::recording_id(call), entry, duration_ms, mode, audio })
    }

    /// The JSON text of a record of this call.
    #[must_use]
    pub fn record(&self, entry: &Entry, view: View) -> String {
        render::record(self.company, &self.plan, &self.seen(entry), view)
    }

    fn seen(&self, entry: &Entry) -> Seen<'_> {
        let log = self.company.log_number(entry.scope);
        let desk = log.and_then(|log| log.checked_sub(1));
        Seen::new(self.company.people(), &self.plan, desk, entry.id)
    }
}
