//! Callers who ask a queue to call them back, and are.

use super::visit::Visit;
use super::{Leg, Party, RecordPlan, Stage};
use crate::terms::{Action, LegType, Outcome, Reason};

/// Two records of two sessions: the request, and some minutes later a member's call.
pub(super) fn made(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let contact = stage.contact();
    let visit = Visit::new(stage, contact);
    let wait_ms = stage.seconds(15, 90);
    let request = visit.given_up(stage, wait_ms, Outcome::CallbackRequested, Reason::NoAnswer);
    let agent = stage.draw.pick(&stage.people().desk(visit.queue).members);
    let start_ms = request.end_ms() + stage.seconds(60, 1500);
    let answer_ms = start_ms + stage.ring_ms();
    let end_ms = answer_ms + stage.talk_ms();
    let back = Leg::outbound(LegType::CallBack, Action::CallReturn, Party::Direct(agent), contact)
        .of(agent)
        .for_queue(visit.queue)
        .lasting(start_ms, end_ms)
        .answered_at(answer_ms);
    vec![request, RecordPlan::new(back).second_session()]
}
