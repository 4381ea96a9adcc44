//! `queue_visits`: a row for each time that a caller came to a queue.

use callbook_interaction::{Interaction, QueueVisit};

use super::table;

table! {
    /// See [`QueueVisit`] for what each column says; `origin` and `after_hours` are the interaction's.
    QueueVisits("queue_visits"), |call: &Interaction<'_>, row: &QueueVisit| {
        session: Id = &*call.session,
        visit: Int = i64::from(row.order),
        queue: Int = row.queue.0 as i64,
        started: Moment = row.entered,
        wait_ms: Int = row.wait_ms,
        origin: Word = call.origin.as_str(),
        outcome: Word = row.outcome.as_str(),
        answered_by: Int = row.answered_by.map(|id| id.0 as i64),
        overflow_in: Flag = row.overflow_in,
        offers: Int = i64::from(row.offers),
        after_hours: Flag = call.after_hours,
    }
}
