//! Reads cases.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Case;
use crate::company::id;

const ORIGIN: &str = "2024-03-04T15:00:00Z";

/// The cases of a file.
pub fn read(file: &str, text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if word == "case" {
            cases.push(Case {
                title: format!("{file}: {rest}"),
                records: vec![],
                origin_ms: moment_ms(ORIGIN),
                expected: vec![],
            });
            continue;
        }
        let case = cases.last_mut().unwrap();
        match word {
            "#" => {}
            "from" => case.origin_ms = moment_ms(rest),
            "=" => case.expected.push(rest.to_owned()),
            "record" => case.records.push(record(rest, case.origin_ms)),
            "leg" => {
                let record = case.records.last_mut().unwrap().as_object_mut().unwrap();
                let legs = record.entry("legs").or_insert_with(|| json!([]));
                legs.as_array_mut().unwrap().push(leg(rest, case.origin_ms));
            }
            _ => panic!("{file}: {line}"),
        }
    }
    cases
}

fn moment_ms(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

/// `id span direction action result/reason from > to @owner`
fn record(line: &str, origin_ms: i64) -> Value {
    let (id, rest) = line.split_once(' ').unwrap();
    let mut record = json!({"id": id, "telephonySessionId": "s-1", "type": "Voice"});
    call(rest, None, origin_ms, record.as_object_mut().unwrap());
    record
}

/// `span direction type action result/reason from > to @owner *`
fn leg(line: &str, origin_ms: i64) -> Value {
    let mut words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    let leg_type = words.remove(2);
    let mut leg = json!({});
    call(&words.join(" "), Some(leg_type), origin_ms, leg.as_object_mut().unwrap());
    leg
}

fn call(line: &str, leg_type: Option<&str>, origin_ms: i64, call: &mut Map<String, Value>) {
    let (line, more) = line.split_once('{').unwrap_or((line, ""));
    let mut words = line.split(' ').filter(|word| !word.is_empty());
    let mut put = |name: &str, word: &str| {
        if word != "-" {
            call.insert(name.to_owned(), word.replace('_', " ").into());
        }
    };
    let (start, length) = words.next().unwrap().split_once('+').unwrap();
    let direction = match words.next().unwrap() {
        "in" => "Inbound",
        "out" => "Outbound",
        other => other,
    };
    put("direction", direction);
    put("action", words.next().unwrap());
    let ending = words.next().unwrap();
    let (result, reason) = ending.split_once('/').unwrap_or((ending, "-"));
    put("result", result);
    put("reason", reason);
    put("legType", leg_type.unwrap_or("-"));
    let from = party(words.next().unwrap());
    assert_eq!(words.next(), Some(">"), "{line}");
    let to = party(words.next().unwrap());
    call.extend([("from".to_owned(), from), ("to".to_owned(), to)]);
    for word in words {
        match word.strip_prefix('@') {
            Some(owner) => call.insert("extension".to_owned(), json!({"id": id(owner).unwrap().0})),
            None => call.insert("master".to_owned(), (word == "*").into()),
        };
    }
    let start_ms = origin_ms + ms(start);
    let start = Timestamp::from_millisecond(start_ms).unwrap();
    call.insert("startTime".to_owned(), format!("{start:.3}").into());
    call.insert("durationMs".to_owned(), ms(length).into());
    if !more.is_empty() {
        let more: Map<String, Value> = serde_json::from_str(&format!("{{{more}")).unwrap();
        call.extend(more);
    }
}

fn ms(seconds: &str) -> i64 {
    (seconds.parse::<f64>().unwrap() * 1000.0).round() as i64
}

fn party(word: &str) -> Value {
    match word {
        "-" => return Value::Null,
        "?" => return json!({"name": "Anonymous"}),
        "bridge" => return json!({"name": "Conference Bridge"}),
        _ => {}
    }
    let mut party = json!({});
    for part in word.split('/') {
        match id(part) {
            Some(id) => {
                party["extensionId"] = id.to_string().into();
                party["extensionNumber"] = id.to_string().into();
                party["name"] = "as logged".into();
            }
            None => party["phoneNumber"] = part.into(),
        }
    }
    party
}
