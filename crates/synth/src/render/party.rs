//! The ends of a call.

use super::json::Json;
use super::oddities::Oddities;
use super::uri::Uris;
use crate::company::{Company, Desk};
use crate::plan::Party;
use crate::terms::Direction;

/// Which end is being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    From,
    To,
}

/// Writes `from` or `to`.
pub(super) fn party(
    json: &mut Json,
    company: &Company,
    oddities: &Oddities,
    direction: Direction,
    side: Side,
    party: Party,
) {
    let key = if side == Side::From { "from" } else { "to" };
    json.object_at(key, |json| {
        match party {
            Party::Contact(contact) => contact_fields(json, company, direction, side, contact),
            Party::Withheld => json.text("name", "Anonymous"),
            Party::Number(number) => number_fields(json, company, number),
            Party::Direct(desk) => direct_fields(json, company, desk),
            Party::Desk(desk) => desk_fields(json, company.people().desk(desk)),
            Party::Device(desk, device) => device_fields(json, company, desk, device),
            Party::Mobile(desk) => mobile_fields(json, company.people().desk(desk)),
            Party::Bridge => json.text("name", "Conference Bridge"),
        }
        if let Some(fields) = oddities.party_fields(side == Side::From) {
            json.raw_fields(fields);
        }
    });
}

fn contact_fields(
    json: &mut Json,
    company: &Company,
    direction: Direction,
    side: Side,
    contact: u32,
) {
    let contact = &company.contacts()[contact as usize];
    json.text("phoneNumber", &contact.written);
    json.optional_text("name", contact.name.as_deref());
    json.optional_text("location", contact.location);
    match (side, direction) {
        (Side::From, Direction::Inbound) => json.text("dialerPhoneNumber", &contact.number),
        (Side::To, Direction::Outbound) => json.text("dialedPhoneNumber", &contact.number),
        _ => {}
    }
}

fn number_fields(json: &mut Json, company: &Company, number: u32) {
    let people = company.people();
    let number = &people.numbers[number as usize];
    json.text("phoneNumber", &number.number);
    match number.desk {
        Some(desk) => desk_fields(json, people.desk(desk)),
        None => json.optional_text("location", number.location),
    }
}

fn direct_fields(json: &mut Json, company: &Company, desk: u32) {
    let people = company.people();
    let desk = people.desk(desk);
    if let Some(number) = desk.direct {
        let number = &people.numbers[number as usize];
        json.text("phoneNumber", &number.number);
        json.optional_text("location", number.location);
    }
    desk_fields(json, desk);
}

fn desk_fields(json: &mut Json, desk: &Desk) {
    json.text("extensionNumber", &desk.number);
    json.format("extensionId", format_args!("{}", desk.id));
    json.text("name", &desk.name);
}

fn device_fields(json: &mut Json, company: &Company, desk: u32, device: u8) {
    let desk = company.people().desk(desk);
    desk_fields(json, desk);
    let id = desk.id / 10 + 100_000_000 + u64::from(device);
    json.object_at("device", |json| {
        json.format("id", format_args!("{id}"));
        Uris::new(company).device(json, id);
    });
}

fn mobile_fields(json: &mut Json, desk: &Desk) {
    json.text("phoneNumber", &desk.mobile);
    json.text("name", &desk.name);
}
