//! From records to rows.

use jiff::Timestamp;

use crate::cost::cost;
use crate::disposition::disposition;
use crate::ends::{Ends, key};
use crate::offer::{Open, offers};
use crate::recording::recordings;
use crate::row::{Derived, Interaction, Kind, Leg, Offer, QueueVisit};
use crate::session::{Part, Session, Union, distinct, moment};
use crate::visit::{rows, visits};
use crate::wire::Party;
use crate::{Company, Record};

/// The rows of one interaction, from all records of the account's log that share a [session](Record::session), in any
/// order. `None` while the call goes on, or if all records are deleted.
#[must_use]
pub fn derive<'a, C: Company>(records: &[Record<'a>], company: &'a C) -> Option<Derived<'a>> {
    let session = Session::new(records, company)?;
    let at = moment(session.master().start_ms);
    let (offers, queue_visits) = offered(&session);
    let mut interaction = interaction(&session, company, at);
    let queue = queue_visits.first().map(|visit| visit.queue);
    let hours = queue.and_then(|queue| company.hours(Some(queue), at));
    let hours = hours.or_else(|| company.hours(None, at));
    interaction.after_hours = hours.map(|hours| !hours.is_open(at));
    interaction.first_queue = queue;
    interaction.queue_visits = queue_visits.len() as u32;
    interaction.offers = offers.len() as u32;
    let refused = offers.iter().filter(|offer| offer.outcome.is_refused());
    interaction.refused = refused.count() as u32;
    let recordings = recordings(&session);
    interaction.recorded = !recordings.is_empty();
    let legs = (0..).zip(&session.parts).map(|(order, part)| leg(&session, order, part, company));
    Some(Derived { legs: legs.collect(), interaction, offers, queue_visits, recordings })
}

/// Offers to users and visits to queues; nobody is offered a fax.
fn offered(session: &Session<'_, '_>) -> (Vec<Offer>, Vec<QueueVisit>) {
    if session.kind == Kind::Fax {
        return (vec![], vec![]);
    }
    let mut offers = offers(session);
    let visits = visits(session, &mut offers);
    let row = |offer: &Open| offer.row(offer.visit.map(|place| visits[place].queue));
    let offers = offers.iter().map(row).collect();
    (offers, rows(session, visits))
}

/// All that needs neither offers nor visits; the rest is filled in by the caller.
fn interaction<'a, C: Company>(
    session: &Session<'_, 'a>,
    company: &'a C,
    at: Timestamp,
) -> Interaction<'a> {
    let ends = Ends::of(session, company, at);
    let (start_ms, end_ms) = (session.start_ms(), session.end_ms());
    let first = session.answers().next();
    let answer_ms = first.map(|(_, part)| part.start_ms);
    let mut talk = Union::default();
    session.answers().for_each(|(_, part)| talk.add(part));
    let users = distinct(session.answers().map(|(user, _)| user));
    let transfers = session.parts.iter().filter(|part| part.is_transfer()).count();
    Interaction {
        session: session.records[0].session().clone(),
        calls: session.records.iter().map(|record| record.id_text()).collect(),
        started: moment(start_ms),
        ended: moment(end_ms),
        duration_ms: end_ms - start_ms,
        kind: session.kind,
        direction: session.direction,
        origin: session.origin,
        disposition: disposition(session),
        result: session.records[0].call.result.clone(),
        caller: ends.caller,
        called: ends.called,
        customer_number: ends.customer_number,
        customer_name: ends.customer_name,
        company_number: ends.company_number,
        answered_by: first.map(|(user, _)| user),
        answered_at: answer_ms.map(moment),
        wait_ms: (answer_ms.unwrap_or(end_ms) - session.master().start_ms).max(0),
        talk_ms: talk.total_ms,
        first_queue: None,
        queue_visits: 0,
        offers: 0,
        refused: 0,
        transfers: transfers as u32,
        hops: users.saturating_sub(1),
        legs: session.parts.len() as u32,
        records: session.records.len() as u32,
        recorded: false,
        voicemail: session.has_voicemail(),
        after_hours: None,
        cost: cost(session.records.iter().map(|record| &record.call)),
    }
}

fn leg<'a>(
    session: &Session<'_, 'a>,
    order: u32,
    part: &Part<'_, 'a>,
    company: &impl Company,
) -> Leg<'a> {
    let call = part.call;
    let number = |party: &Party<'a>| {
        let number = party.number.as_ref().and_then(|number| key(number, company));
        number.or_else(|| party.extension_number.clone())
    };
    Leg {
        order,
        call: session.records[part.record].id_text(),
        master: part.master,
        started: moment(part.start_ms),
        duration_ms: part.end_ms - part.start_ms,
        leg_type: call.leg_type.clone(),
        action: call.action.clone(),
        direction: call.direction.clone(),
        result: call.result.clone(),
        reason: call.reason.clone(),
        extension: part.owner,
        from_number: number(&call.from),
        to_number: number(&call.to),
        answered: part.speaker.is_some() && !part.spans,
    }
}
