//! One call as it stands in one log.
//!
//! The account sees every leg. An extension sees its own legs and those its queue offered; the
//! first of them is the master leg there, and the one that tells how the call ended for it is
//! called the principal leg.

use crate::company::People;
use crate::ids::RecordId;
use crate::plan::{CallPlan, Leg};
use crate::terms::{Outcome, Reason};

/// A record before it is written down.
pub(crate) struct Seen<'a> {
    pub(crate) id: RecordId,
    /// Position of the extension whose log this is; absent in the account's.
    pub(crate) desk: Option<u32>,
    pub(crate) principal: &'a Leg,
    pub(crate) outcome: Outcome,
    pub(crate) reason: Option<Reason>,
    /// Unix milliseconds.
    pub(crate) start_ms: i64,
    pub(crate) duration_ms: u32,
    /// The recording, if any, shows in this log.
    pub(crate) hears: bool,
    /// The voicemail or fax, if any, shows in this log.
    pub(crate) reads: bool,
    plan: &'a CallPlan,
}

impl<'a> Seen<'a> {
    /// Looks at a call from an extension that it concerns, or from the account.
    pub(crate) fn new(
        people: &People,
        plan: &'a CallPlan,
        desk: Option<u32>,
        id: RecordId,
    ) -> Self {
        let legs = &plan.record.legs;
        let own = || legs.iter().filter(|leg| desk.is_none_or(|desk| leg.concerns(desk)));
        let principal = principal(people, legs, desk).unwrap_or(&legs[0]);
        let start_ms = own().map(|leg| leg.start_ms).min().unwrap_or_default();
        let end_ms = own().map(|leg| leg.end_ms).max().unwrap_or_default();
        let (outcome, reason) = match desk {
            None => (plan.record.outcome, plan.record.reason),
            Some(_) => (principal.outcome, principal.reason),
        };
        Self {
            id,
            desk,
            principal,
            outcome,
            reason,
            start_ms: plan.start_ms + i64::from(start_ms),
            duration_ms: end_ms - start_ms,
            hears: desk.is_none() || own().any(|leg| leg.is_human_answer(people)),
            reads: desk.is_none() || plan.record.note_holder() == desk,
            plan,
        }
    }

    /// The legs that stand in this log; there is at least one.
    pub(crate) fn legs(&self) -> impl Iterator<Item = &'a Leg> + use<'a> {
        let desk = self.desk;
        let legs = self.plan.record.legs.iter();
        legs.filter(move |leg| desk.is_none_or(|desk| leg.concerns(desk)))
    }
}

/// For a user who spoke, the leg they spoke on; otherwise the first leg of one's own.
fn principal<'a>(people: &People, legs: &'a [Leg], desk: Option<u32>) -> Option<&'a Leg> {
    let desk = desk?;
    let own = || legs.iter().filter(|leg| leg.owner == Some(desk));
    own()
        .find(|leg| leg.is_human_answer(people))
        .or_else(|| own().next())
        .or_else(|| legs.iter().find(|leg| leg.concerns(desk)))
}
