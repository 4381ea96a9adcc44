//! A caller's visit to a queue.
//!
//! The queue's leg spans the visit. Members' legs carry the queue, so that the queue's own log shows
//! them; a member who answers has a leg from the answer on, and the others rang until then.

use super::direct::lost;
use super::{Leg, Party, RecordPlan, Stage};
use crate::company::Ring;
use crate::terms::{Action, LegType, Outcome, Reason};

/// A caller on the way to a queue.
pub(super) struct Visit {
    pub(super) caller: Party,
    /// Position of the queue.
    pub(super) queue: u32,
    /// When the caller reaches the queue, and when its phones start to ring, in milliseconds.
    pub(super) start_ms: u32,
    pub(super) ring_ms: u32,
    /// The menu's leg, when the caller came through it.
    pub(super) menu: Option<Leg>,
}

/// Members who rang until one of them answered.
struct Rung {
    /// Of those who did not answer.
    legs: Vec<Leg>,
    winner: u32,
    /// When the winner's phone began to ring, and when the winner answered, in milliseconds.
    rung_ms: u32,
    answer_ms: u32,
}

impl Visit {
    /// A call to a queue, half of the time through the menu.
    pub(super) fn new(stage: &mut Stage<'_>, caller: Party) -> Self {
        let people = stage.people();
        let index = stage.draw.favourite(people.queues);
        let menu = stage.draw.chance(500).then(|| menu_leg(stage, caller));
        let start_ms = if menu.is_some() { stage.seconds(4, 30) } else { 0 };
        let ring_ms = start_ms + stage.seconds(1, 8);
        Self { caller, queue: people.queue(index), start_ms, ring_ms, menu }
    }

    /// The queue's own leg.
    pub(super) fn leg(&self, end_ms: u32) -> Leg {
        let (leg_type, to) = match self.menu {
            Some(_) => (LegType::Hunting, Party::Desk(self.queue)),
            None => (LegType::Accept, Party::Direct(self.queue)),
        };
        Leg::inbound(leg_type, Action::PhoneCall, self.caller, to)
            .of(self.queue)
            .lasting(self.start_ms, end_ms)
    }

    /// The record with the menu's leg, if any, in front of the queue's.
    pub(super) fn record(&self, queue: Leg, end_ms: u32) -> RecordPlan {
        let Some(menu) = self.menu else { return RecordPlan::new(queue) };
        let menu = menu.lasting(0, end_ms).ended(queue.outcome, queue.reason);
        let mut record = RecordPlan::new(menu);
        record.push(queue);
        record
    }

    /// A member's ringing.
    fn offer(&self, stage: &Stage<'_>, member: u32) -> Leg {
        let (leg_type, action) = match stage.people().desk(self.queue).ring {
            Ring::Simultaneous => (LegType::RingDirectly, Action::RingDirectly),
            Ring::Rotating => (LegType::Hunting, Action::Hunting),
        };
        Leg::inbound(leg_type, action, self.caller, Party::Desk(member))
            .of(member)
            .for_queue(self.queue)
    }

    /// Rings members until one answers: the legs and the moment of the answer.
    pub(super) fn answer(&self, stage: &mut Stage<'_>, talk_ms: u32) -> (Vec<Leg>, u32) {
        let queue = stage.people().desk(self.queue);
        let first = stage.draw.below(queue.members.len() as u32) as usize;
        let Rung { mut legs, winner, rung_ms, answer_ms } = match queue.ring {
            Ring::Simultaneous => self.ring_together(stage, queue.members[first]),
            Ring::Rotating => self.ring_in_turn(stage, first),
        };
        let answer = self.offer(stage, winner).lasting(answer_ms, answer_ms + talk_ms);
        legs.push(answer.rung_from(rung_ms).ended(Outcome::Accepted, Some(Reason::Accepted)));
        (legs, answer_ms)
    }

