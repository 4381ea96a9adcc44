//! Calls to the outside world.

use super::{Leg, Party, RecordPlan, Stage};
use crate::company::Contact;
use crate::phone::Country;
use crate::terms::{Action, LegType, Outcome, Reason};

/// A user's call to somebody outside.
fn dialed(stage: &mut Stage<'_>) -> (Leg, u32) {
    let user = stage.user();
    let contact = stage.contact();
    let leg_type = if is_abroad(stage, contact) {
        LegType::SipToPstnMetered
    } else {
        LegType::SipToPstnUnmetered
    };
    let leg = Leg::outbound(leg_type, Action::Voip, Party::Direct(user), contact).of(user);
    (leg, user)
}

fn is_abroad(stage: &Stage<'_>, party: Party) -> bool {
    let Party::Contact(contact) = party else { return false };
    let contact: &Contact = &stage.cast.contacts[contact as usize];
    contact.country != Country::Us
}

/// Somebody outside picks up.
pub(super) fn connected(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let (leg, _) = dialed(stage);
    let ring_ms = stage.ring_ms();
    let end_ms = ring_ms + stage.talk_ms();
    vec![RecordPlan::new(leg.lasting(0, end_ms).answered_at(ring_ms))]
}

/// Nobody picks up.
pub(super) fn unanswered(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let ring_ms = stage.ring_out_ms();
    refused(stage, ring_ms, Outcome::NoAnswer, Reason::NotAnswered)
}

/// The line is busy.
pub(super) fn busy(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let ring_ms = stage.seconds(1, 5);
    refused(stage, ring_ms, Outcome::Busy, Reason::LineBusy)
}

/// The call cannot be set up.
pub(super) fn failed(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let (outcome, reason) = stage.draw.pick(&[
        (Outcome::CallFailed, Reason::FailedTryAgain),
        (Outcome::WrongNumber, Reason::WrongNumber),
        (Outcome::WrongNumber, Reason::BadNumber),
        (Outcome::IntlRestricted, Reason::IntlRestricted),
        (Outcome::Rejected, Reason::FailedTryAgain),
    ]);
    let ring_ms = stage.seconds(0, 3);
    refused(stage, ring_ms, outcome, reason)
}

fn refused(
    stage: &mut Stage<'_>,
    ring_ms: u32,
    outcome: Outcome,
    reason: Reason,
) -> Vec<RecordPlan> {
    let (leg, _) = dialed(stage);
    vec![RecordPlan::new(leg.lasting(0, ring_ms).ended(outcome, Some(reason)))]
}

/// The service calls the user first and then the other side.
pub(super) fn ring_out(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let user = stage.user();
    let contact = stage.contact();
    let action = stage.draw.pick(&[Action::RingOutWeb, Action::RingOutMobile, Action::External]);
    let pick_up_ms = stage.seconds(2, 10);
    let answer_ms = pick_up_ms + stage.ring_ms();
    let end_ms = answer_ms + stage.talk_ms();
    let from = Party::Direct(user);
    let own = Leg::outbound(LegType::RingOutToSubscriber, action, from, contact).of(user);
    let mut record = RecordPlan::new(own.lasting(0, end_ms).answered_at(pick_up_ms));
    let other = Leg::outbound(LegType::RingOutToCaller, action, from, contact).of(user);
    record.push(other.lasting(pick_up_ms, end_ms).answered_at(answer_ms));
    vec![record]
}

/// A colleague calls on the user's behalf.
pub(super) fn delegated(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let (leg, boss) = dialed(stage);
    let ring_ms = stage.ring_ms();
    let end_ms = ring_ms + stage.talk_ms();
    let mut record = RecordPlan::new(leg.lasting(0, end_ms).answered_at(ring_ms));
    record.delegate = Some(stage.other_user(boss));
    vec![record]
}
