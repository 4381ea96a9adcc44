//! From records to rows.

use callbook_model::ExtensionId;
use jiff::Timestamp;

use crate::cost::cost;
use crate::disposition::disposition;
use crate::ends::{Ends, key};
use crate::offer::{Open, offers};
use crate::recording::recordings;
use crate::row::{Derived, Interaction, Kind, Leg, Offer, QueueVisit, Source};
use crate::session::{Part, Session, Union, moment};
use crate::visit::{rows, visits};
use crate::wire::Party;
use crate::{Company, Record};

/// The rows of one interaction, from all records of the account's log that share a [session](Record::session), in any
/// order. `None` while the call goes on, or if all records are deleted.
#[must_use]
pub fn derive<'a, C: Company>(records: &[Record<'a>], company: &'a C) -> Option<Derived<'a>> {
    let session = Session::new(records, company)?;
    let (offers, queue_visits) = offered(&session);
    let recordings = recordings(&session);
    let known = session.parts.iter().filter(|_| !session.is_imported());
    let legs = (0..).zip(known).map(|(order, part)| leg(&session, order, part, company));
    let legs: Vec<_> = legs.collect();
    let (recorded, many) = (!recordings.is_empty(), legs.len());
    let parts = Parts { offers: &offers, visits: &queue_visits, legs: many, recorded };
    let interaction = interaction(&session, company, &parts);
    Some(Derived { interaction, legs, offers, queue_visits, recordings })
}

/// What an interaction's row counts of its parts' rows.
struct Parts<'p> {
    offers: &'p [Offer],
    visits: &'p [QueueVisit],
    legs: usize,
    recorded: bool,
}

impl Parts<'_> {
    fn queue(&self) -> Option<ExtensionId> {
        self.visits.first().map(|visit| visit.queue)
    }

    fn refused(&self) -> usize {
        self.offers.iter().filter(|offer| offer.outcome.is_refused()).count()
    }
}

/// Who spoke, and for how long.
#[derive(Default)]
struct Speech {
    first: Option<ExtensionId>,
    answer_ms: Option<i64>,
    talk_ms: i64,
    hops: u32,
}

impl Speech {
    fn of(session: &Session<'_, '_>) -> Self {
        if session.is_imported() {
            return Self::default();
        }
        let (mut talk, mut users) = (Union::default(), Vec::with_capacity(2));
        for (user, part) in session.answers() {
            talk.add(part);
            if !users.contains(&user) {
                users.push(user);
            }
        }
        Self {
            first: users.first().copied(),
            answer_ms: session.answers().next().map(|(_, part)| part.start_ms),
            talk_ms: talk.total_ms,
            hops: users.len().saturating_sub(1) as u32,
        }
    }
}

/// Whether a call began outside the hours of its queue, else of the company.
fn after_hours(company: &impl Company, queue: Option<ExtensionId>, at: Timestamp) -> Option<bool> {
    let own = queue.and_then(|queue| company.hours(Some(queue), at));
    own.or_else(|| company.hours(None, at)).map(|hours| !hours.is_open(at))
}

/// Offers to users and visits to queues; nobody is offered a fax, and a row of the portal's tells of none.
fn offered(session: &Session<'_, '_>) -> (Vec<Offer>, Vec<QueueVisit>) {
    if session.kind == Kind::Fax || session.is_imported() {
        return (vec![], vec![]);
    }
    let mut offers = offers(session);
    let visits = visits(session, &mut offers);
    let row = |offer: &Open| offer.row(offer.visit.map(|place| visits[place].queue));
    let offers = offers.iter().map(row).collect();
    (offers, rows(session, visits))
}

fn interaction<'a, C: Company>(
    session: &Session<'_, 'a>,
    company: &'a C,
    parts: &Parts<'_>,
) -> Interaction<'a> {
    let (first, at) = (session.records[0], moment(session.master().start_ms));
    let (ends, speech) = (Ends::of(session, company, at), Speech::of(session));
    Interaction {
        session: first.session().clone(),
        source: if session.is_imported() { Source::Portal } else { Source::RingCentral },
        calls: session.records.iter().map(|record| record.id_text()).collect(),
        started: moment(session.start_ms()),
        ended: moment(session.end_ms()),
        duration_ms: session.end_ms() - session.start_ms(),
        kind: session.kind,
        direction: session.direction,
        origin: session.origin,
        disposition: disposition(session),
        result: first.call.result.clone(),
        caller: ends.caller,
        called: ends.called,
        customer_number: ends.customer_number,
        customer_name: ends.customer_name,
        company_number: ends.company_number,
        answered_by: speech.first,
        answered_at: speech.answer_ms.map(moment),
        wait_ms: session.wait_ms(speech.answer_ms),
        talk_ms: speech.talk_ms,
        first_queue: parts.queue(),
        queue_visits: parts.visits.len() as u32,
        offers: parts.offers.len() as u32,
        refused: parts.refused() as u32,
        transfers: session.parts.iter().filter(|part| part.is_transfer()).count() as u32,
        hops: speech.hops,
        legs: parts.legs as u32,
        records: session.records.len() as u32,
        recorded: parts.recorded,
        voicemail: session.has_voicemail(),
        after_hours: if session.is_imported() {
            None
        } else {
            after_hours(company, parts.queue(), at)
        },
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
