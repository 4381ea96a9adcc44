//! What a party of the company goes through, by the kind of its extension.

use super::part::{Step, Stint};
use crate::company::{ExtensionKind, People};
use crate::plan::{Join, Leg};
use crate::terms::{Departure, Direction, LegType, Outcome, PartyStatus};

/// From a party's setup until its phone rings, at most.
const SETUP_MS: u32 = 120;

/// A talk that is put on hold without having been planned so lasts this long, at least.
const LONG_MS: u32 = 90_000;

/// Of a hundred such talks, so many are.
const HELD_PERCENT: u64 = 20;

/// The steps of a stint.
pub(super) fn of(people: &People, stint: &Stint<'_>, chance: u64) -> Vec<Step> {
    match people.desk(stint.owner).kind {
        ExtensionKind::Queue => queue(people, stint),
        ExtensionKind::Ivr => menu(stint),
        ExtensionKind::User | ExtensionKind::Site => user(people, stint, chance),
    }
}

/// Being set up, and ringing until `until_ms`.
pub(super) fn ringing(start_ms: u32, until_ms: u32) -> Vec<Step> {
    let rings_ms = start_ms + SETUP_MS.min(until_ms.saturating_sub(start_ms) / 2);
    vec![step(start_ms, PartyStatus::Setup), step(rings_ms, PartyStatus::Proceeding)]
}

/// A queue rings until a member accepts, and is out of it then.
fn queue(people: &People, stint: &Stint<'_>) -> Vec<Step> {
    let (start_ms, end_ms) = (stint.ring_ms(), stint.end_ms());
    let offered = stint.record.legs.iter().filter(|leg| leg.queue == Some(stint.owner));
    let accepted = offered.filter(|leg| leg.is_human_answer(people)).map(Leg::pick_up_ms).min();
    if let Some(at_ms) = accepted {
        let mut steps = ringing(start_ms, at_ms);
        steps.push(left(at_ms, Departure::AgentAnswered));
        return steps;
    }
    if stint.main.outcome == Outcome::Voicemail {
        return recorded(start_ms, stint.main.pick_up_ms(), end_ms, PartyStatus::VoiceMail);
    }
    let mut steps = ringing(start_ms, end_ms);
    steps.push(left(end_ms, unanswered(stint.main)));
    steps
}

/// A menu speaks until the caller has chosen.
fn menu(stint: &Stint<'_>) -> Vec<Step> {
    let (start_ms, end_ms) = (stint.ring_ms(), stint.end_ms());
    let others = stint.record.legs.iter().filter(|leg| leg.owner != Some(stint.owner));
    let (left_ms, reason) = match others.map(|leg| leg.start_ms).min() {
        Some(chosen_ms) => (chosen_ms, Departure::CallerInputRedirect),
        None => (end_ms, Departure::CallFinished),
    };
    let mut steps = ringing(start_ms, left_ms);
    steps.push(step(steps[1].at_ms, PartyStatus::Answered));
    steps.push(left(left_ms, reason));
    steps
}

fn user(people: &People, stint: &Stint<'_>, chance: u64) -> Vec<Step> {
    let (main, start_ms, end_ms) = (stint.main, stint.ring_ms(), stint.end_ms());
    let is_called = main.direction == Direction::Inbound;
    match main.outcome {
        Outcome::Voicemail if is_called => {
            recorded(start_ms, main.pick_up_ms(), end_ms, PartyStatus::VoiceMail)
        }
        Outcome::Received | Outcome::FaxReceiptError | Outcome::PartialReceive => {
            recorded(start_ms, main.pick_up_ms(), end_ms, PartyStatus::FaxReceive)
        }
        Outcome::Voicemail | Outcome::Sent => answered(stint, None),
        _ if main.is_human_answer(people) => answered(stint, main.hold.or(pause(main, chance))),
        _ => {
            let mut steps = ringing(start_ms, end_ms);
            steps.push(left(end_ms, unanswered(main)));
            steps
        }
    }
}

