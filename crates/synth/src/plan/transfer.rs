//! Calls that one user passes on to another.

use super::{Join, Leg, Party, RecordPlan, Stage};
use crate::terms::{Action, LegType, Outcome, Reason};

/// Somebody's call to `from`, who passes it on to `to`.
struct Transfer {
    caller: Party,
    from: u32,
    to: u32,
    /// When the first user picks up, and has done with the call; when the second picks up, and when the call is
    /// over: in milliseconds.
    answer_ms: u32,
    passed_ms: u32,
    taken_ms: u32,
    end_ms: u32,
}

impl Transfer {
    fn new(stage: &mut Stage<'_>) -> Self {
        let caller = stage.caller();
        let from = stage.user();
        let to = stage.other_user(from);
        let answer_ms = stage.ring_ms();
        let passed_ms = answer_ms + stage.talk_ms() / 3;
        let taken_ms = passed_ms + stage.ring_ms();
        let end_ms = taken_ms + stage.talk_ms();
        Self { caller, from, to, answer_ms, passed_ms, taken_ms, end_ms }
    }

    fn first_leg(&self) -> Leg {
        let to = Party::Direct(self.from);
        Leg::inbound(LegType::Accept, Action::PhoneCall, self.caller, to)
            .of(self.from)
            .lasting(0, self.passed_ms)
            .answered_at(self.answer_ms)
            .ended(Outcome::Accepted, Some(Reason::Accepted))
    }

    fn second_leg(&self) -> Leg {
        let to = Party::Desk(self.to);
        Leg::inbound(LegType::TransferCall, Action::Transfer, self.caller, to)
            .of(self.to)
            .lasting(self.passed_ms, self.end_ms)
            .answered_at(self.taken_ms)
            .ended(Outcome::Accepted, Some(Reason::Accepted))
    }

    fn record(&self) -> RecordPlan {
        let mut record = RecordPlan::new(self.first_leg());
        record.push(self.second_leg());
        record
    }
}

/// Passed on unannounced; everything stands in one record.
pub(super) fn blind(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    vec![Transfer::new(stage).record()]
}

/// Passed on unannounced; the part after the transfer stands in a record of its own as well, with
/// the same telephony session and the same leg once more.
pub(super) fn blind_in_two_records(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let transfer = Transfer::new(stage);
    let mut whole = transfer.record();
    whole.elsewhere = Some(transfer.to);
    let mut rest = RecordPlan::new(transfer.second_leg());
    rest.session = Some(1);
    vec![whole, rest]
}

/// The first user asks the second before passing the call on: a session of its own, which the
/// caller's session names and which names the caller's.
pub(super) fn warm(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let mut transfer = Transfer::new(stage);
    let consult_ms = transfer.passed_ms;
    let consult_answer_ms = consult_ms + stage.ring_ms();
    let consult_end_ms = consult_answer_ms + stage.seconds(5, 60);
    transfer.end_ms += consult_end_ms - consult_ms;
    // The second user is on the line already.
    (transfer.passed_ms, transfer.taken_ms) = (consult_end_ms, consult_end_ms);
    let mut call = transfer.record();
    call.legs[0] = call.legs[0].held(consult_ms, consult_end_ms);
    call.join = Some(Join::TransferTarget(1));
    let times_ms = (consult_ms, consult_answer_ms, consult_end_ms);
    let mut consult = super::internal::talk((transfer.from, transfer.to), times_ms);
    consult.join = Some(Join::Transferee(0));
    vec![call, consult.second_session()]
}
