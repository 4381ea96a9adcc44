//! Calls between users.
//!
//! The caller's leg is Outbound and the callee's Inbound, so each finds the call in their own log
//! from their own side.

use super::{Leg, Note, Party, RecordPlan, Stage};
use crate::terms::{Action, LegType, Outcome, Reason};

fn caller_leg(from: u32, to: u32) -> Leg {
    let (from_party, to_party) = (Party::Desk(from), Party::Desk(to));
    Leg::outbound(LegType::ExtensionToExtension, Action::Voip, from_party, to_party).of(from)
}

fn callee_leg(from: u32, to: u32) -> Leg {
    let (from_party, to_party) = (Party::Desk(from), Party::Desk(to));
    Leg::inbound(LegType::ExtensionToExtension, Action::PhoneCall, from_party, to_party).of(to)
}

/// Two users talk, after the phone of the second has rung.
pub(super) fn talk(
    (from, to): (u32, u32),
    (start_ms, answer_ms, end_ms): (u32, u32, u32),
) -> RecordPlan {
    let caller = caller_leg(from, to).lasting(start_ms, end_ms).answered_at(answer_ms);
    let mut record = RecordPlan::new(caller);
    let callee = callee_leg(from, to).lasting(start_ms, end_ms).answered_at(answer_ms);
    record.push(callee.ended(Outcome::Accepted, Some(Reason::Accepted)));
    record
}

fn pair(stage: &mut Stage<'_>) -> (u32, u32) {
    let from = stage.user();
    (from, stage.other_user(from))
}

/// The other user picks up.
pub(super) fn answered(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let pair = pair(stage);
    let ring_ms = stage.ring_ms();
    vec![talk(pair, (0, ring_ms, ring_ms + stage.talk_ms() / 2))]
}

/// The other user does not pick up.
pub(super) fn missed(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let (from, to) = pair(stage);
    let end_ms = stage.ring_out_ms();
    let caller =
        caller_leg(from, to).lasting(0, end_ms).ended(Outcome::NoAnswer, Some(Reason::NotAnswered));
    let mut record = RecordPlan::new(caller);
    let callee = callee_leg(from, to).lasting(0, end_ms);
    record.push(callee.ended(Outcome::Missed, Some(Reason::NoAnswer)));
    vec![record]
}

/// The other user's voicemail takes a message.
pub(super) fn voicemail(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let (from, to) = pair(stage);
    let ring_ms = stage.ring_out_ms();
    let end_ms = ring_ms + stage.seconds(4, 60);
    let caller = caller_leg(from, to)
        .lasting(0, end_ms)
        .answered_at(ring_ms)
        .ended(Outcome::Voicemail, Some(Reason::NotAnswered));
    let mut record = RecordPlan::new(caller).leaving(Note::Voicemail);
    let callee = callee_leg(from, to).lasting(0, end_ms).answered_at(ring_ms);
    record.push(callee.ended(Outcome::Voicemail, Some(Reason::NoAnswer)));
    vec![record]
}
