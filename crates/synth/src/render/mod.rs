//! A record's JSON text.
//!
//! Both views have the same fields in the same order; the detailed one has three more at the end.

mod attachments;
mod json;
mod oddities;
mod party;
mod uri;

use crate::View;
use crate::company::Company;
use crate::phone::Country;
use crate::plan::{CallPlan, Leg, Party, party_number};
use crate::terms::{Action, InternalType};
use crate::view::Seen;
use json::Json;
use oddities::Oddities;
use party::{Side, party};
use uri::Uris;

/// Everything a record is written from.
struct Writer<'a> {
    company: &'a Company,
    plan: &'a CallPlan,
    seen: &'a Seen<'a>,
    oddities: Oddities,
    uris: Uris<'a>,
}

/// The JSON text of one record.
pub(crate) fn record(company: &Company, plan: &CallPlan, seen: &Seen<'_>, view: View) -> String {
    let oddities = Oddities::new(company.config().seed, plan.call);
    let writer = Writer { company, plan, seen, oddities, uris: Uris::new(company) };
    let capacity = if view == View::Simple { 1600 } else { 1800 + 900 * plan.record.legs.len() };
    let mut json = Json::with_capacity(capacity);
    json.object(|json| {
        writer.identity(json, view);
        writer.call(json);
        writer.attachments(json);
        writer.extras(json);
        if view == View::Detailed {
            writer.details(json);
        }
    });
    json.finish()
}

impl Writer<'_> {
    fn identity(&self, json: &mut Json, view: View) {
        let own = self.seen.desk.map(|desk| self.company.people().desk(desk).id);
        self.uris.record(json, own, &self.seen.id, view);
        json.text("id", &self.seen.id);
        json.text("sessionId", &self.plan.session_id());
        json.text("telephonySessionId", &self.plan.telephony.telephony_session_id());
        if !self.oddities.one_in(10, 1) {
            let party = self.seen.desk.map_or(self.plan.record.main_party(), party_number);
            json.text("partyId", &self.plan.telephony.party_id(party));
        }
    }

    fn call(&self, json: &mut Json) {
        let (seen, leg) = (self.seen, self.seen.principal);
        json.time("startTime", seen.start_ms);
        json.number("duration", i64::from(seen.duration_ms / 1000));
        json.number("durationMs", seen.duration_ms.into());
        json.text("type", self.plan.record.call_type.as_str());
        json.text("internalType", self.internal_type(leg).as_str());
        json.text("direction", leg.direction.as_str());
        json.text("action", self.oddities.action(leg.action));
        json.text("result", self.oddities.result(seen.outcome));
        if let Some(reason) = seen.reason {
            json.text("reason", reason.as_str());
            json.text("reasonDescription", reason.description());
        }
        self.parties(json, leg);
        self.extension(json, seen.desk.or(leg.owner));
        json.text("transport", leg.transport.as_str());
    }

    fn parties(&self, json: &mut Json, leg: &Leg) {
        let (company, oddities) = (self.company, &self.oddities);
        party(json, company, oddities, leg.direction, Side::To, leg.to);
        party(json, company, oddities, leg.direction, Side::From, leg.from);
    }

    fn extension(&self, json: &mut Json, desk: Option<u32>) {
        let Some(desk) = desk else { return };
        let id = self.company.people().desk(desk).id;
        json.object_at("extension", |json| {
            json.number("id", id as i64);
            self.uris.extension(json, id);
        });
    }

    /// What kind of line a leg used.
    fn internal_type(&self, leg: &Leg) -> InternalType {
        let (company, people) = (self.company, self.company.people());
        if matches!(leg.action, Action::RingOutWeb | Action::RingOutMobile | Action::External) {
            return InternalType::RingOut;
        }
        if let Party::Direct(desk) = leg.to
            && people.desk(desk).direct.is_some_and(|number| people.is_toll_free(number))
        {
            return InternalType::TollFree;
        }
        match (leg.from, leg.to) {
            (Party::Contact(contact), _) | (_, Party::Contact(contact)) => {
                match company.contacts()[contact as usize].country {
                    Country::Us if contact.is_multiple_of(3) => InternalType::Local,
                    Country::Us => InternalType::LongDistance,
                    _ => InternalType::International,
                }
            }
            (Party::Withheld, _) => InternalType::Local,
            _ => InternalType::Sip,
        }
    }

    fn extras(&self, json: &mut Json) {
        match (self.plan.edits, self.oddities.categories()) {
            (0, None) => {}
            (0, Some(categories)) => json.raw("metadataCategories", categories),
            (edits, _) => json.raw("metadataCategories", &format!("[\"Edited/{edits}\"]")),
        }
        if self.oddities.one_in(3, 3) {
            json.yes("finished");
        }
        if self.plan.deleted {
            json.yes("deleted");
        }
        if let Some(fields) = self.oddities.record_fields() {
            json.raw_fields(fields);
        }
        if self.oddities.is_unknown_enum() {
            json.text("x-sandbox", "unknown-enum");
        }
    }

    fn details(&self, json: &mut Json) {
        json.time("lastModifiedTime", self.plan.modified_ms);
        self.billing(json);
        json.array_at("legs", self.seen.legs().enumerate(), |json, (place, leg)| {
            self.leg(json, place, leg);
        });
    }

    fn billing(&self, json: &mut Json) {
        let outside = matches!(self.seen.principal.to, Party::Contact(_));
        json.object_at("billing", |json| match self.internal_type(self.seen.principal) {
            InternalType::International if outside => {
                json.raw("costIncluded", "0.000");
                json.raw("costPurchased", self.oddities.price());
            }
            InternalType::TollFree | InternalType::LongDistance if outside => {
                json.raw("costIncluded", self.oddities.price());
            }
            InternalType::TollFree => json.raw("costIncluded", self.oddities.price()),
            _ => json.raw("costIncluded", "0.000"),
        });
    }

    /// Writes the leg at a place of this log's legs; the one at place 0 is the master.
    fn leg(&self, json: &mut Json, place: usize, leg: &Leg) {
        json.time("startTime", self.plan.start_ms + i64::from(leg.start_ms));
        json.number("duration", i64::from(leg.duration_ms() / 1000));
        json.number("durationMs", leg.duration_ms().into());
        json.text("type", self.plan.record.call_type.as_str());
        json.text("internalType", self.internal_type(leg).as_str());
        json.text("direction", leg.direction.as_str());
        json.text("action", leg.action.as_str());
        json.text("result", leg.outcome.as_str());
        if let Some(reason) = leg.reason {
            json.text("reason", reason.as_str());
            json.text("reasonDescription", reason.description());
        }
        self.parties(json, leg);
        self.extension(json, leg.owner);
        json.text("telephonySessionId", &self.plan.telephony.telephony_session_id());
        json.text("transport", leg.transport.as_str());
        json.text("legType", leg.leg_type.as_str());
        if place == 0 {
            json.yes("master");
        }
        let records = leg.is_human_answer(self.company.people());
        if let Some(mode) = self.plan.recording.filter(|_| records) {
            self.recording(json, mode);
        }
        if let Some(fields) = self.oddities.leg_fields(place) {
            json.raw_fields(fields);
        }
    }
}
