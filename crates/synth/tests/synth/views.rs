//! The two views, and the same call in several logs.

use std::collections::HashMap;

use callbook_synth::{Scope, View};
use serde_json::Value;

use crate::support::{company, is_voice, legs, ms, records, scopes};

#[test]
fn the_detailed_view_is_the_simple_one_with_three_fields_more() {
    let company = company(21, 20, 700);
    for scope in scopes(&company) {
        let entries = company.entries(scope);
        for (simple, detailed) in entries.records(View::Simple).zip(entries.records(View::Detailed))
        {
            let start = simple.replace("?view=Simple", "?view=Detailed");
            let start = start.strip_suffix('}').unwrap();
            let rest = detailed.strip_prefix(start).unwrap();
            let rest: Value = serde_json::from_str(&format!("{{{}", &rest[1..])).unwrap();
            let keys: Vec<&str> = rest.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(keys, ["billing", "lastModifiedTime", "legs"]);
        }
    }
}

#[test]
fn every_record_names_its_own_log() {
    let company = company(22, 20, 300);
    let account = format!("http://127.0.0.1:8710/restapi/v1.0/account/{}", company.account_id());
    for scope in scopes(&company) {
        let log = match scope {
            Scope::Account => format!("{account}/call-log/"),
            Scope::Extension(id) => format!("{account}/extension/{id}/call-log/"),
        };
        for record in records(&company, scope) {
            let id = record["id"].as_str().unwrap();
            assert_eq!(record["uri"], format!("{log}{id}?view=Detailed"));
            if let Scope::Extension(id) = scope {
                assert_eq!(record["extension"]["id"], id);
            }
            assert!(ms(&record, "lastModifiedTime") >= ms(&record, "startTime") + 15_000);
        }
    }
}

/// The records of all extensions' logs by telephony session.
fn by_session(company: &callbook_synth::Company) -> HashMap<String, Vec<Value>> {
    let mut sessions: HashMap<String, Vec<Value>> = HashMap::new();
    for scope in scopes(company).into_iter().skip(1) {
        for record in records(company, scope) {
            let session = record["telephonySessionId"].as_str().unwrap().to_owned();
            sessions.entry(session).or_default().push(record);
        }
    }
    sessions
}

#[test]
fn an_internal_call_is_outbound_here_and_inbound_there() {
    let company = company(23, 20, 1500);
    let sessions = by_session(&company);
    let mut seen = 0;
    for call in records(&company, Scope::Account) {
        let internal = legs(&call).iter().all(|leg| leg["legType"] == "ExtensionToExtension");
        if !internal || call.get("transferee").is_some() {
            continue;
        }
        seen += 1;
        let own = &sessions[call["telephonySessionId"].as_str().unwrap()];
        let mut directions: Vec<&str> =
            own.iter().map(|record| record["direction"].as_str().unwrap()).collect();
        directions.sort_unstable();
        assert_eq!(directions, ["Inbound", "Outbound"]);
        assert_eq!(call["direction"], "Outbound");
    }
    assert!(seen > 50, "{seen} internal calls");
}

#[test]
fn members_who_rang_in_vain_have_no_missed_call_when_another_answered() {
    let company = company(24, 40, 3000);
    let mut lost = 0;
    for record in by_session(&company).into_values().flatten() {
        let elsewhere = record["result"] == "Stopped" || record["result"] == "Answered Elsewhere";
        if elsewhere && legs(&record)[0]["legType"] == "RingDirectly" {
            assert_eq!(record["direction"], "Inbound");
            assert!(record.get("recording").is_none());
            lost += 1;
        }
    }
    assert!(lost > 500, "{lost} lost offers");
}

#[test]
fn every_session_of_an_extension_stands_in_the_account() {
    let company = company(25, 20, 800);
    let account: HashMap<String, Value> = records(&company, Scope::Account)
        .into_iter()
        .map(|record| (record["telephonySessionId"].as_str().unwrap().to_owned(), record))
        .collect();
    for (session, records) in by_session(&company) {
        for record in records {
            let whole = &account[&session];
            assert_eq!(record["type"], whole["type"]);
            assert!(is_voice(&record) || record["message"]["type"] == "Fax");
        }
    }
}
