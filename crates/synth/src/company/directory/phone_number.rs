//! The company's numbers.

use serde_json::{Value, json};

use super::{base, country};
use crate::Config;
use crate::company::numbers::{CompanyNumber, Usage};
use crate::company::people::People;

pub(in crate::company) fn phone_numbers(config: &Config, people: &People) -> Vec<Value> {
    (0..)
        .zip(&people.numbers)
        .map(|(at, number)| phone_number(config, people, at, number))
        .collect()
}

fn number_id(people: &People, position: u64) -> u64 {
    people.account_id + 500_000_000_000 + position * 1000
}

fn phone_number(config: &Config, people: &People, position: u64, number: &CompanyNumber) -> Value {
    let base = base(config, people);
    let id = number_id(people, position);
    let mut value = json!({
        "uri": format!("{base}/phone-number/{id}"),
        "id": id,
        "phoneNumber": number.number,
        "paymentType": if number.usage == Usage::TollFree { "TollFree" } else { "Local" },
        "status": "Normal",
        "type": if number.usage == Usage::Fax { "FaxOnly" } else { "VoiceFax" },
        "usageType": usage_type(number.usage),
        "primary": number.usage == Usage::Main,
    });
    if let Some(location) = number.location {
        value["location"] = json!(location);
    }
    if let Some(desk) = number.desk.map(|desk| people.desk(desk)) {
        value["extension"] = json!({
            "id": desk.id,
            "uri": format!("{base}/extension/{}", desk.id),
            "name": desk.name,
            "extensionNumber": desk.number,
        });
    }
    value
}

fn usage_type(usage: Usage) -> &'static str {
    match usage {
        Usage::Main => "MainCompanyNumber",
        Usage::Company => "CompanyNumber",
        Usage::Fax => "CompanyFaxNumber",
        Usage::TollFree | Usage::Direct => "DirectNumber",
    }
}

/// The company's shared numbers and the extension's own.
pub(in crate::company) fn extension_phone_numbers(
    config: &Config,
    people: &People,
    id: u64,
) -> Vec<Value> {
    if !people.desks.iter().any(|desk| desk.id == id) {
        return vec![];
    }
    let shared = |number: &CompanyNumber| number.usage == Usage::Main;
    let own = |number: &CompanyNumber| number.desk.is_some_and(|desk| people.desk(desk).id == id);
    (0..)
        .zip(&people.numbers)
        .filter(|(_, number)| shared(number) || own(number))
        .map(|(position, number)| {
            let mut value = phone_number(config, people, position, number);
            value["country"] = country(config, number.site);
            value["features"] = json!(["CallerId"]);
            value
        })
        .collect()
}
