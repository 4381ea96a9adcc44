//! Calls that wait at a parking place until a colleague picks them up.

use super::{Leg, Party, RecordPlan, Stage};
use crate::terms::{Action, LegType, Outcome, Reason};

/// One user answers and parks the call, another takes it.
pub(super) fn parked(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let caller = stage.caller();
    let user = stage.user();
    let colleague = stage.other_user(user);
    let answer_ms = stage.ring_ms();
    let park_ms = answer_ms + stage.talk_ms() / 4;
    let pick_up_ms = park_ms + stage.seconds(5, 90);
    let end_ms = pick_up_ms + stage.talk_ms();
    let to = Party::Direct(user);
    let master = Leg::inbound(LegType::Accept, Action::PhoneCall, caller, to)
        .of(user)
        .lasting(0, park_ms)
        .answered_at(answer_ms)
        .ended(Outcome::Accepted, Some(Reason::Accepted));
    let mut record = RecordPlan::new(master);
    let (leg_type, action) = stage.draw.pick(&[
        (LegType::CallPark, Action::CallPark),
        (LegType::ParkLocation, Action::ParkLocation),
    ]);
    let waiting = Leg::inbound(leg_type, action, caller, Party::Desk(user)).of(user);
    record
        .push(waiting.lasting(park_ms, pick_up_ms).ended(Outcome::Stopped, Some(Reason::Stopped)));
    let taken = Leg::inbound(LegType::Pickup, Action::Pickup, caller, Party::Desk(colleague));
    record.push(
        taken
            .of(colleague)
            .lasting(pick_up_ms, end_ms)
            .ended(Outcome::Accepted, Some(Reason::Accepted)),
    );
    vec![record]
}
