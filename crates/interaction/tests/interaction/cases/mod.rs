//! Written call paths, and what they mean by `docs/metrics.md`.
//!
//! A case is a title, records with their legs, and the rows expected, which were written by hand:
//!
//! ```text
//! case a user picks up
//! record a 0+60 in Phone_Call Accepted/Accepted +12125550199 > ann @ann
//!   leg 0+60 in Accept Phone_Call Accepted/Accepted +12125550199 > ann @ann *
//! = 0+60 inbound external answered by ann at 0 talk 60 offers 1 customer +12125550199
//! = offer ann 0+60 talk 60 answered
//! ```
//!
//! Times are `start+length`, in seconds after Monday, 4 March 2024, 10:00 in New York (`from TIME` changes that).
//! Parties are `number/extension`, either of them, `?` (withheld), `bridge` or `-` (absent); `@` says whose leg it is,
//! `*` that it is the master. JSON at the end of a line is added to the object. Of expected rows, what is nothing, and
//! a single leg or record, is left out.

mod expected;
mod input;

use callbook_interaction::{Record, derive};
use serde_json::Value;

use crate::company::Acme;

const FILES: [(&str, &str); 9] = [
    ("direct", include_str!("direct.txt")),
    ("forwarding", include_str!("forwarding.txt")),
    ("queue", include_str!("queue.txt")),
    ("transfer", include_str!("transfer.txt")),
    ("internal", include_str!("internal.txt")),
    ("outbound", include_str!("outbound.txt")),
    ("sparse", include_str!("sparse.txt")),
    ("fax", include_str!("fax.txt")),
    ("hours", include_str!("hours.txt")),
];

struct Case {
    title: String,
    records: Vec<Value>,
    /// Moment of the time 0.
    origin_ms: i64,
    expected: Vec<String>,
}

fn cases() -> Vec<Case> {
    FILES.iter().flat_map(|(file, text)| input::read(file, text)).collect()
}

fn derived(records: &[Value], origin_ms: i64) -> Vec<String> {
    let texts: Vec<String> = records.iter().map(Value::to_string).collect();
    let records: Vec<Record<'_>> = texts.iter().map(|text| Record::read(text).unwrap()).collect();
    let company = Acme::new();
    derive(&records, &company).map_or_else(Vec::new, |rows| expected::lines(&rows, origin_ms))
}

#[test]
fn each_path_means_what_is_written() {
    let mut wrong = String::new();
    for case in cases() {
        let found = derived(&case.records, case.origin_ms);
        if found != case.expected {
            let (expected, found) = (case.expected.join("\n  "), found.join("\n  "));
            wrong += &format!("{}\n expected\n  {expected}\n found\n  {found}\n", case.title);
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_order_of_records_and_legs_does_not_matter() {
    for mut case in cases() {
        let whole = derived(&case.records, case.origin_ms);
        for turn in 0..4 {
            case.records.reverse();
            for legs in case.records.iter_mut().filter_map(|record| record["legs"].as_array_mut()) {
                legs.reverse();
                let count = legs.len();
                legs.rotate_left(turn % count.max(1));
            }
            assert_eq!(derived(&case.records, case.origin_ms), whole, "{}", case.title);
        }
    }
}

#[test]
fn there_are_cases_for_every_shape() {
    let titles: Vec<String> = cases().into_iter().map(|case| case.title).collect();
    assert!(titles.len() >= 60, "{}", titles.len());
    let distinct: std::collections::BTreeSet<_> = titles.iter().collect();
    assert_eq!(distinct.len(), titles.len());
}
