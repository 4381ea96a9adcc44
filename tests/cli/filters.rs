//! Every filter of `calls`, compared with the company that the calls are of.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use callbook_synth::ExtensionKind;
use jiff::Timestamp;
use serde_json::Value;

use crate::support::{Upstream, archived, company, page, record};

/// The calls that the filter gives must be those that `matches` finds, newest first.
fn compare(arguments: &str, matches: impl Fn(&Value) -> bool) {
    let expected: Vec<Value> = company().calls().into_iter().filter(matches).collect();
    assert!(!expected.is_empty(), "{arguments} tests nothing");
    let found = archived().json(&format!("calls --json {arguments}"));
    let found = found.as_array().unwrap();
    assert!(found.is_sorted_by_key(|call| Reverse(start(call))), "{arguments}");
    assert_eq!(places(found), places(&expected), "{arguments}");
}

/// What identifies the calls; those of the same millisecond have no order of their own.
fn places(calls: &[Value]) -> BTreeSet<(&str, &str)> {
    calls.iter().map(|call| (start(call), call["id"].as_str().unwrap())).collect()
}

/// All of the company's have the same form, so that texts can be compared.
fn start(call: &Value) -> &str {
    call["startTime"].as_str().unwrap()
}

/// The record and its legs.
fn parts(call: &Value) -> Vec<&Value> {
    call["legs"].as_array().into_iter().flatten().chain([call]).collect()
}

fn concerns(call: &Value, extension: u64) -> bool {
    let is =
        |id: &Value| id.as_u64() == Some(extension) || id.as_str() == Some(&extension.to_string());
    parts(call).iter().any(|part| {
        is(&part["extension"]["id"])
            || is(&part["from"]["extensionId"])
            || is(&part["to"]["extensionId"])
    })
}

/// A number's digits, in the company's country if it has no other.
fn digits(number: &Value) -> String {
    let digits: String =
        number.as_str().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    if digits.len() == 10 { format!("1{digits}") } else { digits }
}

#[test]
fn without_a_filter_every_call_newest_first() {
    compare("", |_| true);
    compare("--limit 0", |_| true);
}

#[test]
fn days_are_those_of_the_zone() {
    compare("--from 2024-02-01", |call| start(call) >= "2024-02-01");
    compare("--to 2024-01-31", |call| start(call) < "2024-02-01");
    compare("--from 2024-01-10 --to 2024-01-10", |call| start(call).starts_with("2024-01-10"));
    compare("--from 2024-01-10T12:00:00Z --to 2024-01-11T12:00:00Z", |call| {
        ("2024-01-10T12".."2024-01-11T12").contains(&start(call))
    });
    compare("--from 2024-03-10 --to 2024-03-10 --tz America/New_York", |call| {
        // The day that clocks go forward has 23 hours.
        ("2024-03-10T05".."2024-03-11T04").contains(&start(call))
    });
}

#[test]
fn people_and_queues() {
    let user = company().extension(ExtensionKind::User);
    let queue = company().extension(ExtensionKind::Queue);
    for wanted in [&user.number, &user.id.to_string()] {
        compare(&format!("--extension {wanted}"), |call| concerns(call, user.id));
    }
    for wanted in [&queue.number, &queue.id.to_string(), &queue.name.to_uppercase()] {
        compare(&format!("--queue {wanted}"), |call| concerns(call, queue.id));
    }
    compare(&format!("--extension {} --queue {}", user.number, queue.number), |call| {
        concerns(call, user.id) && concerns(call, queue.id)
    });
}

#[test]
fn a_number_however_it_is_written() {
    let calls = company().calls();
    let caller =
        |call: &&Value| call["from"]["phoneNumber"].as_str().is_some_and(|n| n.starts_with("+1"));
    let number = digits(&calls.iter().find(caller).unwrap()["from"]["phoneNumber"]);
    let (area, exchange, line) = (&number[1..4], &number[4..7], &number[7..]);
    for wanted in [
        format!("+{number}"),
        number.clone(),
        format!("({area}){exchange}-{line}"),
        format!("{area}.{exchange}.{line}"),
    ] {
        compare(&format!("--number {wanted}"), |call| {
            parts(call).iter().any(|part| {
                [&part["from"], &part["to"]].iter().any(|end| digits(&end["phoneNumber"]) == number)
            })
        });
    }
}

