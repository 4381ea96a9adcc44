//! Legs: plausible in time, with extensions and a master.

use callbook_synth::{Company, ExtensionKind, Scope};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{company, ids_of, is_voice, legs, ms, records, scopes};

fn span(value: &Value) -> (i64, i64) {
    let start = ms(value, "startTime");
    (start, start + value["durationMs"].as_i64().unwrap())
}

fn check(company: &Company, record: &Value) {
    let (start, end) = span(record);
    assert_eq!(record["duration"], record["durationMs"].as_i64().unwrap() / 1000);
    let legs = legs(record);
    assert!((1..=40).contains(&legs.len()));
    for (place, leg) in legs.iter().enumerate() {
        let (leg_start, leg_end) = span(leg);
        assert!(start <= leg_start && leg_start <= leg_end && leg_end <= end, "{record}");
        assert_eq!(leg.get("master").is_some(), place == 0);
        assert_eq!(leg["type"], record["type"]);
        assert_eq!(leg["telephonySessionId"], record["telephonySessionId"]);
        let id = leg["extension"]["id"].as_u64().unwrap();
        let uri = leg["extension"]["uri"].as_str().unwrap();
        assert!(company.extension(id).is_some() && uri.ends_with(&format!("/{id}")));
    }
    assert_eq!(span(&legs[0]).0, start, "the master leg is the first");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn legs_lie_within_their_call(seed in any::<u64>(), users in 4_u32..60) {
        let company = company(seed, users, 150);
        for scope in scopes(&company) {
            for record in records(&company, scope) {
                check(&company, &record);
            }
        }
    }
}

/// A leg on which a person of the company spoke, as call metrics define it.
fn is_human_answer(company: &Company, leg: &Value) -> bool {
    let id = leg["extension"]["id"].as_u64().unwrap();
    let user = company.extension(id).is_some_and(|found| found.kind == ExtensionKind::User);
    let reason = leg["reason"].as_str().unwrap_or_default();
    user && (leg["result"] == "Accepted" || leg["result"] == "Call connected")
        && reason != "Stopped"
        && reason != "Connected"
}

#[test]
fn a_call_is_answered_exactly_when_somebody_spoke() {
    let company = company(31, 40, 4000);
    for record in records(&company, Scope::Account) {
        if !is_voice(&record) || record.get("x-sandbox").is_some() {
            continue;
        }
        let answered = record["result"] == "Accepted" || record["result"] == "Call connected";
        let spoken = legs(&record).iter().any(|leg| is_human_answer(&company, leg));
        assert_eq!(answered, spoken, "{record}");
    }
}

#[test]
fn an_answered_queue_visit_waits_until_one_member_answers() {
    let company = company(32, 40, 3000);
    let queues = ids_of(&company, ExtensionKind::Queue);
    let (mut visits, mut wait_ms) = (0, 0);
    for &queue in &queues {
        for record in records(&company, Scope::Extension(queue)) {
            let visit = &legs(&record)[0];
            if visit["extension"]["id"] != queue || visit["result"] != "Accepted" {
                continue;
            }
            let answers: Vec<_> =
                legs(&record).iter().filter(|leg| is_human_answer(&company, leg)).collect();
            assert_eq!(answers.len(), 1, "{record}");
            assert_eq!(span(answers[0]).1, span(visit).1);
            visits += 1;
            wait_ms += span(answers[0]).0 - span(visit).0;
        }
    }
    assert!(visits > 300, "{visits} visits");
    let mean_s = wait_ms / visits / 1000;
    assert!((10..60).contains(&mean_s), "mean wait {mean_s} s");
}

#[test]
fn up_to_ten_members_ring_together() {
    let company = company(33, 40, 2000);
    let most = records(&company, Scope::Account)
        .iter()
        .map(|record| legs(record).iter().filter(|leg| leg["legType"] == "RingDirectly").count())
        .max();
    assert_eq!(most, Some(10));
}
