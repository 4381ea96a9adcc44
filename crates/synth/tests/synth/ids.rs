//! Ids: distinct over all logs, found again, and hard to mistake.

use std::collections::HashSet;

use callbook_synth::{ExtensionKind, Scope, View};
use proptest::prelude::*;

use crate::support::{company, ids_of, parsed, records, scopes};

#[test]
fn ids_are_distinct_over_all_logs_and_found_in_their_own_only() {
    let company = company(11, 25, 600);
    let user = Scope::Extension(ids_of(&company, ExtensionKind::User)[0]);
    let mut seen = HashSet::new();
    for scope in scopes(&company) {
        for entry in company.entries(scope).iter() {
            assert!(seen.insert(entry.id), "{entry:?}");
            assert_eq!(company.find(scope, &entry.id), Some(entry));
            let other = if scope == Scope::Account { user } else { Scope::Account };
            assert_eq!(company.find(other, &entry.id), None);
            assert!(entry.id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
            assert_eq!(parsed(&company, &entry, View::Simple)["id"], entry.id.as_str());
        }
    }
}

#[test]
fn records_of_a_recording_lead_to_it() {
    let company = company(12, 25, 1500);
    let mut found = 0;
    for (entry, record) in
        company.entries(Scope::Account).iter().zip(records(&company, Scope::Account))
    {
        let Some(id) = record["recording"]["id"].as_str() else { continue };
        let recording = company.recording(id).unwrap();
        assert_eq!(recording.entry, entry);
        assert_eq!(record["recording"]["type"], recording.mode.as_str());
        assert!(recording.duration_ms >= 30_000);
        assert!(i64::from(recording.duration_ms) <= record["durationMs"].as_i64().unwrap());
        found += 1;
    }
    assert!(found > 100, "{found} recordings");
    assert_eq!(company.recording("1"), None);
    assert_eq!(company.recording("x"), None);
}

proptest! {
    #[test]
    fn no_other_text_finds_a_record(text in "[A-Za-z0-9_-]{0,20}") {
        let company = company(13, 4, 20);
        prop_assert_eq!(company.find(Scope::Account, &text), None);
    }
}
