//! The party outside the company.

use super::part::{Part, Step};
use crate::plan::{Leg, OUTSIDE_PARTY, RecordPlan};
use crate::terms::{Departure, Direction, Outcome, PartyStatus};

/// Whoever calls from outside, or is called there: in the session until it ends.
pub(super) fn part(record: &RecordPlan, parts: &[Part]) -> Option<Part> {
    let outside = |leg: &&Leg| leg.from.is_outside() || leg.to.is_outside();
    // Of a call to both sides by the service, the later leg is the one that rings outside.
    let leg = record.legs.iter().filter(outside).max_by_key(|leg| match leg.direction {
        Direction::Outbound => leg.start_ms,
        Direction::Inbound => 0,
    })?;
    let calls = leg.from.is_outside();
    let start_ms = if calls { record.start_ms() } else { leg.start_ms };
    let pick_up_ms = match calls {
        true => parts.iter().filter_map(Part::pick_up_ms).min(),
        false => is_answered(leg).then(|| leg.pick_up_ms()),
    };
    let last = parts.iter().filter_map(|part| part.steps.last()).max_by_key(|step| step.at_ms)?;
    let reason = if pick_up_ms.is_some() { Some(Departure::CallFinished) } else { last.reason };
    let end_ms = last.at_ms.max(start_ms);
    let mut steps = super::steps::ringing(start_ms, pick_up_ms.unwrap_or(end_ms));
    let answered = |at_ms| Step { at_ms, status: PartyStatus::Answered, reason: None };
    steps.extend(pick_up_ms.map(answered));
    steps.push(Step { at_ms: end_ms, status: PartyStatus::Disconnected, reason });
    Some(Part {
        number: OUTSIDE_PARTY,
        desk: None,
        is_user: false,
        direction: if calls { Direction::Outbound } else { Direction::Inbound },
        from: leg.from,
        to: leg.to,
        queue_call: false,
        missed: false,
        is_host: false,
        steps,
    })
}

fn is_answered(leg: &Leg) -> bool {
    matches!(leg.outcome, Outcome::Connected | Outcome::Sent)
}
