//! Calls to queues, straight or through the menu.

use super::visit::{Visit, menu_leg};
use super::{Leg, Note, Party, RecordPlan, Stage};
use crate::terms::{Action, LegType, Outcome, Reason};

/// A member answers.
pub(super) fn answered(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let caller = stage.caller();
    let visit = Visit::new(stage, caller);
    let talk_ms = stage.talk_ms();
    let (legs, answer_ms) = visit.answer(stage, talk_ms);
    let end_ms = answer_ms + talk_ms;
    let queue = visit.leg(end_ms).ended(Outcome::Accepted, Some(Reason::Accepted));
    let mut record = visit.record(queue, end_ms);
    record.legs.extend(legs);
    vec![record]
}

/// The caller hangs up while waiting.
pub(super) fn abandoned(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let wait_ms = stage.seconds(1, 150);
    unanswered(stage, wait_ms, Outcome::Abandoned, Reason::HangUp)
}

/// Nobody answers and the caller leaves a message for the queue.
pub(super) fn voicemail(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let caller = stage.caller();
    let visit = Visit::new(stage, caller);
    let ring_end_ms = visit.ring_ms + stage.seconds(30, 90);
    let end_ms = ring_end_ms + stage.seconds(8, 100);
    let queue = visit.leg(end_ms).ended(Outcome::Voicemail, Some(Reason::NoAnswer));
    let queue = queue.answered_at(ring_end_ms);
    let mut record = visit.record(queue, end_ms).leaving(Note::Voicemail);
    record.legs.extend(visit.ring_in_vain(stage, ring_end_ms));
    vec![record]
}

/// The caller asks to be called back, and nobody does.
pub(super) fn callback_requested(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let wait_ms = stage.seconds(20, 120);
    unanswered(stage, wait_ms, Outcome::CallbackRequested, Reason::NoAnswer)
}

fn unanswered(
    stage: &mut Stage<'_>,
    wait_ms: u32,
    outcome: Outcome,
    reason: Reason,
) -> Vec<RecordPlan> {
    let caller = stage.contact();
    let visit = Visit::new(stage, caller);
    vec![visit.given_up(stage, wait_ms, outcome, reason)]
}

/// Nobody answers in time and the call moves on to another queue, where somebody does.
pub(super) fn overflowed(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let caller = stage.caller();
    let first = Visit::new(stage, caller);
    let turn_ms = first.ring_ms + stage.seconds(20, 60);
    let people = stage.people();
    let next = Visit {
        caller,
        queue: people.queue(first.queue - people.users + 1),
        start_ms: turn_ms,
        ring_ms: turn_ms + stage.seconds(0, 3),
        menu: first.menu,
    };
    let talk_ms = stage.talk_ms();
    let (answer, answer_ms) = next.answer(stage, talk_ms);
    let end_ms = answer_ms + talk_ms;
    let left = first.leg(turn_ms).ended(Outcome::NoAnswer, Some(Reason::NoAnswer));
    let mut record = first.record(left, end_ms).ended(Outcome::Accepted, Some(Reason::Accepted));
    if first.menu.is_some() {
        record.legs[0] = record.legs[0].ended(Outcome::Accepted, Some(Reason::Accepted));
    }
    record.legs.extend(first.ring_in_vain(stage, turn_ms));
    let moved = Leg::inbound(LegType::Hunting, Action::Transfer, caller, Party::Desk(next.queue));
    let moved = moved.of(next.queue).lasting(turn_ms, end_ms);
    record.push(moved.ended(Outcome::Accepted, Some(Reason::Accepted)));
    record.legs.extend(answer);
    vec![record]
}

/// The caller hangs up before choosing anything.
pub(super) fn left_in_menu(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let caller = stage.caller();
    let end_ms = stage.seconds(2, 40);
    let menu = menu_leg(stage, caller).lasting(0, end_ms);
    vec![RecordPlan::new(menu.ended(Outcome::HangUp, Some(Reason::HangUp)))]
}
