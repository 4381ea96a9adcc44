//! The definitions once more, by plain code over parsed JSON, which knows only the shapes that `synth` makes.

use std::collections::BTreeSet;

use callbook_interaction::{Company, Derived, Disposition, ExtensionKind};
use callbook_model::ExtensionId;
use jiff::Timestamp;
use serde_json::Value;

fn ms(value: &Value) -> (i64, i64) {
    let start: Timestamp = value["startTime"].as_str().unwrap().parse().unwrap();
    let start_ms = start.as_millisecond();
    (start_ms, start_ms + value["durationMs"].as_i64().unwrap())
}

fn has(leg: &Value, field: &str, words: &[&str]) -> bool {
    leg[field].as_str().is_some_and(|word| words.contains(&word))
}

fn owner(leg: &Value) -> Option<ExtensionId> {
    leg["extension"]["id"].as_u64().map(ExtensionId)
}

/// Holds the rows of a session against its records.
pub fn check(rows: &Derived<'_>, records: &[Value], company: &impl Company) {
    let mut legs: Vec<&Value> = vec![];
    for leg in records.iter().flat_map(|record| record["legs"].as_array().unwrap()) {
        let same = |known: &&&Value| {
            owner(known) == owner(leg) && ms(known) == ms(leg) && known["action"] == leg["action"]
        };
        // Only a transfer's leg stands in two records.
        if !has(leg, "action", &["Transfer"]) || !legs.iter().any(|known| same(&known)) {
            legs.push(leg);
        }
    }
    let is = |leg: &Value, kind| {
        owner(leg).is_some_and(|it| company.kind(it, Timestamp::UNIX_EPOCH) == Some(kind))
    };
    let outside = |party: &Value| party.get("extensionId").is_none();
    let master = &records[0]["legs"][0];
    let bridge = has(master, "action", &["Conference Call"]);
    let internal = bridge || !(outside(&master["from"]) || outside(&master["to"]));
    let calls = |leg: &&&Value| internal && !bridge && leg["direction"] == "Outbound";
    let human = |leg: &&&Value| {
        is(leg, ExtensionKind::User)
            && has(leg, "result", &["Accepted", "Call connected"])
            && !has(leg, "reason", &["Stopped", "Connected"])
            && !has(leg, "legType", &["RingOutWebToSubscriber"])
            && !calls(leg)
    };
    let humans: Vec<&Value> = legs.iter().filter(human).copied().collect();
    let users: BTreeSet<_> = humans.iter().map(|leg| owner(leg)).collect();
    let found = &rows.interaction;
    let texts = || records.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");

    assert_eq!(found.disposition, disposition(&records[0], &humans), "{}", texts());
    assert_eq!(found.hops as usize, users.len().saturating_sub(1), "{}", texts());
    assert_eq!(found.legs as usize, legs.len(), "{}", texts());
    assert_eq!(found.origin.as_str() == "internal", internal, "{}", texts());
    let transfers = legs.iter().filter(|leg| has(leg, "action", &["Transfer"]));
    assert_eq!(found.transfers as usize, transfers.count(), "{}", texts());
    let visits = legs.iter().filter(|leg| is(leg, ExtensionKind::Queue)).count();
    assert_eq!(found.queue_visits as usize, visits, "{}", texts());
    let asked: BTreeSet<_> = rows.offers.iter().map(|offer| Some(offer.extension)).collect();
    let rang = legs.iter().filter(|leg| {
        is(leg, ExtensionKind::User)
            && leg["direction"] == "Inbound"
            && !has(leg, "result", &["Blocked"])
    });
    assert_eq!(asked, rang.map(|leg| owner(leg)).collect(), "{}", texts());
    let recorded = records.iter().any(|record| record.get("recording").is_some());
    assert_eq!(found.recorded, recorded, "{}", texts());
    check_times(rows, &legs, &humans, texts);
}

fn check_times(rows: &Derived<'_>, legs: &[&Value], humans: &[&Value], texts: impl Fn() -> String) {
    let found = &rows.interaction;
    let start_ms = legs.iter().map(|leg| ms(leg).0).min().unwrap();
    let end_ms = legs.iter().map(|leg| ms(leg).1).max().unwrap();
    assert_eq!((found.started.as_millisecond(), found.ended.as_millisecond()), (start_ms, end_ms));
    // A user's leg that has another of the same user's within it only spans that.
    let spans = |leg: &&&Value| {
        humans.iter().any(|other| {
            owner(leg) == owner(other) && ms(leg).0 < ms(other).0 && ms(leg).1 >= ms(other).1
        })
    };
    let spoken: Vec<_> = humans.iter().filter(|leg| !spans(leg)).map(|leg| ms(leg)).collect();
    let answer_ms = spoken.iter().map(|leg| leg.0).min();
    assert_eq!(found.answered_at.map(Timestamp::as_millisecond), answer_ms, "{}", texts());
    assert_eq!(found.wait_ms, answer_ms.unwrap_or(end_ms) - start_ms, "{}", texts());
    // Milliseconds of which somebody spoke, counted at their borders.
    let borders: BTreeSet<i64> = spoken.iter().flat_map(|leg| [leg.0, leg.1]).collect();
    let borders: Vec<i64> = borders.into_iter().collect();
    let talked = |pair: &&[i64]| spoken.iter().any(|leg| leg.0 <= pair[0] && pair[1] <= leg.1);
    let talk_ms: i64 = borders.windows(2).filter(talked).map(|pair| pair[1] - pair[0]).sum();
    assert_eq!(found.talk_ms, talk_ms, "{}", texts());
}

fn disposition(record: &Value, humans: &[&Value]) -> Disposition {
    let legs = record["legs"].as_array().unwrap();
    // One record in 500 has a result that nobody announced; its master leg has the real one.
    let odd = record.get("x-sandbox").is_some();
    let result = if odd { &legs[0]["result"] } else { &record["result"] };
    match result.as_str().unwrap() {
        "Call Failed"
        | "Wrong Number"
        | "International Restricted"
        | "Rejected"
        | "IP Phone Offline" => Disposition::Failed,
        "Blocked" => Disposition::Blocked,
        _ if !humans.is_empty() => Disposition::Answered,
        "Voicemail" => Disposition::Voicemail,
        "Callback requested" => Disposition::CallbackRequested,
        "Abandoned" | "Hang Up" => Disposition::Abandoned,
        "Declined" => Disposition::Declined,
        "Busy" => Disposition::Busy,
        "Missed" | "No Answer" => Disposition::Missed,
        other => panic!("{other}: {record}"),
    }
}
