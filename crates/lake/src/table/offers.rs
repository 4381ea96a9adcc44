//! `offers`: a row for each time that a user was offered a call.

use callbook_interaction::{Interaction, Offer};

use super::table;

table! {
    /// See [`Offer`] for what each column says; `direction` and `origin` are the interaction's.
    Offers("offers"), |call: &Interaction<'_>, row: &Offer| {
        session: Id = &*call.session,
        extension: Int = row.extension.0 as i64,
        started: Moment = row.started,
        ended: Moment = row.ended,
        direction: Word = call.direction.as_str(),
        origin: Word = call.origin.as_str(),
        outcome: Word = row.outcome.as_str(),
        refused: Flag = row.outcome.is_refused(),
        ring_ms: Int = row.ring_ms,
        talk_ms: Int = row.talk_ms,
        queue: Int = row.queue.map(|id| id.0 as i64),
        visit: Int = row.visit.map(i64::from),
        legs: Int = i64::from(row.legs),
    }
}
