//! Facts say what the record's text says.

use callbook_synth::{ExtensionKind, Facts, View};
use serde_json::Value;

use crate::support::{company, ids_of, legs, ms, parsed, scopes};

/// The digits of a number as a record writes it, with `+`.
fn plain(written: &str) -> String {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let country = if written.starts_with('(') { "1" } else { "" };
    format!("+{country}{digits}")
}

fn check_party(facts: &Facts, party: &Value) {
    if let Some(number) = party["phoneNumber"].as_str() {
        assert!(facts.phone_numbers.contains(&plain(number)), "{number} in {facts:?}");
    }
    if let Some(id) = party["extensionId"].as_str() {
        assert!(facts.extension_ids.contains(&id.parse().unwrap()), "{id} in {facts:?}");
    }
    if let Some(number) = party["extensionNumber"].as_str() {
        assert!(facts.extension_numbers.iter().any(|known| known == number));
    }
}

#[test]
fn facts_and_records_agree_in_every_log() {
    let company = company(41, 25, 900);
    for scope in scopes(&company) {
        for entry in company.entries(scope).iter() {
            let facts = company.facts(&entry);
            let record = parsed(&company, &entry, View::Detailed);
            assert_eq!(record["direction"], facts.direction.as_str());
            assert_eq!(record["type"], facts.call_type.as_str());
            assert_eq!(record["transport"], facts.transport.as_str());
            assert_eq!(record["sessionId"], facts.session_id);
            assert_eq!(record["telephonySessionId"], facts.telephony_session_id);
            assert_eq!(record["recording"]["type"].as_str(), facts.recording.map(|m| m.as_str()));
            assert_eq!(record.get("deleted").is_some(), facts.deleted);
            assert_eq!(ms(&record, "lastModifiedTime"), facts.modified_ms);
            assert!(facts.end_ms >= entry.start_ms && facts.end_ms < facts.modified_ms);
            if record.get("x-sandbox").is_none() {
                assert_eq!(record["result"] == "Blocked", facts.blocked);
            }
            for side in [&record, &legs(&record)[legs(&record).len() - 1]] {
                check_party(&facts, &side["from"]);
                check_party(&facts, &side["to"]);
            }
        }
    }
}

#[test]
fn only_calls_that_concern_an_extension_stand_in_its_log() {
    let company = company(42, 25, 500);
    for id in ids_of(&company, ExtensionKind::User) {
        for entry in company.entries(callbook_synth::Scope::Extension(id)).iter() {
            assert!(company.facts(&entry).extension_ids.contains(&id));
        }
    }
}
