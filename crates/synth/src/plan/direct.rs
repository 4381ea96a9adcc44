//! Outside callers who ask for one user.

use super::{Leg, Note, Party, RecordPlan, Stage};
use crate::terms::{Action, LegType, Outcome, Reason};

/// A leg of an outside caller to a user's own number.
fn incoming(caller: Party, user: u32) -> Leg {
    Leg::inbound(LegType::Accept, Action::PhoneCall, caller, Party::Direct(user)).of(user)
}

/// The user picks up; with several devices, the others stop ringing.
pub(super) fn answered(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let (caller, user) = (stage.caller(), stage.user());
    let ring_ms = stage.ring_ms();
    let end_ms = ring_ms + stage.talk_ms();
    let master =
        incoming(caller, user).lasting(0, end_ms).ended(Outcome::Accepted, Some(Reason::Accepted));
    let mut record = RecordPlan::new(master.answered_at(ring_ms));
    let devices = stage.people().desk(user).devices;
    if devices > 1 {
        let winner = stage.draw.below(devices);
        for device in 0..devices {
            let to = Party::Device(user, device as u8);
            let leg = device_leg(caller, to, device).of(user);
            record.push(if device == winner {
                leg.lasting(ring_ms, end_ms).ended(Outcome::Accepted, Some(Reason::Accepted))
            } else {
                lost(stage, leg, ring_ms)
            });
        }
    }
    vec![record]
}

/// A call of some minutes that is recorded by policy.
pub(super) fn recorded(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let talk_ms = stage.seconds(60, 600);
    let mut records = talked(stage, talk_ms);
    records[0].recorded = true;
    records
}

/// The user picks up and talks for hours.
pub(super) fn very_long(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let talk_ms = stage.seconds(3 * 3600, 6 * 3600);
    talked(stage, talk_ms)
}

/// The user picks up, and has the caller wait for a while.
pub(super) fn held(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let (talk_ms, hold_ms, more_ms) =
        (stage.seconds(5, 60), stage.seconds(5, 40), stage.seconds(5, 90));
    let mut records = talked(stage, talk_ms + hold_ms + more_ms);
    let leg = &mut records[0].legs[0];
    let from_ms = leg.pick_up_ms() + talk_ms;
    *leg = leg.held(from_ms, from_ms + hold_ms);
    records
}

/// The user picks up on one phone.
fn talked(stage: &mut Stage<'_>, talk_ms: u32) -> Vec<RecordPlan> {
    let (caller, user) = (stage.caller(), stage.user());
    let ring_ms = stage.ring_ms();
    let master = incoming(caller, user).lasting(0, ring_ms + talk_ms).answered_at(ring_ms);
    vec![RecordPlan::new(master.ended(Outcome::Accepted, Some(Reason::Accepted)))]
}

fn device_leg(caller: Party, to: Party, device: u32) -> Leg {
    match device {
        0 => Leg::inbound(LegType::SipForwarding, Action::SipForwarding, caller, to),
        1 => Leg::inbound(LegType::MobileApp, Action::Voip, caller, to),
        _ => Leg::inbound(LegType::RingDirectly, Action::RingDirectly, caller, to),
    }
}

/// A leg that rang until another phone was picked up at `answer_ms`.
pub(super) fn lost(stage: &mut Stage<'_>, leg: Leg, answer_ms: u32) -> Leg {
    let end_ms = answer_ms + stage.lag_ms();
    let outcome =
        if stage.draw.chance(500) { Outcome::Stopped } else { Outcome::AnsweredElsewhere };
    leg.lasting(leg.start_ms, end_ms).ended(outcome, Some(Reason::Stopped))
}