#[test]
fn the_records_of_one_call() {
    let calls = company().calls();
    let sessions = |member: &str| -> Vec<&str> {
        calls.iter().filter_map(|call| call[member].as_str()).collect()
    };
    let (telephony, older) = (sessions("telephonySessionId"), sessions("sessionId"));
    let shared = |id: &&&str| telephony.iter().filter(|each| each == id).count() > 1;
    let wanted = telephony.iter().find(shared).unwrap();
    compare(&format!("--session {wanted}"), |call| {
        parts(call).iter().any(|part| part["telephonySessionId"] == **wanted)
    });
    let wanted = older.iter().find(|id| !telephony.contains(id)).unwrap();
    compare(&format!("--session {wanted}"), |call| {
        parts(call).iter().any(|part| part["sessionId"] == **wanted)
    });
    compare(&format!("--session {wanted} --to 2024-05-31"), |call| {
        parts(call).iter().any(|part| part["sessionId"] == **wanted)
    });
    assert_eq!(archived().output("calls --json --session 0"), "[]\n");
}

#[test]
fn a_telephony_session_comes_before_a_session_of_the_same_id() {
    let [mut early, mut late, mut later] =
        [("a", 2), ("b", 1), ("c", 0)].map(|(id, minute)| record(id, minute));
    early["telephonySessionId"] = "7".into();
    late["sessionId"] = "7".into();
    later["sessionId"] = "8".into();
    let records = [later, late, early];
    let place = Upstream::new().call_log([page(&records, false)]).place();
    place.output("sync");
    for (arguments, ids) in [
        ("--session 7", &["a"][..]),
        ("--session 8", &["c"]),
        ("--session 9", &[]),
        // Whether it is one does not depend on the other filters.
        ("--session 7 --from 2024-01-31T12:58", &[]),
    ] {
        let found = place.json(&format!("calls --json {arguments}"));
        let found: Vec<_> = found.as_array().unwrap().iter().map(|call| &call["id"]).collect();
        assert_eq!(found, ids, "{arguments}");
    }
}

#[test]
fn what_became_of_it() {
    compare("--direction inbound", |call| call["direction"] == "Inbound");
    compare("--direction outbound", |call| call["direction"] == "Outbound");
    compare("--result missed", |call| call["result"] == "Missed");
    compare("--result Voicemail --direction inbound --to 2024-01-31", |call| {
        call["result"] == "Voicemail"
            && call["direction"] == "Inbound"
            && start(call) < "2024-02-01"
    });
    compare("--recorded", |call| parts(call).iter().any(|part| part["recording"].is_object()));
    let at_least = |seconds: u64| {
        move |call: &Value| {
            let seconds_alone = || call["duration"].as_u64().unwrap() * 1000;
            call["durationMs"].as_u64().unwrap_or_else(seconds_alone) >= seconds * 1000
        }
    };
    compare("--min-duration 300", at_least(300));
    compare("--min-duration 10m", at_least(600));
}

#[test]
fn deleted_calls_are_shown_to_those_who_ask() {
    let place = archived();
    let all = place.json("calls --json --deleted");
    let deleted = all.as_array().unwrap().iter().filter(|call| call["deleted"] == true).count();
    assert_eq!(all.as_array().unwrap().len(), 3_000);
    assert_eq!(deleted, 3_000 - company().calls().len());
}

#[test]
fn the_records_are_the_same_in_every_form() {
    let place = archived();
    let calls = company().calls();
    let shown = place.json("calls --json --limit 20");
    let csv = place.output("calls --csv --limit 20");
    let mut csv = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(csv.headers().unwrap().iter().next(), Some("id"));
    let rows: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 20);
    for ((call, shown), row) in calls.iter().zip(shown.as_array().unwrap()).zip(&rows) {
        let id = call["id"].as_str().unwrap();
        assert_eq!(place.json(&format!("show {id} --json")), *call);
        let mut simple = call.clone();
        for member in ["legs", "billing", "lastModifiedTime"] {
            simple.as_object_mut().unwrap().remove(member);
        }
        assert_eq!(*shown, simple);
        assert_eq!(&row[0], id);
        let [written, expected] = [&row[1], start(call)].map(|text| text.parse::<Timestamp>());
        assert_eq!(written.unwrap(), expected.unwrap());
        assert_eq!(row[11], *call["result"].as_str().unwrap());
    }
}