/// Somebody speaks, with the other side on hold for a while perhaps, and parks the call or not.
fn answered(stint: &Stint<'_>, hold: Option<(u32, u32)>) -> Vec<Step> {
    let (main, end_ms) = (stint.main, stint.end_ms());
    let mut steps = ringing(stint.ring_ms(), main.pick_up_ms());
    steps.push(step(main.pick_up_ms(), PartyStatus::Answered));
    if let Some((from_ms, to_ms)) = hold {
        steps.push(step(from_ms, PartyStatus::Hold));
        if to_ms < main.end_ms {
            steps.push(step(to_ms, PartyStatus::Answered));
        }
    }
    if let Some(parked) = stint.parked() {
        let place = parked.leg_type == LegType::ParkLocation;
        let reason = if place { Departure::ParkLocation } else { Departure::CallPark };
        let reason = Some(reason);
        steps.push(Step { at_ms: parked.start_ms, status: PartyStatus::Parked, reason });
        steps.push(left(end_ms, Departure::Pickup));
        return steps;
    }
    steps.push(departure(stint, end_ms));
    steps
}

/// A machine takes down what comes.
fn recorded(start_ms: u32, pick_up_ms: u32, end_ms: u32, status: PartyStatus) -> Vec<Step> {
    let mut steps = ringing(start_ms, pick_up_ms);
    steps.push(step(pick_up_ms, status));
    steps.push(left(end_ms, Departure::CallFinished));
    steps
}

/// How whoever spoke leaves: by passing the call on, by going on in another session, or because it is over.
fn departure(stint: &Stint<'_>, end_ms: u32) -> Step {
    let passed_on = stint.record.legs.iter().any(|leg| {
        leg.leg_type == LegType::TransferCall
            && leg.start_ms == end_ms
            && leg.owner != Some(stint.owner)
    });
    match stint.record.join {
        Some(Join::Transferee(_)) if stint.main.direction == Direction::Inbound => {
            step(end_ms, PartyStatus::Gone)
        }
        Some(Join::Transferee(_)) => left(end_ms, Departure::AttendedTransfer),
        Some(Join::TransferTarget(_)) if passed_on => left(end_ms, Departure::AttendedTransfer),
        _ if passed_on => left(end_ms, Departure::BlindTransfer),
        _ => left(end_ms, Departure::CallFinished),
    }
}

/// In the middle of a long talk, now and then.
fn pause(leg: &Leg, chance: u64) -> Option<(u32, u32)> {
    let (from_ms, talk_ms) = (leg.pick_up_ms(), leg.end_ms - leg.pick_up_ms());
    // Of two colleagues, one puts the other on hold.
    let may_hold = leg.direction == Direction::Inbound || leg.to.is_outside();
    let held = may_hold && talk_ms >= LONG_MS && chance % 100 < HELD_PERCENT;
    held.then(|| (from_ms + talk_ms / 3, from_ms + talk_ms / 3 + (talk_ms / 6).min(45_000)))
}

/// Why nobody came to speak.
fn unanswered(leg: &Leg) -> Departure {
    match leg.outcome {
        Outcome::HangUp | Outcome::Abandoned => Departure::Cancelled,
        Outcome::Declined | Outcome::Rejected => Departure::Rejected,
        Outcome::Busy => Departure::TargetBusy,
        Outcome::Blocked => Departure::DestinationBlocked,
        Outcome::Stopped | Outcome::AnsweredElsewhere => Departure::AgentAnswered,
        Outcome::CallFailed => Departure::InternalError,
        Outcome::WrongNumber => Departure::InvalidNumber,
        Outcome::IntlRestricted => Departure::InternationalDisabled,
        Outcome::CallbackRequested => Departure::CallReplied,
        Outcome::FaxNotSent | Outcome::FaxPoorLine => Departure::CallDropped,
        _ => Departure::NoAnswer,
    }
}

fn step(at_ms: u32, status: PartyStatus) -> Step {
    Step { at_ms, status, reason: None }
}

fn left(at_ms: u32, reason: Departure) -> Step {
    Step { at_ms, status: PartyStatus::Disconnected, reason: Some(reason) }
}
