//! Extensions' own logs, made from the company's, beside those that the company says they have.

use std::collections::{BTreeMap, BTreeSet};

use callbook_model::{ExtensionId, project, projected_id, unprojected_id};
use callbook_synth::{Company, Config, Scope, View};
use serde_json::Value;

fn company() -> Company {
    Company::new(Config {
        seed: 5,
        users: 14,
        calls: 3_000,
        from: "2024-01-01T00:00:00Z".parse().unwrap(),
        until: "2024-03-01T00:00:00Z".parse().unwrap(),
        server_url: "http://a".to_owned(),
        media_url: "http://a".to_owned(),
    })
}

fn log(company: &Company, scope: Scope) -> Vec<Value> {
    let records = company.entries(scope).records(View::Detailed);
    records.map(|record| serde_json::from_str(&record).unwrap()).collect()
}

/// Without our own ids, what only the extension's own record says, and what the company makes odd by a leg's place.
fn comparable(mut record: Value) -> Value {
    let members = record.as_object_mut().unwrap();
    for name in ["id", "uri", "partyId", "delegationType", "billing", "shortRecording"] {
        members.remove(name);
    }
    for leg in members["legs"].as_array_mut().unwrap() {
        leg.as_object_mut().unwrap().retain(|name, _| LEG.contains(&name.as_str()));
    }
    let mut legs = members["legs"].as_array().unwrap().iter();
    // An action that no leg has is one of the company's oddities.
    let known = legs.any(|leg| leg["action"] == members["action"]);
    if !known {
        members.remove("action");
    }
    record
}

const LEG: [&str; 12] = [
    "startTime",
    "durationMs",
    "internalType",
    "direction",
    "action",
    "result",
    "reason",
    "from",
    "to",
    "extension",
    "master",
    "recording",
];

#[test]
fn they_are_those_that_the_company_has() {
    let company = company();
    let account: Vec<String> = company.entries(Scope::Account).records(View::Detailed).collect();
    let (mut same, mut ids) = (0, BTreeSet::new());
    for extension in company.extensions() {
        let id = ExtensionId(extension.id);
        let truth = log(&company, Scope::Extension(extension.id));
        let made: Vec<Value> = account
            .iter()
            .filter_map(|record| project(record, id))
            .map(|made| {
                let record: Value = serde_json::from_str(&made.json).unwrap();
                let start = record["startTime"].as_str().unwrap();
                let start: jiff::Timestamp = start.parse().unwrap();
                assert_eq!(start.as_millisecond(), made.start_ms);
                record
            })
            .collect();
        assert!(made.iter().all(|record| ids.insert(record["id"].as_str().unwrap().to_owned())));
        let session = |record: Value| {
            (record["telephonySessionId"].as_str().unwrap().to_owned(), comparable(record))
        };
        let made: BTreeMap<String, Value> = made.into_iter().map(session).collect();
        let truth: BTreeMap<String, Value> = truth.into_iter().map(session).collect();
        for (session, record) in &truth {
            match made.get(session) {
                Some(made) => {
                    let mut made = made.clone();
                    if record.get("action").is_none() {
                        made.as_object_mut().unwrap().remove("action");
                    }
                    assert_eq!(made, *record, "{session} of {id}");
                }
                // Nothing in the company's record says which queue asked for it.
                None => assert_eq!(record["action"], "Call Return", "{session} of {id}"),
            }
            same += 1;
        }
        assert!(made.keys().all(|session| truth.contains_key(session)), "{id}");
    }
    assert!(same > 5_000, "{same}");
}

#[test]
fn an_id_leads_back_to_the_record_that_it_was_made_from() {
    let id = projected_id("x7-i", ExtensionId(42));
    assert_eq!(unprojected_id(&id, ExtensionId(42)), Some("x7-i"));
    for (id, extension) in [("x7-i-42", 2), ("x7", 42), ("42", 42)] {
        assert_eq!(unprojected_id(id, ExtensionId(extension)), None, "{id}");
    }
}
