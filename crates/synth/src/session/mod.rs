//! A telephony session: what is told of a call while it goes on.
//!
//! Everything follows from the call's plan, as its records do: a party for each extension that takes part, and one
//! for whoever is outside; each goes through statuses, and each change of one is an event with a number of its own.

mod json;
mod outside;
mod part;
mod steps;

use serde_json::Value;

use crate::company::Company;
use crate::draw::{Purpose, mix};
use crate::ids::{self, SessionKey};
use crate::plan::{self, CallPlan, Cast, Join, RecordPlan};
use crate::scenario::Scenario;
use crate::schedule::Slot;
use crate::terms::{Action, PartyStatus};
use part::Part;

/// A session, from its first event to its last.
pub struct Session<'a> {
    company: &'a Company,
    key: SessionKey,
    /// `0` in a conference.
    session_id: String,
    origin: &'static str,
    /// Unix milliseconds, from which the parts' times are counted.
    base_ms: i64,
    parts: Vec<Part>,
    happenings: Vec<Happening>,
    /// The session in which this one's call goes on after a warm transfer.
    successor: Option<SessionKey>,
    /// The id of the recording that is being made, if it is going to be kept.
    recording: Option<u64>,
}

/// A change of a party's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Happening {
    /// Unix milliseconds.
    pub at_ms: i64,
    /// Its number within the session, from 1.
    pub sequence: u32,
    part: usize,
    step: usize,
}

/// What an extension is doing in a session at a moment, as its presence tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Engagement {
    /// Whose, by internal id.
    pub extension: u64,
    /// `Ringing`, `CallConnected`, `OnHold` or `ParkedCall`.
    pub telephony_status: &'static str,
    /// The contract's `ActiveCallInfo`.
    pub call: Value,
}

impl<'a> Session<'a> {
    /// The session that begins with the call numbered `number`; `None` if an earlier call of the interaction began it.
    pub(crate) fn new(
        company: &'a Company,
        number: u32,
        slot: Slot,
        scenario: Option<Scenario>,
    ) -> Option<Self> {
        let (config, people) = (company.config(), company.people());
        let cast = Cast::new(config, people, company.contacts());
        let records = plan::interaction(&cast, &slot, scenario);
        let (before, rest) = records.split_at_checked(slot.part.into())?;
        let own = rest.first()?;
        if before.iter().any(|record| record.telephony == own.telephony) {
            return None;
        }
        // What stands in a second record of a session once more is no party of its own, except in a conference.
        let is_of_it = |record: &&RecordPlan| {
            (record.telephony, record.session) == (own.telephony, own.session)
        };
        let records: Vec<&RecordPlan> = rest.iter().filter(is_of_it).collect();
        let chance = mix(config.seed, Purpose::Hold, slot.interaction.into());
        let parts = part::all(people, &records, chance);
        let base_ms = slot.start_ms - i64::from(slot.lead_ms);
        let plan = CallPlan::new(&cast, number, slot, scenario);
        Some(Self {
            company,
            key: plan.telephony,
            session_id: plan.session_id(),
            origin: origin(own),
            base_ms,
            happenings: happenings(&parts, base_ms),
            parts,
            successor: match own.join {
                Some(Join::Transferee(number)) => Some(plan.telephony.sibling(number)),
                _ => None,
            },
            recording: plan.recording.map(|_| ids::recording_id(number)),
        })
    }

    /// Everything that happens, in the order of its numbers.
    #[must_use]
    pub fn happenings(&self) -> &[Happening] {
        &self.happenings
    }

    /// Its `telephonySessionId`.
    #[must_use]
    pub fn id(&self) -> String {
        self.key.telephony_session_id()
    }

    /// Whether anybody is in it at a moment, in Unix milliseconds.
    #[must_use]
    pub fn is_under_way(&self, now_ms: i64) -> bool {
        let (first, last) = (self.happenings.first(), self.happenings.last());
        first.is_some_and(|first| first.at_ms <= now_ms)
            && last.is_some_and(|last| now_ms < last.at_ms)
    }

    /// The extension whose party something happens to; `None` for the party outside.
    #[must_use]
    pub fn extension(&self, happening: &Happening) -> Option<u64> {
        let desk = self.parts[happening.part].desk?;
        Some(self.company.people().desk(desk).id)
    }

    /// What each of the users is doing in it at a moment, in Unix milliseconds; without those who do nothing.
    pub fn engagements(&self, now_ms: i64) -> impl Iterator<Item = Engagement> {
        self.parts.iter().filter_map(move |part| self.engagement_of(part, now_ms))
    }

    /// What one of the users is doing in it at a moment.
    #[must_use]
    pub fn engagement(&self, extension: u64, now_ms: i64) -> Option<Engagement> {
        let people = self.company.people();
        let is_theirs =
            |part: &&Part| part.desk.is_some_and(|desk| people.desk(desk).id == extension);
        let parts = self.parts.iter().filter(is_theirs);
        parts.filter_map(|part| self.engagement_of(part, now_ms)).next()
    }

    fn engagement_of(&self, part: &Part, now_ms: i64) -> Option<Engagement> {
        let desk = part.desk.filter(|_| part.is_user)?;
        let step = part.step_at(now_ms - self.base_ms)?;
        let telephony_status = match part.steps[step].status {
            PartyStatus::Setup | PartyStatus::Proceeding => "Ringing",
            PartyStatus::Answered => "CallConnected",
            PartyStatus::Hold => "OnHold",
            PartyStatus::Parked => "ParkedCall",
            _ => return None,
        };
        let extension = self.company.people().desk(desk).id;
        let call = self.active_call(part, telephony_status);
        Some(Engagement { extension, telephony_status, call })
    }
}

/// All steps of all parts by time; those of one moment in the order of the parts.
fn happenings(parts: &[Part], base_ms: i64) -> Vec<Happening> {
    let mut places: Vec<(u32, usize, usize)> = vec![];
    for (part, Part { steps, .. }) in parts.iter().enumerate() {
        places.extend(steps.iter().enumerate().map(|(step, each)| (each.at_ms, part, step)));
    }
    places.sort_by_key(|&(at_ms, _, _)| at_ms);
    let numbered = places.into_iter().zip(1..);
    numbered
        .map(|((at_ms, part, step), sequence)| Happening {
            at_ms: base_ms + i64::from(at_ms),
            sequence,
            part,
            step,
        })
        .collect()
}

fn origin(record: &RecordPlan) -> &'static str {
    match record.legs[0].action {
        Action::Conference => "Conference",
        Action::RingOutWeb | Action::RingOutMobile | Action::External => "RingOut",
        _ => "Call",
    }
}
