//! One record of an interaction, while it is being made.

use super::leg::Leg;
use crate::company::People;
use crate::terms::{CallType, Outcome, Reason};

/// The number, within a telephony session, of the party outside.
pub(crate) const OUTSIDE_PARTY: u32 = 1;

/// The number, within a telephony session, of the extension at a position.
pub(crate) fn party_number(desk: u32) -> u32 {
    desk + 2
}

/// The other session of a warm transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Join {
    /// This call was transferred into that session.
    TransferTarget(u8),
    /// That session's call was transferred into this one.
    Transferee(u8),
}

/// What was left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Note {
    Voicemail,
    Fax,
}

/// A record's legs and what they add up to.
#[derive(Debug, Clone)]
pub(crate) struct RecordPlan {
    /// At least one; the first is the master leg.
    pub(crate) legs: Vec<Leg>,
    pub(crate) outcome: Outcome,
    pub(crate) reason: Option<Reason>,
    pub(crate) call_type: CallType,
    pub(crate) note: Option<Note>,
    /// Which of the interaction's telephony sessions this is.
    pub(crate) telephony: u8,
    /// Which of its sessions; absent in a conference.
    pub(crate) session: Option<u8>,
    pub(crate) join: Option<Join>,
    /// Position of the user who acted for the master leg's owner.
    pub(crate) delegate: Option<u32>,
    /// Position of an extension that finds the call in another record of the interaction.
    pub(crate) elsewhere: Option<u32>,
    /// Recorded by all means.
    pub(crate) recorded: bool,
}

impl RecordPlan {
    /// A record that ends as its first leg does.
    pub(crate) fn new(master: Leg) -> Self {
        Self {
            outcome: master.outcome,
            reason: master.reason,
            legs: vec![master],
            call_type: CallType::Voice,
            note: None,
            telephony: 0,
            session: Some(0),
            join: None,
            delegate: None,
            elsewhere: None,
            recorded: false,
        }
    }

    pub(crate) fn push(&mut self, leg: Leg) {
        self.legs.push(leg);
    }

    pub(crate) fn ended(mut self, outcome: Outcome, reason: Option<Reason>) -> Self {
        self.outcome = outcome;
        self.reason = reason;
        self
    }

    pub(crate) fn leaving(mut self, note: Note) -> Self {
        self.note = Some(note);
        if note == Note::Fax {
            self.call_type = CallType::Fax;
        }
        self
    }

    /// Makes this a record of the interaction's second session.
    pub(crate) fn second_session(mut self) -> Self {
        self.telephony = 1;
        self.session = Some(1);
        self
    }

    pub(crate) fn is_fax(&self) -> bool {
        self.call_type == CallType::Fax
    }

    /// Position of the extension that the voicemail or fax belongs to.
    pub(crate) fn note_holder(&self) -> Option<u32> {
        self.note?;
        let voicemail = self.legs.iter().rev().find(|leg| leg.outcome == Outcome::Voicemail);
        voicemail.unwrap_or(&self.legs[0]).owner
    }

    /// The number of the party that the record is of, in the account's log: the one outside, or whoever of the
    /// company comes first.
    pub(crate) fn main_party(&self) -> u32 {
        let is_outside = self.legs.iter().any(|leg| leg.from.is_outside() || leg.to.is_outside());
        self.legs[0].owner.filter(|_| !is_outside).map_or(OUTSIDE_PARTY, party_number)
    }

    pub(crate) fn start_ms(&self) -> u32 {
        self.legs.iter().map(|leg| leg.start_ms).min().unwrap_or_default()
    }

    pub(crate) fn end_ms(&self) -> u32 {
        self.legs.iter().map(|leg| leg.end_ms).max().unwrap_or_default()
    }

    /// Shrinks every time by `limit_ms ÷ end_ms`, which keeps their order.
    pub(super) fn squeeze(&mut self, limit_ms: u32, end_ms: u32) {
        let shrink = |ms: u32| (u64::from(ms) * u64::from(limit_ms) / u64::from(end_ms)) as u32;
        self.legs.iter_mut().for_each(|leg| leg.map_times(shrink));
    }

    /// Counts time from the record's own start.
    pub(super) fn start_at_zero(&mut self) {
        let start_ms = self.start_ms();
        self.legs.iter_mut().for_each(|leg| leg.map_times(|ms| ms.saturating_sub(start_ms)));
    }

    /// The longest time that a person of the company spoke.
    pub(super) fn spoken_ms(&self, people: &People) -> u32 {
        let answers = self.legs.iter().filter(|leg| leg.is_human_answer(people));
        answers.map(Leg::duration_ms).max().unwrap_or_default()
    }
}
