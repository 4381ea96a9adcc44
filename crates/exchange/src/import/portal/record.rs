//! A row of the portal as a record.

use std::collections::HashMap;

use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::Company;
use super::header::{Field, Header};
use super::moment::{length_s, start};
use super::party::End;
use crate::import::Clock;

/// Why a row is no call.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Odd {
    #[error("no readable date and time, or a weekday that does not fit the date")]
    NoStart,
    #[error("no readable duration")]
    NoDuration,
}

/// How often each call was seen in the file: two rows may be equal, and are two calls.
#[derive(Debug, Default)]
pub(super) struct Known(HashMap<[u8; 16], u32>);

/// Makes a record of a row. Its id comes from what every form of the file has of a call, so that it is the same
/// when the file is read again, or another one that has the call as well.
pub(super) fn record(
    header: &Header,
    row: &[String],
    company: &Company,
    clock: &Clock,
    known: &mut Known,
) -> Result<String, Odd> {
    let cell = |field| header.cell(row, field);
    let start = moment(header, row, clock).ok_or(Odd::NoStart)?;
    let duration_s = length_s(cell(Field::Duration)).ok_or(Odd::NoDuration)?;
    let in_type = cell(Field::Type).and_then(direction);
    let direction = cell(Field::Direction).and_then(direction).or(in_type);
    let (from, to) = ends(header, row, company, direction);
    let far = if direction == Some("Outbound") { &to } else { &from };
    let number = far.number.as_ref().or(far.extension.as_ref()).or(far.name.as_ref());
    let id = known.id(start, direction, number.map(String::as_str), duration_s);

    let mut record = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        record.extend(value.map(|value| (name.to_owned(), value)));
    };
    put("id", Some(id.into()));
    put("startTime", Some(start.to_string().into()));
    put("duration", Some(duration_s.into()));
    put("type", cell(Field::Type).filter(|_| in_type.is_none()).map(Value::from));
    put("direction", direction.map(Value::from));
    put("action", cell(Field::Action).map(Value::from));
    put("result", cell(Field::Result).map(Value::from));
    put("reasonDescription", cell(Field::Reason).map(Value::from));
    put("from", Some(from.to_json()));
    put("to", Some(to.to_json()));
    // Calls are found by it.
    let own = if direction == Some("Outbound") { &from } else { &to };
    let extension = own.extension.as_ref().and_then(|number| company.extensions.get(number));
    put("extension", extension.map(|id| json!({ "id": id })));
    let row: Vec<_> = header.named(row).collect();
    put("imported", Some(json!({ "from": "portal", "row": row })));
    Ok(Value::Object(record).to_string())
}

/// When the call began, from one cell or two.
fn moment(header: &Header, row: &[String], clock: &Clock) -> Option<Timestamp> {
    let cell = |field| header.cell(row, field);
    match (cell(Field::Start), cell(Field::Date), cell(Field::Time)) {
        (Some(both), ..) => start(both, clock),
        (_, Some(date), Some(time)) => start(&format!("{date} {time}"), clock),
        _ => None,
    }
}

fn direction(text: &str) -> Option<&'static str> {
    match text.to_lowercase().as_str() {
        "in" | "inbound" | "incoming" => Some("Inbound"),
        "out" | "outbound" | "outgoing" => Some("Outbound"),
        _ => None,
    }
}

/// Who called and who was called. Where there is one number alone, it is the far end's.
fn ends(header: &Header, row: &[String], company: &Company, direction: Option<&str>) -> (End, End) {
    let read = |field| End::read(header.cell(row, field), company.home);
    let name = |field| header.cell(row, field);
    let far = read(Field::Number).named(name(Field::Name));
    let own = read(Field::Extension);
    let from = read(Field::From).named(name(Field::FromName));
    let to = read(Field::To).named(name(Field::ToName));
    match direction {
        Some("Outbound") => (from.or(own), to.or(far)),
        _ => (from.or(far), to.or(own)),
    }
}

impl Known {
    fn id(
        &mut self,
        start: Timestamp,
        direction: Option<&str>,
        far: Option<&str>,
        duration_s: i64,
    ) -> String {
        // Some forms have no seconds.
        let minute = TimestampRound::new().smallest(Unit::Minute).mode(RoundMode::Trunc);
        let minute = start.round(minute).unwrap_or(start);
        let says = json!([minute.as_second(), direction, far, duration_s]).to_string();
        let hash = Sha256::digest(says);
        let mut key = [0; 16];
        key.copy_from_slice(&hash[..16]);
        let before = self.0.entry(key).or_default();
        *before += 1;
        let digits: String = key[..10].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("portal-{digits}-{before}")
    }
}