/// The desk phone rings first, then phones elsewhere, one after the other or together.
pub(super) fn find_me(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let (caller, user) = (stage.caller(), stage.user());
    let phones = stage.draw.between(2, 5);
    let together = stage.draw.chance(500);
    let answer_ms = stage.seconds(20, 50);
    let end_ms = answer_ms + stage.talk_ms();
    let master =
        incoming(caller, user).lasting(0, end_ms).ended(Outcome::Accepted, Some(Reason::Accepted));
    let mut record = RecordPlan::new(master.answered_at(answer_ms));
    let desk_ms = stage.seconds(8, 16);
    let desk_phone = device_leg(caller, Party::Device(user, 0), 0).of(user).lasting(0, desk_ms);
    record.push(desk_phone.ended(Outcome::Missed, Some(Reason::NoAnswer)));
    let (leg_type, action) = if together {
        (LegType::FindMe, Action::FindMe)
    } else {
        (LegType::FollowMe, Action::FollowMe)
    };
    let step_ms = (answer_ms - desk_ms) / phones;
    for phone in 0..phones {
        let start_ms = if together { desk_ms } else { desk_ms + phone * step_ms };
        let leg = Leg::inbound(leg_type, action, caller, far_phone(user, phone)).of(user);
        record.push(if phone + 1 == phones {
            leg.lasting(answer_ms, end_ms).ended(Outcome::Connected, Some(Reason::Accepted))
        } else if together {
            lost(stage, leg.lasting(start_ms, start_ms), answer_ms)
        } else {
            passed(stage, leg.lasting(start_ms, start_ms + step_ms))
        });
    }
    vec![record]
}

fn far_phone(user: u32, phone: u32) -> Party {
    if phone.is_multiple_of(2) { Party::Mobile(user) } else { Party::Device(user, phone as u8) }
}

/// A phone that gave nobody: it rang out, or a machine picked up and said nothing useful.
fn passed(stage: &mut Stage<'_>, leg: Leg) -> Leg {
    match stage.draw.below(4) {
        0 => leg.ended(Outcome::AnsweredNotAccepted, Some(Reason::Connected)),
        1 => leg.ended(Outcome::Connected, Some(Reason::Connected)),
        _ => leg.ended(Outcome::NoAnswer, Some(Reason::NoAnswer)),
    }
}

/// Nobody picks up and there is no voicemail.
pub(super) fn missed(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let ring_ms = stage.ring_out_ms();
    alone(stage, ring_ms, Outcome::Missed, Some(Reason::NoAnswer))
}

/// The caller gives up while the phone rings.
pub(super) fn hung_up(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let ring_ms = stage.seconds(1, 20);
    alone(stage, ring_ms, Outcome::HangUp, Some(Reason::HangUp))
}

/// The user presses the red button.
pub(super) fn declined(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let ring_ms = stage.seconds(2, 10);
    alone(stage, ring_ms, Outcome::Declined, None)
}

/// The user is on another call.
pub(super) fn busy(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let ring_ms = stage.seconds(0, 2);
    alone(stage, ring_ms, Outcome::Busy, Some(Reason::LineBusy))
}

/// The caller is on the company's or the user's list of blocked numbers.
pub(super) fn blocked(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    alone(stage, 0, Outcome::Blocked, Some(Reason::NumberBlocked))
}

/// The user's phone is unplugged.
pub(super) fn offline(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let ring_ms = stage.seconds(1, 3);
    alone(stage, ring_ms, Outcome::Offline, Some(Reason::NoDigitalLine))
}

/// A call of one leg that nobody answers.
fn alone(
    stage: &mut Stage<'_>,
    ring_ms: u32,
    outcome: Outcome,
    reason: Option<Reason>,
) -> Vec<RecordPlan> {
    let (caller, user) = (stage.caller(), stage.user());
    let master = incoming(caller, user).lasting(0, ring_ms).ended(outcome, reason);
    vec![RecordPlan::new(master)]
}

/// The phones ring out and the caller speaks to the machine.
pub(super) fn voicemail(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let (caller, user) = (stage.caller(), stage.user());
    let ring_ms = stage.ring_out_ms();
    let end_ms = ring_ms + stage.seconds(5, 90);
    let master =
        incoming(caller, user).lasting(0, end_ms).ended(Outcome::Voicemail, Some(Reason::NoAnswer));
    let mut record = RecordPlan::new(master.answered_at(ring_ms)).leaving(Note::Voicemail);
    let devices = stage.people().desk(user).devices;
    if devices > 1 && stage.draw.chance(500) {
        for device in 0..devices {
            let to = Party::Device(user, device as u8);
            let leg = device_leg(caller, to, device).of(user).lasting(0, ring_ms);
            record.push(leg.ended(Outcome::Missed, Some(Reason::NoAnswer)));
        }
    }
    vec![record]
}
