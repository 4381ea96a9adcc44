//! Legs and the parties at their ends.

use crate::company::{ExtensionKind, People};
use crate::terms::{Action, Direction, LegType, Outcome, Reason, Transport};

/// One end of a leg. Positions are those of the company's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Party {
    /// Somebody outside, by a position in the pool.
    Contact(u32),
    /// Somebody outside who shows no number.
    Withheld,
    /// A number of the company, and the extension it reaches.
    Number(u32),
    /// An extension by its direct number, or by its short number when it has none.
    Direct(u32),
    /// An extension by its short number.
    Desk(u32),
    /// One of a user's devices.
    Device(u32, u8),
    /// A user's forwarding phone, outside the company.
    Mobile(u32),
    /// The conference bridge.
    Bridge,
}

impl Party {
    /// Somebody who is not of the company.
    pub(crate) fn is_outside(self) -> bool {
        matches!(self, Self::Contact(_) | Self::Withheld)
    }
}

/// One leg of a call. Times are milliseconds after the interaction's start, then, in a finished
/// plan, after the record's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leg {
    pub(crate) start_ms: u32,
    pub(crate) end_ms: u32,
    pub(crate) leg_type: LegType,
    pub(crate) action: Action,
    pub(crate) outcome: Outcome,
    pub(crate) reason: Option<Reason>,
    pub(crate) direction: Direction,
    pub(crate) transport: Transport,
    pub(crate) from: Party,
    pub(crate) to: Party,
    /// Position of the extension whose leg it is.
    pub(crate) owner: Option<u32>,
    /// Position of the queue that offered the call.
    pub(crate) queue: Option<u32>,
    /// When its phone began to ring, if that was before the leg began.
    rung_ms: Option<u32>,
    /// When somebody, or a machine, picked up, if that was after the leg began.
    answer_ms: Option<u32>,
    /// From when to when the other side was put on hold.
    pub(crate) hold: Option<(u32, u32)>,
}

impl Leg {
    /// A leg of somebody who is called.
    pub(crate) fn inbound(leg_type: LegType, action: Action, from: Party, to: Party) -> Self {
        let outside = from.is_outside();
        Self {
            start_ms: 0,
            end_ms: 0,
            leg_type,
            action,
            outcome: Outcome::Accepted,
            reason: None,
            direction: Direction::Inbound,
            transport: if outside { Transport::Pstn } else { Transport::Voip },
            from,
            to,
            owner: None,
            queue: None,
            rung_ms: None,
            answer_ms: None,
            hold: None,
        }
    }

    /// A leg of somebody who calls.
    pub(crate) fn outbound(leg_type: LegType, action: Action, from: Party, to: Party) -> Self {
        let outcome = Outcome::Connected;
        let (direction, transport) = (Direction::Outbound, Transport::Voip);
        Self { outcome, direction, transport, ..Self::inbound(leg_type, action, from, to) }
    }

    pub(crate) fn of(mut self, owner: u32) -> Self {
        self.owner = Some(owner);
        self
    }

    pub(crate) fn for_queue(mut self, queue: u32) -> Self {
        self.queue = Some(queue);
        self
    }

    pub(crate) fn lasting(mut self, start_ms: u32, end_ms: u32) -> Self {
        self.start_ms = start_ms;
        self.end_ms = end_ms.max(start_ms);
        self
    }

    pub(crate) fn ended(mut self, outcome: Outcome, reason: Option<Reason>) -> Self {
        self.outcome = outcome;
        self.reason = reason;
        self
    }

    pub(crate) fn rung_from(mut self, rung_ms: u32) -> Self {
        self.rung_ms = Some(rung_ms);
        self
    }

    pub(crate) fn answered_at(mut self, answer_ms: u32) -> Self {
        self.answer_ms = Some(answer_ms);
        self
    }

    pub(crate) fn held(mut self, from_ms: u32, to_ms: u32) -> Self {
        self.hold = Some((from_ms, to_ms));
        self
    }

    /// When its phone began to ring.
    pub(crate) fn ring_ms(&self) -> u32 {
        self.rung_ms.map_or(self.start_ms, |rung_ms| rung_ms.min(self.start_ms))
    }

    /// When somebody, or a machine, picked up, if anybody did.
    pub(crate) fn pick_up_ms(&self) -> u32 {
        self.answer_ms.map_or(self.start_ms, |ms| ms.clamp(self.start_ms, self.end_ms))
    }

    /// Moves every time.
    pub(super) fn map_times(&mut self, map: impl Fn(u32) -> u32) {
        (self.start_ms, self.end_ms) = (map(self.start_ms), map(self.end_ms));
        self.rung_ms = self.rung_ms.map(&map);
        self.answer_ms = self.answer_ms.map(&map);
        self.hold = self.hold.map(|(from_ms, to_ms)| (map(from_ms), map(to_ms)));
    }

    pub(crate) fn duration_ms(&self) -> u32 {
        self.end_ms - self.start_ms
    }

    /// Whether a person of the company spoke on this leg.
    pub(crate) fn is_human_answer(&self, people: &People) -> bool {
        let user = self.owner.is_some_and(|owner| people.desk(owner).kind == ExtensionKind::User);
        let talked = matches!(self.outcome, Outcome::Accepted | Outcome::Connected);
        user && talked && !matches!(self.reason, Some(Reason::Stopped | Reason::Connected))
    }

    /// Whether the leg stands in an extension's own log.
    pub(crate) fn concerns(&self, desk: u32) -> bool {
        self.owner == Some(desk) || self.queue == Some(desk)
    }
}
