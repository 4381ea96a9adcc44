//! Every filter, alone and combined, against a scan of the records themselves.
//!
//! The scan reads the JSON that the company renders and not the facts that the sandbox filters by,
//! so that a filter and its expectation cannot be wrong in the same way.

use callbook_synth::{Company, Scope, View};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::server::{Server, ids};

/// One combination of parameters.
#[derive(Debug, Clone)]
struct Query {
    extension_log: bool,
    from_ms: i64,
    to_ms: i64,
    direction: Vec<&'static str>,
    call_type: Option<&'static str>,
    transport: Option<&'static str>,
    recording: Option<&'static str>,
    hide_blocked: bool,
    show_deleted: bool,
    party: Party,
}

#[derive(Debug, Clone)]
enum Party {
    Anybody,
    ExtensionNumber(usize),
    PhoneNumber(usize),
    Session(usize),
    TelephonySession(usize),
    Category,
}

const FIRST_MS: i64 = 1_701_388_800_000;
const LAST_MS: i64 = 1_709_251_200_000;

fn party() -> impl Strategy<Value = Party> {
    prop_oneof![
        4 => Just(Party::Anybody),
        2 => any::<usize>().prop_map(Party::ExtensionNumber),
        2 => any::<usize>().prop_map(Party::PhoneNumber),
        1 => any::<usize>().prop_map(Party::Session),
        1 => any::<usize>().prop_map(Party::TelephonySession),
        1 => Just(Party::Category),
    ]
}

fn query() -> impl Strategy<Value = Query> {
    let span = (FIRST_MS..LAST_MS, FIRST_MS..LAST_MS);
    let directions = prop_oneof![
        Just(vec![]),
        Just(vec!["Inbound"]),
        Just(vec!["Outbound"]),
        Just(vec!["Inbound", "Outbound"])
    ];
    let call_types = prop::option::weighted(0.3, prop::sample::select(vec!["Voice", "Fax"]));
    let transports = prop::option::weighted(0.3, prop::sample::select(vec!["PSTN", "VoIP"]));
    let recordings = prop::sample::select(vec!["Automatic", "OnDemand", "All"]);
    let recordings = prop::option::weighted(0.3, recordings);
    let flags = any::<[bool; 3]>();
    (span, directions, call_types, transports, recordings, flags, party()).prop_map(
        |((a, b), direction, call_type, transport, recording, flags, party)| {
            let [extension_log, hide_blocked, show_deleted] = flags;
            let (from_ms, to_ms) = (a.min(b), a.max(b));
            Query {
                extension_log,
                from_ms,
                to_ms,
                direction,
                call_type,
                transport,
                recording,
                hide_blocked,
                show_deleted,
                party,
            }
        },
    )
}

/// A record as the company renders it, parsed.
struct Known {
    start_ms: i64,
    json: Value,
    blocked: bool,
}

fn known(company: &Company, scope: Scope) -> Vec<Known> {
    let newest_first = company.entries(scope).iter().rev();
    newest_first
        .map(|entry| Known {
            start_ms: entry.start_ms,
            json: serde_json::from_str(&company.record(&entry, View::Detailed)).unwrap(),
            blocked: company.facts(&entry).blocked,
        })
        .collect()
}

