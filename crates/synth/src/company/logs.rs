//! The logs of a company's calls: who stands where, and what stands there.

use super::Company;
use crate::entries::{Entries, Entry};
use crate::ids::{self, RecordId};
use crate::plan::{self, CallPlan, Cast};
use crate::{Audio, Call, Facts, RecordingMode, Scope, Session, View};

/// A recording of a call: what the recording resource and its content need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recording {
    /// The recording's id, the same in the account's log and in extensions' logs.
    pub id: u64,
    /// The account-level record it belongs to.
    pub entry: Entry,
    /// How long it plays, in milliseconds.
    pub duration_ms: u32,
    /// Why it was made.
    pub mode: RecordingMode,
    /// What it sounds like.
    pub audio: Audio,
}

/// One record in an extension's log.
#[derive(Debug, Clone, Copy)]
pub(super) struct LogItem {
    call: u32,
    /// From the call's start to the record's.
    delay_ms: u32,
}

impl Company {
    /// A call log, ascending by start. The account's has exactly [`calls`](crate::Config::calls) entries; an
    /// extension's has as many as concern it; an unknown extension has none.
    #[must_use]
    pub fn entries(&self, scope: Scope) -> Entries<'_> {
        match self.log_number(scope) {
            Some(log) => Entries::new(self, scope, log),
            None => Entries::empty(self, scope),
        }
    }

    /// The record with an id, when it stands in that log.
    #[must_use]
    pub fn find(&self, scope: Scope, id: &str) -> Option<Entry> {
        let (log, call) = RecordId::read(self.config.seed, id)?;
        if self.log_number(scope) != Some(log) || call >= self.schedule.len() {
            return None;
        }
        let delay_ms = match log.checked_sub(1) {
            None => 0,
            Some(desk) => {
                let plan = self.plan(call);
                plan.concerned().contains(&desk).then(|| plan.delay_ms(desk))?
            }
        };
        let start_ms = self.start_ms(LogItem { call, delay_ms });
        Some(Entry { call, scope, id: RecordId::new(self.config.seed, log, call), start_ms })
    }

    /// Which log an id stands in and which call it is of, beyond the schedule or not.
    #[must_use]
    pub fn read_id(&self, id: &str) -> Option<(Scope, u32)> {
        let (log, call) = RecordId::read(self.config.seed, id)?;
        Some((self.scope(log)?, call))
    }

    /// The call numbered `number` in the account's log.
    ///
    /// # Panics
    /// When there are not as many.
    #[must_use]
    pub fn call(&self, number: u32) -> Call<'_> {
        Call::new(self, self.plan(number))
    }

    /// The telephony session that begins with the call numbered `number` in the account's log; `None` if an earlier
    /// call of the interaction began it.
    ///
    /// # Panics
    /// When there are not as many.
    #[must_use]
    pub fn session_of(&self, number: u32) -> Option<Session<'_>> {
        Session::new(self, number, self.schedule.slot(number), None)
    }

    /// When a call's records show up, in Unix milliseconds: 15 to 30 s after it ends.
    ///
    /// # Panics
    /// When there are not as many calls.
    #[must_use]
    pub fn shown_ms(&self, number: u32) -> i64 {
        self.schedule.shown_ms(number)
    }

    /// The longest time from a call's start to when it shows up, in milliseconds.
    #[must_use]
    pub fn longest_ms(&self) -> u32 {
        self.schedule.longest_ms()
    }

    /// Whether the call numbered `number` was deleted as soon as it showed up.
    #[must_use]
    pub fn is_deleted(&self, number: u32) -> bool {
        plan::is_deleted(self.config.seed, number)
    }

    /// The record's JSON text: made anew on each call, always the same.
    ///
    /// # Panics
    /// When the entry is of another company with more calls.
    #[must_use]
    pub fn record(&self, entry: &Entry, view: View) -> String {
        self.call(entry.call).record(entry, view)
    }

    /// What a filter can ask of a record, without its JSON being made.
    ///
    /// # Panics
    /// When the entry is of another company with more calls.
    #[must_use]
    pub fn facts(&self, entry: &Entry) -> Facts {
        self.call(entry.call).facts(entry)
    }

    /// The recording with an id.
    #[must_use]
    pub fn recording(&self, id: &str) -> Option<Recording> {
        let call = self.recorded_call(id).filter(|&call| call < self.schedule.len())?;
        self.call(call).recording()
    }

    /// Which call a recording's id is of, beyond the schedule or not, if that call was recorded.
    #[must_use]
    pub fn recorded_call(&self, id: &str) -> Option<u32> {
        ids::recorded_call(id)
    }

    /// Files every call in the log of each extension that it concerns.
    pub(super) fn file_calls(&mut self) -> Vec<Vec<LogItem>> {
        let mut logs: Vec<Vec<LogItem>> = self.people.desks.iter().map(|_| vec![]).collect();
        for call in 0..self.schedule.len() {
            let plan = self.plan(call);
            self.schedule.settle(call, plan.modified_ms);
            for desk in plan.concerned() {
                let delay_ms = plan.delay_ms(desk);
                logs[desk as usize].push(LogItem { call, delay_ms });
            }
        }
        for log in &mut logs {
            log.sort_by_key(|item| (self.start_ms(*item), item.call));
            log.shrink_to_fit();
        }
        logs
    }

    fn start_ms(&self, item: LogItem) -> i64 {
        self.schedule.start_ms(item.call) + i64::from(item.delay_ms)
    }

    fn plan(&self, call: u32) -> CallPlan {
        let cast = Cast::new(&self.config, &self.people, &self.contacts);
        CallPlan::new(&cast, call, self.schedule.slot(call), None)
    }

    /// 0 for the account, else the extension's position and one.
    pub(crate) fn log_number(&self, scope: Scope) -> Option<u32> {
        match scope {
            Scope::Account => Some(0),
            Scope::Extension(id) => self.positions.get(&id).map(|position| position + 1),
        }
    }

    fn scope(&self, log: u32) -> Option<Scope> {
        match log.checked_sub(1) {
            None => Some(Scope::Account),
            Some(desk) => Some(Scope::Extension(self.people.desks.get(desk as usize)?.id)),
        }
    }

    pub(crate) fn log_len(&self, log: u32) -> usize {
        match log.checked_sub(1) {
            None => self.schedule.len() as usize,
            Some(desk) => self.logs[desk as usize].len(),
        }
    }

    /// The call at a position of a log, and the record's start in milliseconds.
    pub(crate) fn log_item(&self, log: u32, position: usize) -> (u32, i64) {
        let item = match log.checked_sub(1) {
            None => LogItem { call: position as u32, delay_ms: 0 },
            Some(desk) => self.logs[desk as usize][position],
        };
        (item.call, self.start_ms(item))
    }
}
