//! Faxes.

use super::{Leg, Note, Party, RecordPlan, Stage};
use crate::company::People;
use crate::terms::{Action, LegType, Outcome, Reason};

/// Pages come in to the company's fax number or to a user's own number.
fn incoming(stage: &mut Stage<'_>) -> Leg {
    let caller = stage.contact();
    let user = stage.user();
    let number = stage.people().numbers.get(People::FAX_NUMBER as usize);
    match number.and_then(|number| number.desk).filter(|_| stage.draw.chance(500)) {
        Some(desk) => {
            let to = Party::Number(People::FAX_NUMBER);
            Leg::inbound(LegType::Accept, Action::FaxIn, caller, to).of(desk)
        }
        None => Leg::inbound(LegType::Accept, Action::FaxIn, caller, Party::Direct(user)).of(user),
    }
}

/// All pages came.
pub(super) fn received(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let end_ms = stage.seconds(20, 240);
    let leg = incoming(stage).lasting(0, end_ms).ended(Outcome::Received, None);
    vec![RecordPlan::new(leg).leaving(Note::Fax)]
}

/// Not all pages came.
pub(super) fn receive_failed(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let end_ms = stage.seconds(5, 60);
    let (outcome, reason) = stage.draw.pick(&[
        (Outcome::FaxReceiptError, Reason::FaxNotReceived),
        (Outcome::PartialReceive, Reason::FaxPoorLine),
    ]);
    let leg = incoming(stage).lasting(0, end_ms).ended(outcome, Some(reason));
    vec![RecordPlan::new(leg).leaving(Note::Fax)]
}

fn outgoing(stage: &mut Stage<'_>) -> Leg {
    let user = stage.user();
    let contact = stage.contact();
    Leg::outbound(LegType::FaxSent, Action::FaxOut, Party::Direct(user), contact).of(user)
}

/// All pages went out.
pub(super) fn sent(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let end_ms = stage.seconds(20, 300);
    let leg = outgoing(stage).lasting(0, end_ms).ended(Outcome::Sent, None);
    vec![RecordPlan::new(leg).leaving(Note::Fax)]
}

/// No page went out, or not all.
pub(super) fn send_failed(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let end_ms = stage.seconds(0, 60);
    let (outcome, reason) = stage.draw.pick(&[
        (Outcome::FaxNotSent, Reason::FaxNotSent),
        (Outcome::FaxPoorLine, Reason::FaxPoorLine),
    ]);
    let leg = outgoing(stage).lasting(0, end_ms).ended(outcome, Some(reason));
    vec![RecordPlan::new(leg).leaving(Note::Fax)]
}
