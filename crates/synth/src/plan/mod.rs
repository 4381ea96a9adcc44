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
pub(crate) use record::{Join, Note, RecordPlan};
pub(crate) use stage::{Cast, Stage};

use crate::draw::{Draw, Purpose, mix};
use crate::ids::SessionKey;
use crate::schedule::Slot;
use crate::terms::RecordingMode;

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
    /// The longest time that somebody of the company spoke; a recording plays as long.
    pub(crate) spoken_ms: u32,
}

impl CallPlan {
    pub(crate) fn new(cast: &Cast<'_>, call: u32, slot: Slot) -> Self {
        let seed = cast.config.seed;
        let mut records = interaction(cast, &slot);
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
            deleted: mix(seed, Purpose::Deletion, call.into()).is_multiple_of(500),
            record,
            spoken_ms,
        }
    }

    /// When the call ended, in Unix milliseconds.
    pub(crate) fn end_ms(&self) -> i64 {
        self.start_ms + i64::from(self.record.end_ms())
    }

    /// When the record last changed, in Unix milliseconds: some time after the call ended.
    pub(crate) fn modified_ms(&self) -> i64 {
        let chance = mix(self.telephony.seed, Purpose::Modification, self.call.into());
        self.end_ms() + 15_000 + (chance % 226_000) as i64
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

/// The records of an interaction, with times after its start; there is at least one.
pub(crate) fn interaction(cast: &Cast<'_>, slot: &Slot) -> Vec<RecordPlan> {
    let draw = Draw::new(cast.config.seed, Purpose::Interaction, slot.interaction.into());
    let mut stage = Stage::new(cast, draw, slot.pinned);
    let mut records = shape::choose(&mut stage, slot);
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
    let queue = record.legs.iter().any(|leg| leg.queue.is_some());
    let chance = mix(seed, Purpose::Recording, call.into()) % 1000;
    match chance {
        0..700 if queue => Some(RecordingMode::Automatic),
        0..80 => Some(RecordingMode::Automatic),
        950.. => Some(RecordingMode::OnDemand),
        _ => None,
    }
}