    /// All members ring until the winner answers.
    fn ring_together(&self, stage: &mut Stage<'_>, winner: u32) -> Rung {
        let answer_ms = self.ring_ms + stage.ring_ms();
        let members = stage.people().desk(self.queue).members.iter();
        let legs = members
            .filter(|&&member| member != winner)
            .map(|&member| {
                let leg = self.offer(stage, member).lasting(self.ring_ms, self.ring_ms);
                self.lost_or_refused(stage, leg, answer_ms)
            })
            .collect();
        Rung { legs, winner, rung_ms: self.ring_ms, answer_ms }
    }

    /// When phones ring together, a few members press the red button before somebody answers.
    fn lost_or_refused(&self, stage: &mut Stage<'_>, leg: Leg, answer_ms: u32) -> Leg {
        if stage.draw.chance(60) {
            let end_ms = self.ring_ms + (answer_ms - self.ring_ms) / 2;
            return leg.lasting(self.ring_ms, end_ms).ended(Outcome::Declined, None);
        }
        lost(stage, leg, answer_ms)
    }

    /// Members ring one after the other, beginning at a place, until one answers.
    fn ring_in_turn(&self, stage: &mut Stage<'_>, first: usize) -> Rung {
        let members = &stage.people().desk(self.queue).members;
        let tries = stage.draw.weighted(&[(0, 45), (1, 28), (2, 15), (3, 8), (4, 4)]);
        let tries: usize = tries.min(members.len() - 1);
        let member = |turn: usize| members[(first + turn) % members.len()];
        let mut at_ms = self.ring_ms;
        let mut legs = Vec::with_capacity(tries + 1);
        for turn in 0..tries {
            let leg = self.offer(stage, member(turn));
            let leg = if stage.draw.chance(200) {
                leg.lasting(at_ms, at_ms + stage.seconds(2, 8)).ended(Outcome::Declined, None)
            } else {
                leg.lasting(at_ms, at_ms + stage.seconds(10, 18))
                    .ended(Outcome::Missed, Some(Reason::NoAnswer))
            };
            at_ms = leg.end_ms;
            legs.push(leg);
        }
        let answer_ms = at_ms + stage.ring_ms();
        Rung { legs, winner: member(tries), rung_ms: at_ms, answer_ms }
    }

    /// Rings members for a time during which nobody answers.
    pub(super) fn ring_in_vain(&self, stage: &mut Stage<'_>, until_ms: u32) -> Vec<Leg> {
        let members = &stage.people().desk(self.queue).members;
        let together = stage.people().desk(self.queue).ring == Ring::Simultaneous;
        let step_ms = 15_000;
        let mut legs = vec![];
        for (turn, &member) in (0..).zip(members) {
            let start_ms = if together { self.ring_ms } else { self.ring_ms + turn * step_ms };
            if start_ms >= until_ms {
                break;
            }
            let end_ms = if together { until_ms } else { until_ms.min(start_ms + step_ms) };
            let leg = self.offer(stage, member).lasting(start_ms, end_ms);
            legs.push(leg.ended(Outcome::Missed, Some(Reason::NoAnswer)));
        }
        legs
    }

    /// The record of a caller who leaves the queue after waiting.
    pub(super) fn given_up(
        &self,
        stage: &mut Stage<'_>,
        wait_ms: u32,
        outcome: Outcome,
        reason: Reason,
    ) -> RecordPlan {
        let end_ms = self.start_ms + wait_ms;
        let queue = self.leg(end_ms).ended(outcome, Some(reason));
        let mut record = self.record(queue, end_ms);
        record.legs.extend(self.ring_in_vain(stage, end_ms));
        record
    }
}

/// The menu behind one of the company's shared numbers.
pub(super) fn menu_leg(stage: &mut Stage<'_>, caller: Party) -> Leg {
    let people = stage.people();
    let doors: Vec<u32> = (0..)
        .zip(&people.numbers)
        .filter(|(_, number)| number.desk == Some(people.menu()))
        .map(|(position, _)| position)
        .collect();
    let door = Party::Number(stage.draw.pick(&doors));
    Leg::inbound(LegType::PstnToSip, Action::PhoneCall, caller, door).of(people.menu())
}
