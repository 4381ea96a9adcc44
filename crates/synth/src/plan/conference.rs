//! Conferences: a record for each participant, joined by the telephony session only.

use super::{Leg, Party, RecordPlan, Stage};
use crate::terms::{Action, LegType};

/// Two users meet on the bridge; the session id of both records is `0`.
pub(super) fn held(stage: &mut Stage<'_>) -> Vec<RecordPlan> {
    let host = stage.user();
    let guest = stage.other_user(host);
    let join_ms = stage.seconds(5, 120);
    let end_ms = join_ms + stage.talk_ms() * 2;
    let leave_ms = end_ms - stage.seconds(0, 1);
    vec![joined(host, 0, end_ms), joined(guest, join_ms, leave_ms)]
}

fn joined(user: u32, start_ms: u32, end_ms: u32) -> RecordPlan {
    let from = Party::Desk(user);
    let leg = Leg::outbound(LegType::ConferenceCall, Action::Conference, from, Party::Bridge);
    let mut record = RecordPlan::new(leg.of(user).lasting(start_ms, end_ms));
    record.session = None;
    record
}
