//! The parties of a session.

use super::{outside, steps};
use crate::company::{ExtensionKind, People};
use crate::plan::{Leg, Party, RecordPlan, party_number};
use crate::terms::{Departure, Direction, LegType, Outcome, PartyStatus};

/// A party, and what it goes through. Times are milliseconds after the interaction's start.
#[derive(Debug)]
pub(super) struct Part {
    /// Its number within the session.
    pub(super) number: u32,
    /// Position of the extension whose party it is; absent outside.
    pub(super) desk: Option<u32>,
    pub(super) is_user: bool,
    pub(super) direction: Direction,
    pub(super) from: Party,
    pub(super) to: Party,
    /// A queue offered the call.
    pub(super) queue_call: bool,
    /// Somebody called and nobody took it.
    pub(super) missed: bool,
    /// Who began a conference.
    pub(super) is_host: bool,
    /// At least a setup and a departure, ascending by time.
    pub(super) steps: Vec<Step>,
}

/// A status from a moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) at_ms: u32,
    pub(super) status: PartyStatus,
    pub(super) reason: Option<Departure>,
}

impl Part {
    /// The last step that was taken by a time, unless it was the departure.
    pub(super) fn step_at(&self, at_ms: i64) -> Option<usize> {
        let taken = self.steps.partition_point(|step| i64::from(step.at_ms) <= at_ms);
        taken.checked_sub(1).filter(|_| taken < self.steps.len())
    }

    /// When somebody, or a machine, picked up.
    pub(super) fn pick_up_ms(&self) -> Option<u32> {
        let picked_up = |step: &&Step| {
            let Step { status, .. } = step;
            matches!(
                status,
                PartyStatus::Answered | PartyStatus::VoiceMail | PartyStatus::FaxReceive
            )
        };
        self.steps.iter().find(picked_up).map(|step| step.at_ms)
    }
}

/// What an extension does in one go: legs of its own that overlap or touch.
pub(super) struct Stint<'a> {
    pub(super) owner: u32,
    /// The legs, by the time that they began to ring.
    pub(super) legs: Vec<&'a Leg>,
    /// The leg that tells how it went.
    pub(super) main: &'a Leg,
    pub(super) record: &'a RecordPlan,
}

impl Stint<'_> {
    pub(super) fn ring_ms(&self) -> u32 {
        self.legs.iter().map(|leg| leg.ring_ms()).min().unwrap_or_default()
    }

    pub(super) fn end_ms(&self) -> u32 {
        self.legs.iter().map(|leg| leg.end_ms).max().unwrap_or_default()
    }

    /// The time at a parking place, if the call was parked.
    pub(super) fn parked(&self) -> Option<&Leg> {
        let is_parking =
            |leg: &&&Leg| matches!(leg.leg_type, LegType::CallPark | LegType::ParkLocation);
        self.legs.iter().find(is_parking).copied()
    }
}

/// Every party of the session that the records are of; `chance` decides who is put on hold now and then.
pub(super) fn all(people: &People, records: &[&RecordPlan], chance: u64) -> Vec<Part> {
    let mut parts = vec![];
    for record in records {
        for owner in owners(record) {
            for (nth, stint) in (0..).zip(stints(people, record, owner)) {
                let number = party_number(owner) + nth * people.desks.len() as u32;
                let is_host = parts.is_empty();
                parts.push(part(people, &stint, number, is_host, chance));
            }
        }
    }
    let outside = records.first().and_then(|record| outside::part(record, &parts));
    outside.into_iter().chain(parts).collect()
}

fn part(people: &People, stint: &Stint<'_>, number: u32, is_host: bool, chance: u64) -> Part {
    let (main, is_user) = (stint.main, people.desk(stint.owner).kind == ExtensionKind::User);
    let steps = steps::of(people, stint, chance);
    let lost = steps.last().is_some_and(|last| last.reason == Some(Departure::AgentAnswered));
    let taken = main.is_human_answer(people) || main.outcome == Outcome::Received;
    Part {
        number,
        desk: Some(stint.owner),
        is_user,
        direction: main.direction,
        from: main.from,
        to: main.to,
        queue_call: main.queue.is_some(),
        missed: is_user && main.direction == Direction::Inbound && !taken && !lost,
        is_host,
        steps,
    }
}

/// Whose legs a record has, in the order of their first.
fn owners(record: &RecordPlan) -> Vec<u32> {
    let mut owners = vec![];
    for owner in record.legs.iter().filter_map(|leg| leg.owner) {
        if !owners.contains(&owner) {
            owners.push(owner);
        }
    }
    owners
}

fn stints<'a>(people: &People, record: &'a RecordPlan, owner: u32) -> Vec<Stint<'a>> {
    let mut legs: Vec<&Leg> = record.legs.iter().filter(|leg| leg.owner == Some(owner)).collect();
    legs.sort_by_key(|leg| leg.ring_ms());
    let mut stints: Vec<Stint<'a>> = vec![];
    for leg in legs {
        match stints.last_mut().filter(|stint| leg.ring_ms() <= stint.end_ms()) {
            Some(stint) => {
                stint.legs.push(leg);
                // Whoever spoke tells more than whatever else rang.
                if !stint.main.is_human_answer(people) && leg.is_human_answer(people) {
                    stint.main = leg;
                }
            }
            None => stints.push(Stint { owner, legs: vec![leg], main: leg, record }),
        }
    }
    stints
}
