//! `interactions`: a row for each call, as people understand the word.

use callbook_interaction::{Interaction, Source};

use super::table;

table! {
    /// See [`Interaction`] for what each column says.
    Interactions("interactions"), |row: &Interaction<'_>| {
        session: Id = &*row.session,
        started: Moment = row.started,
        ended: Moment = row.ended,
        duration_ms: Int = row.duration_ms,
        kind: Word = row.kind.as_str(),
        direction: Word = row.direction.as_str(),
        origin: Word = row.origin.as_str(),
        disposition: Word = row.disposition.as_str(),
        result: Text = row.result.as_deref(),
        caller_number: Text = row.caller.number.as_deref(),
        caller_name: Text = row.caller.name.as_deref(),
        caller_extension: Int = row.caller.extension.map(|id| id.0 as i64),
        called_number: Text = row.called.number.as_deref(),
        called_name: Text = row.called.name.as_deref(),
        called_extension: Int = row.called.extension.map(|id| id.0 as i64),
        customer_number: Text = row.customer_number.as_deref(),
        customer_name: Text = row.customer_name.as_deref(),
        company_number: Text = row.company_number.as_deref(),
        answered_by: Int = row.answered_by.map(|id| id.0 as i64),
        answered_at: Moment = row.answered_at,
        wait_ms: Int = known(row, row.wait_ms),
        talk_ms: Int = known(row, row.talk_ms),
        first_queue: Int = row.first_queue.map(|id| id.0 as i64),
        queue_visits: Int = known(row, row.queue_visits.into()),
        offers: Int = known(row, row.offers.into()),
        refused: Int = known(row, row.refused.into()),
        transfers: Int = known(row, row.transfers.into()),
        hops: Int = known(row, row.hops.into()),
        legs: Int = known(row, row.legs.into()),
        records: Int = i64::from(row.records),
        recorded: Flag = known(row, row.recorded),
        voicemail: Flag = row.voicemail,
        after_hours: Flag = row.after_hours,
        cost_included: Money = known(row, row.cost.included_millionths),
        cost_purchased: Money = known(row, row.cost.purchased_millionths),
        calls: Texts = row.calls.as_slice(),
        source: Word = row.source.as_str(),
    }
}

/// What a row of the portal's does not tell.
fn known<T>(row: &Interaction<'_>, value: T) -> Option<T> {
    (row.source == Source::RingCentral).then_some(value)
}