/// The record and its legs.
fn parts(record: &Value) -> impl Iterator<Item = &Value> {
    std::iter::once(record).chain(record["legs"].as_array().into_iter().flatten())
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn has_phone_number(record: &Value, wanted: &str) -> bool {
    let ends =
        parts(record).flat_map(|part| [&part["from"]["phoneNumber"], &part["to"]["phoneNumber"]]);
    ends.filter_map(Value::as_str).any(|number| digits(number) == wanted)
}

fn has_extension(company: &Company, record: &Value, number: &str) -> bool {
    let id: u64 = company.extensions().iter().find(|e| e.number == number).unwrap().id;
    let id_text = id.to_string();
    parts(record).any(|part| {
        part["extension"]["id"] == id
            || ["from", "to"].iter().any(|end| {
                part[end]["extensionNumber"] == number
                    || part[end]["extensionId"] == id_text.as_str()
            })
    })
}

impl Query {
    fn scope(&self, company: &Company) -> Scope {
        match self.extension_log {
            true => Scope::Extension(company.extensions()[0].id),
            false => Scope::Account,
        }
    }

    /// What the party parameter is set to: something that occurs in the log.
    fn party(&self, company: &Company, records: &[Known]) -> Option<(&'static str, String)> {
        let pick = |index: usize| &records[index % records.len()].json;
        let field = |index, name: &str| pick(index)[name].as_str().unwrap().to_owned();
        match self.party {
            Party::Anybody => None,
            Party::ExtensionNumber(index) => {
                let numbered: Vec<_> =
                    company.extensions().iter().filter(|e| !e.number.is_empty()).collect();
                Some(("extensionNumber", numbered[index % numbered.len()].number.clone()))
            }
            Party::PhoneNumber(index) => {
                let from = pick(index)["from"]["phoneNumber"].as_str().unwrap_or("+12025550199");
                Some(("phoneNumber", digits(from)))
            }
            Party::Session(index) => Some(("sessionId", field(index, "sessionId"))),
            Party::TelephonySession(index) => {
                Some(("telephonySessionId", field(index, "telephonySessionId")))
            }
            Party::Category => {
                let categories =
                    records.iter().find_map(|r| r.json["metadataCategories"][0].as_str());
                Some(("metadataCategory", categories.unwrap_or("none").to_owned()))
            }
        }
    }

    fn parameters(&self, party: Option<&(&'static str, String)>) -> Vec<(&'static str, String)> {
        let date = |ms| Timestamp::from_millisecond(ms).unwrap().to_string();
        let mut parameters = vec![("dateFrom", date(self.from_ms)), ("dateTo", date(self.to_ms))];
        parameters.extend(self.direction.iter().map(|d| ("direction", (*d).to_owned())));
        parameters.extend(self.call_type.map(|value| ("type", value.to_owned())));
        parameters.extend(self.transport.map(|value| ("transport", value.to_owned())));
        parameters.extend(self.recording.map(|value| ("recordingType", value.to_owned())));
        parameters.push(("showBlocked", (!self.hide_blocked).to_string()));
        parameters.push(("showDeleted", self.show_deleted.to_string()));
        parameters.push(("perPage", "max".to_owned()));
        parameters.extend(party.cloned());
        parameters
    }

    fn expects(&self, company: &Company, known: &Known, party: Option<&(&str, String)>) -> bool {
        let record = &known.json;
        let is = |field: &str, wanted: &str| record[field] == wanted;
        (self.from_ms..self.to_ms).contains(&known.start_ms)
            && (self.direction.is_empty() || self.direction.iter().any(|d| is("direction", d)))
            && self.call_type.is_none_or(|wanted| is("type", wanted))
            && (self.show_deleted || record["deleted"] != true)
            // These two exist for extension logs only.
            && (!self.extension_log || self.transport.is_none_or(|wanted| is("transport", wanted)))
            && !(self.extension_log && self.hide_blocked && known.blocked)
            && self.recording.is_none_or(|wanted| match record.get("recording") {
                Some(recording) => wanted == "All" || recording["type"] == wanted,
                None => false,
            })
            && party.is_none_or(|(name, value)| match *name {
                "extensionNumber" => has_extension(company, record, value),
                "phoneNumber" => has_phone_number(record, value),
                "metadataCategory" => {
                    let categories = record["metadataCategories"].as_array();
                    categories.is_some_and(|c| c.contains(&value.as_str().into()))
                }
                field => record[field] == value.as_str(),
            })
    }
}

#[tokio::test]
async fn random_combinations_give_what_a_scan_gives() {
    let server = Server::start().await;
    let token = server.admin_token().await;
    let company = &*server.company;
    let account = known(company, Scope::Account);
    let own = known(company, Scope::Extension(company.extensions()[0].id));
    let mut runner = TestRunner::deterministic();
    let mut matched = 0;
    for _ in 0..200 {
        let query = query().new_tree(&mut runner).unwrap().current();
        let (path, records) = match query.scope(company) {
            Scope::Account => ("/account/~/call-log", &account),
            Scope::Extension(_) => ("/account/~/extension/~/call-log", &own),
        };
        let party = query.party(company, records);
        let parameters = query.parameters(party.as_ref());
        let request = server.get(path, &token).query(&parameters);
        let page: Value = request.send().await.unwrap().json().await.unwrap();
        let expected: Vec<&str> = records
            .iter()
            .filter(|known| query.expects(company, known, party.as_ref()))
            .map(|known| known.json["id"].as_str().unwrap())
            .collect();
        assert_eq!(page["paging"]["totalElements"], expected.len(), "{path} {parameters:?}");
        assert_eq!(ids(&page), expected[..expected.len().min(1_000)], "{path} {parameters:?}");
        matched += usize::from(!expected.is_empty());
    }
    assert!(matched > 80, "only {matched} of 200 combinations matched anything");
}
