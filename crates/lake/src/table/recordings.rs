//! `recordings`: a row for each recording that the log names.

use callbook_interaction::{Interaction, Recording};

use super::table;

table! {
    /// See [`Recording`] for what each column says.
    Recordings("recordings"), |call: &Interaction<'_>, row: &Recording<'_>| {
        session: Id = &*call.session,
        recording: Id = &*row.id,
        call: Id = &*row.call,
        leg: Int = row.leg.map(i64::from),
        started: Moment = row.started,
        duration_ms: Int = row.duration_ms,
        kind: Text = row.kind.as_deref(),
    }
}
