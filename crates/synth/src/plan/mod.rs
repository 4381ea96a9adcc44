//! What happens in a call: a pure function of the seed and the interaction's number.
//!
//! An interaction is what a person would call one call; it leaves one or two records. Each shape
//! is a function from a [`Stage`] to records; this module chooses the shape and finishes the
//! records: everything ends in time, recordings and deletions are decided.

mod callback;
mod conference;
mod direct;
mod fax;
mod internal;
mod leg;
mod outbound;
mod park;
mod queue;
mod record;
mod shape;
mod stage;
mod transfer;
mod visit;

pub(crate) use leg::{Leg, Party};
pub(crate) use record::{Join, Note, OUTSIDE_PARTY, RecordPlan, party_number};
pub(crate) use stage::{Cast, Stage};

use crate::draw::{Draw, Purpose, mix};
use crate::ids::SessionKey;
use crate::scenario::Scenario;
use crate::schedule::Slot;
use crate::terms::{Outcome, RecordingMode};

/// One record of the account's log, ready to be looked at from any extension's side.
#[derive(Debug)]
pub(crate) struct CallPlan {
    pub(crate) call: u32,
    pub(crate) start_ms: i64,
    pub(crate) record: RecordPlan,
    /// The telephony session, and the other one of a warm transfer.
    pub(crate) telephony: SessionKey,
    /// Absent in a conference, whose session id is `0`.
    pub(crate) session: Option<SessionKey>,
    pub(crate) recording: Option<RecordingMode>,
    /// Recorded, but too briefly to be kept.
    pub(crate) short_recording: bool,
    pub(crate) deleted: bool,
    /// When the record last changed, in Unix milliseconds; at first, when it showed up.
    pub(crate) modified_ms: i64,
    /// How often it was edited since.
    pub(crate) edits: u32,
    /// The longest time that somebody of the company spoke; a recording plays as long.
    pub(crate) spoken_ms: u32,
}

impl CallPlan {
    /// The call numbered `call`; a scenario makes it go a certain way.
    pub(crate) fn new(cast: &Cast<'_>, call: u32, slot: Slot, scenario: Option<Scenario>) -> Self {
        let seed = cast.config.seed;
        let mut records = interaction(cast, &slot, scenario);
        let mut record = records.swap_remove(usize::from(slot.part).min(records.len() - 1));
        record.start_at_zero();
        let key = |number| SessionKey { seed, interaction: slot.interaction, number };
        let spoken_ms = record.spoken_ms(cast.people);
        let mode = recording_mode(seed, call, &record, spoken_ms);
        Self {
            call,
            start_ms: slot.start_ms,
            telephony: key(record.telephony),
            session: record.session.map(key),
            recording: mode.filter(|_| spoken_ms >= 30_000),
            short_recording: mode.is_some() && spoken_ms < 30_000,
            deleted: slot.is_scheduled && is_deleted(seed, call),
            modified_ms: shown_ms(seed, call, slot.start_ms + i64::from(record.end_ms())),
            edits: 0,
            record,
            spoken_ms,
        }
    }

    /// The call as it stands while it is under way: what comes later is not known yet.
    pub(crate) fn cut(&mut self, now_ms: i64) {
        let passed_ms = u32::try_from(now_ms - self.start_ms).unwrap_or_default();
        let record = &mut self.record;
        record.legs.retain(|leg| leg.start_ms <= passed_ms);
        if record.end_ms() <= passed_ms {
            return;
        }
        for leg in record.legs.iter_mut().filter(|leg| leg.end_ms > passed_ms) {
            leg.end_ms = passed_ms;
            *leg = leg.ended(Outcome::InProgress, None);
        }
        (record.outcome, record.reason, record.note) = (Outcome::InProgress, None, None);
        (self.recording, self.short_recording) = (None, false);
        self.modified_ms = now_ms;
    }

    /// When the call ended, in Unix milliseconds.
    pub(crate) fn end_ms(&self) -> i64 {
        self.start_ms + i64::from(self.record.end_ms())
    }

    /// Positions of the extensions in whose logs the call stands.
    pub(crate) fn concerned(&self) -> Vec<u32> {
        let mut desks: Vec<u32> = Vec::with_capacity(4);
        for desk in self.record.legs.iter().flat_map(|leg| [leg.owner, leg.queue]).flatten() {
            if !desks.contains(&desk) && self.record.elsewhere != Some(desk) {
                desks.push(desk);
            }
        }
        desks
    }

    /// From the call's start to the start of an extension's own record.
    pub(crate) fn delay_ms(&self, desk: u32) -> u32 {
        let own = self.record.legs.iter().filter(|leg| leg.concerns(desk));
        own.map(|leg| leg.start_ms).min().unwrap_or_default()
    }

    /// The decimal session id; `0` in a conference.
    pub(crate) fn session_id(&self) -> String {
        self.session.map_or(0, SessionKey::session_id).to_string()
    }
}

/// Whether a call of the schedule has been deleted since: one in 500.
pub(crate) fn is_deleted(seed: u64, call: u32) -> bool {
    mix(seed, Purpose::Deletion, call.into()).is_multiple_of(500)
}

/// When a call that ended at `end_ms` shows up: 15 to 30 seconds later.
fn shown_ms(seed: u64, call: u32, end_ms: i64) -> i64 {
    end_ms + 15_000 + (mix(seed, Purpose::Modification, call.into()) % 15_000) as i64
}

/// The records of an interaction, with times after its start; there is at least one.
pub(crate) fn interaction(
    cast: &Cast<'_>,
    slot: &Slot,
    scenario: Option<Scenario>,
) -> Vec<RecordPlan> {
    let draw = Draw::new(cast.config.seed, Purpose::Interaction, slot.interaction.into());
    let mut stage = Stage::new(cast, draw, slot.pinned);
    let mut records = match scenario {
        Some(scenario) => shape::force(&mut stage, scenario),
        None => shape::choose(&mut stage, slot),
    };
    if !slot.is_scheduled {
        return records;
    }
    let start_ms = slot.start_ms - i64::from(slot.lead_ms);
    let limit_ms = (cast.config.until.as_millisecond() - start_ms).clamp(0, u32::MAX.into()) as u32;
    let end_ms = records.iter().map(RecordPlan::end_ms).max().unwrap_or_default();
    if end_ms > limit_ms {
        records.iter_mut().for_each(|record| record.squeeze(limit_ms, end_ms));
    }
    records
}

/// Queue calls are recorded by policy, other calls sometimes, faxes never.
fn recording_mode(
    seed: u64,
    call: u32,
    record: &RecordPlan,
    spoken_ms: u32,
) -> Option<RecordingMode> {
    if spoken_ms == 0 || record.is_fax() {
        return None;
    }
    if record.recorded {
        return Some(RecordingMode::Automatic);
    }
    let queue = record.legs.iter().any(|leg| leg.queue.is_some());
    let chance = mix(seed, Purpose::Recording, call.into()) % 1000;
    match chance {
        0..700 if queue => Some(RecordingMode::Automatic),
        0..80 => Some(RecordingMode::Automatic),
        950.. => Some(RecordingMode::OnDemand),
        _ => None,
    }
}
