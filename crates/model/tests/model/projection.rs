//! Extensions' own logs, made from the company's, beside those that the company says they have.

use std::collections::BTreeSet;

use callbook_model::{ExtensionId, Projected, project, projected_id, unprojected_id};
use callbook_synth::{Company, Config, ExtensionKind, Scope, View};
use serde_json::Value;

fn company(seed: u64) -> Company {
    Company::new(Config {
        seed,
        users: 4 + 2 * seed as u32,
        calls: 500,
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
    for name in ["id", "uri", "partyId", "delegationType", "billing"] {
        members.remove(name);
    }
    for leg in members["legs"].as_array_mut().unwrap() {
        leg.as_object_mut().unwrap().retain(|name, _| LEG.contains(&name.as_str()));
    }
    if members.get("x-sandbox").is_some_and(|odd| odd == "unknown-enum") {
        members.remove("action");
        members.remove("result");
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

/// What an archive of the company makes of its log for an extension, and how many records repeat others.
fn made(account: &[String], extension: ExtensionId) -> (Vec<Value>, usize) {
    let each = account.iter().filter_map(|record| project(record, extension));
    let all: Vec<Projected> = each.collect();
    let own = all.iter().filter(|own| !all.iter().any(|other| own.repeats(other)));
    let read = |own: &Projected| {
        let record: Value = serde_json::from_str(&own.json).unwrap();
        let start: jiff::Timestamp = record["startTime"].as_str().unwrap().parse().unwrap();
        assert_eq!(start.as_millisecond(), own.start_ms);
        record
    };
    let own: Vec<Value> = own.map(read).collect();
    let repeated = all.len() - own.len();
    (own, repeated)
}

/// In one order, whatever began in the same millisecond.
fn sorted(records: impl Iterator<Item = Value>) -> Vec<String> {
    let mut texts: Vec<String> = records.map(|record| record.to_string()).collect();
    texts.sort();
    texts
}

#[test]
fn they_are_those_that_the_company_has() {
    let (mut same, mut transfers) = (0, 0);
    for seed in 1..=8 {
        let company = company(seed);
        let account: Vec<String> =
            company.entries(Scope::Account).records(View::Detailed).collect();
        let mut ids = BTreeSet::new();
        for extension in company.extensions() {
            let id = ExtensionId(extension.id);
            let (made, repeated) = made(&account, id);
            assert!(made.iter().all(|made| ids.insert(made["id"].to_string())));
            transfers += repeated;
            let truth = log(&company, Scope::Extension(extension.id)).into_iter();
            // Nothing in the company's record says which queue asked for it.
            let queue = extension.kind == ExtensionKind::Queue;
            let truth = truth.filter(|record| !queue || record["action"] != "Call Return");
            let comparable = |mut record: Value| {
                // Nor that a menu is nobody to record.
                if extension.kind == ExtensionKind::Ivr {
                    record.as_object_mut().unwrap().remove("shortRecording");
                }
                comparable(record)
            };
            let made = sorted(made.into_iter().map(comparable));
            let truth = sorted(truth.map(comparable));
            let extra = made.iter().find(|made| truth.binary_search(made).is_err());
            let missing = truth.iter().find(|truth| made.binary_search(truth).is_err());
            assert_eq!((extra, missing), (None, None), "{id} of seed {seed}");
            assert_eq!(made.len(), truth.len(), "{id} of seed {seed}");
            same += truth.len();
        }
    }
    assert!(same > 5_000 && transfers > 20, "{same} and {transfers}");
}

#[test]
fn an_id_leads_back_to_the_record_that_it_was_made_from() {
    let id = projected_id("x7-i", ExtensionId(42));
    assert_eq!(unprojected_id(&id, ExtensionId(42)), Some("x7-i"));
    for (id, extension) in [("x7-i-42", 2), ("x7", 42), ("42", 42)] {
        assert_eq!(unprojected_id(id, ExtensionId(extension)), None, "{id}");
    }
}

#[test]
fn a_link_with_an_escape_in_it_is_still_json() {
    let record = r#"{"id":"a","uri":"http://x/call-log/a\"b","startTime":"2024-01-01T00:00:00Z","extension":{"id":1}}"#;
    let made = project(record, ExtensionId(1)).unwrap();
    let made: Value = serde_json::from_str(&made.json).unwrap();
    assert_eq!(made["uri"], "http://x/extension/1/call-log/a-1\"b");
}
