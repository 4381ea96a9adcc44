//! `legs`: a row for each attempt to reach somebody.

use callbook_interaction::{Interaction, Leg};

use super::table;

table! {
    /// See [`Leg`] for what each column says.
    Legs("legs"), |call: &Interaction<'_>, row: &Leg<'_>| {
        session: Id = &*call.session,
        leg: Int = i64::from(row.order),
        call: Id = &*row.call,
        master: Flag = row.master,
        started: Moment = row.started,
        duration_ms: Int = row.duration_ms,
        leg_type: Text = row.leg_type.as_deref(),
        action: Text = row.action.as_deref(),
        direction: Text = row.direction.as_deref(),
        result: Text = row.result.as_deref(),
        reason: Text = row.reason.as_deref(),
        extension: Int = row.extension.map(|id| id.0 as i64),
        from_number: Text = row.from_number.as_deref(),
        to_number: Text = row.to_number.as_deref(),
        answered: Flag = row.answered,
    }
}
