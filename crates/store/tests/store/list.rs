//! Lists against a naive scan of the same records.

use callbook_model::{ExtensionId, Key, Span};
use callbook_store::CallFilter;
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::place::Kind;
use crate::support::{Archive, START_MS, everything, record};

const NUMBERS: [&str; 3] = ["+16505550100", "+442079460018", "+4930231250"];
const RESULTS: [&str; 3] = ["Accepted", "Missed", "Voicemail"];

/// Few values of everything, so that conditions meet.
fn records() -> impl Strategy<Value = Vec<Value>> {
    let one = (0i64..40, 0usize..3, 0usize..3, 0u64..3, any::<[bool; 3]>(), 0i64..90);
    prop::collection::vec(one, 0..60).prop_map(|seeds| {
        let each = seeds.into_iter().enumerate();
        each.map(|(n, (after, number, result, extension, flags, duration))| {
            let mut call = record(&format!("c{n}"), after);
            call["from"]["phoneNumber"] = json!(NUMBERS[number]);
            call["result"] = json!(RESULTS[result]);
            call["legs"][0]["extension"]["id"] = json!(extension);
            call["direction"] = json!(if flags[0] { "Inbound" } else { "Outbound" });
            if flags[1] {
                call["recording"] = json!({ "id": "1" });
            }
            if flags[2] {
                call["deleted"] = json!(true);
            }
            call["duration"] = json!(duration);
            call
        })
        .collect()
    })
}

fn filters() -> impl Strategy<Value = CallFilter> {
    let keys = prop::collection::vec(
        prop_oneof![
            (0usize..3).prop_map(|n| Key::Number(NUMBERS[n].into())),
            (0u64..3).prop_map(|id| Key::Extension(ExtensionId(id))),
            (0usize..60).prop_map(|n| Key::TelephonySession(format!("tc{n}"))),
        ],
        0..3,
    );
    (
        keys,
        prop::option::of((0i64..40, 1i64..40)),
        prop::option::of("(in|OUT)bound"),
        prop::option::of("Accepted|missed"),
        prop::option::of(any::<bool>()),
        prop::option::of(0i64..90_000),
        any::<bool>(),
    )
        .prop_map(|(keys, span, direction, result, recorded, min_duration_ms, deleted)| {
            let moment = |ms| Timestamp::from_millisecond(START_MS + ms).unwrap();
            let span = span.map_or(everything().span, |(from, length)| Span {
                from: moment(from),
                to: moment(from + length),
            });
            let filter = CallFilter::new(everything().scope, span);
            CallFilter { keys, direction, result, recorded, min_duration_ms, deleted, ..filter }
        })
}

/// The same question, asked of the JSON.
fn matches(call: &Value, filter: &CallFilter) -> bool {
    let start: Timestamp = call["startTime"].as_str().unwrap().parse().unwrap();
    let same = |wanted: &Option<String>, field: &str| {
        wanted
            .as_ref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(call[field].as_str().unwrap()))
    };
    let has = |key: &Key| match key {
        Key::Number(number) => {
            [&call["from"], &call["to"]].iter().any(|party| party["phoneNumber"] == **number)
        }
        Key::Extension(id) => {
            call["legs"][0]["extension"]["id"] == id.0
                || call["to"]["extensionId"] == id.to_string()
        }
        Key::Session(id) => call["sessionId"] == **id,
        Key::TelephonySession(id) => call["telephonySessionId"] == **id,
    };
    let recorded = !call["recording"].is_null();
    filter.span.contains(start)
        && filter.keys.iter().all(has)
        && same(&filter.direction, "direction")
        && same(&filter.result, "result")
        && filter.recorded.is_none_or(|wanted| wanted == recorded)
        && filter
            .min_duration_ms
            .is_none_or(|least| call["duration"].as_i64().unwrap() * 1000 >= least)
        && (filter.deleted || call["deleted"] != true)
}

async fn check(kind: Kind, records: Vec<Value>, filters: Vec<CallFilter>, page: u32) {
    let archive = Archive::new(kind).await;
    archive.commit(&records).await;
    for filter in filters {
        let mut expected: Vec<_> =
            records.iter().enumerate().filter(|(_, call)| matches(call, &filter)).collect();
        expected.sort_by_key(|(n, call)| {
            let start: Timestamp = call["startTime"].as_str().unwrap().parse().unwrap();
            std::cmp::Reverse((start, *n))
        });
        let expected: Vec<_> =
            expected.into_iter().map(|(_, call)| call["id"].as_str().unwrap()).collect();
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let key = archive.account.key;
            let rows = archive.store.calls(key, filter.clone(), after, page).await.unwrap();
            let Some(last) = rows.last() else { break };
            after = Some(last.position);
            found.extend(rows.into_iter().map(|row| row.id));
        }
        assert_eq!(found, expected, "{filter:?}");
    }
}

fn a_list_has_what_a_scan_finds(kind: Kind) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let strategy = (records(), prop::collection::vec(filters(), 12), 1u32..9);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(24));
    let result = runner.run(&strategy, |(records, filters, page)| {
        runtime.block_on(check(kind, records, filters, page));
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn a_list_has_what_a_scan_finds_sqlite() {
    a_list_has_what_a_scan_finds(Kind::Sqlite);
}

#[test]
fn a_list_has_what_a_scan_finds_postgres() {
    if Kind::Postgres.is_wanted() {
        a_list_has_what_a_scan_finds(Kind::Postgres);
    }
}
