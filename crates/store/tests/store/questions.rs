//! A thousand questions about a synthetic company's calls: each database against a naive scan of their JSON,
//! and so against each other.

use std::collections::{BTreeSet, HashMap};

use callbook_model::{ExtensionId, Key, Region, Span};
use callbook_store::{Batch, CallFilter, Decoder};
use callbook_synth::{Company, Config, Scope as SynthScope, View};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::place::Kind;
use crate::support::{Archive, everything};

const QUESTIONS: usize = 1000;
const CALLS: u32 = 3000;
const PAGE: u32 = 70;

/// The calls as they are put into an archive, oldest first; some of them are marked as deleted.
fn records() -> Vec<String> {
    let moment = |text: &str| text.parse::<Timestamp>().unwrap();
    let company = Company::new(Config {
        seed: 3,
        users: 25,
        calls: CALLS,
        from: moment("2024-01-01T00:00:00Z"),
        until: moment("2024-03-01T00:00:00Z"),
        server_url: "http://a".to_owned(),
        media_url: "http://a".to_owned(),
    });
    company.entries(SynthScope::Account).records(View::Detailed).collect()
}

/// A key or field is that of a call, so that most questions have an answer.
fn filter(calls: &[Value]) -> impl Strategy<Value = CallFilter> + use<'_> {
    let any_call = move || (0..calls.len()).prop_map(move |n| &calls[n]);
    let key = (any_call(), 0..6u8).prop_map(|(call, kind)| key(call, kind));
    let span = (any_call(), any_call(), any::<bool>()).prop_map(|(one, other, narrow)| {
        let (from, to) = (start(one).min(start(other)), start(one).max(start(other)));
        // Ends that are a call's very moment, where a mistake by one would show.
        if narrow {
            Span { from, to: from + SignedDuration::from_hours(30) }
        } else {
            Span { from, to }
        }
    });
    let field = |name| {
        prop::option::weighted(0.3, any_call().prop_map(move |call| text(&call[name])))
            .prop_map(Option::flatten)
    };
    (
        prop::collection::vec(key, 0..3),
        prop::option::weighted(0.7, span),
        field("direction"),
        field("result"),
        prop::option::weighted(0.3, any::<bool>()),
        prop::option::weighted(0.3, 0..600_000i64),
        any::<bool>(),
    )
        .prop_map(|(keys, span, direction, result, recorded, min_duration_ms, deleted)| {
            let filter = CallFilter::new(everything().scope, span.unwrap_or(everything().span));
            let keys = keys.into_iter().flatten().collect();
            let result = result.map(|result| result.to_uppercase());
            CallFilter { keys, direction, result, recorded, min_duration_ms, deleted, ..filter }
        })
}

/// One of the things that a call can be found by; not every call has each.
fn key(call: &Value, kind: u8) -> Option<Key> {
    let outside = |party: &str| text(&call[party]["phoneNumber"]).filter(|n| n.starts_with('+'));
    match kind {
        0 | 1 => outside(if kind == 0 { "from" } else { "to" }).map(Key::Number),
        2 => call["extension"]["id"].as_u64().map(|id| Key::Extension(ExtensionId(id))),
        3 => {
            let legs = call["legs"].as_array()?;
            legs.last()?["extension"]["id"].as_u64().map(|id| Key::Extension(ExtensionId(id)))
        }
        4 => text(&call["sessionId"]).filter(|id| id != "0").map(Key::Session),
        _ => text(&call["telephonySessionId"]).map(Key::TelephonySession),
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn start(call: &Value) -> Timestamp {
    call["startTime"].as_str().unwrap().parse().unwrap()
}

/// Of the record and of its legs.
fn parts(call: &Value) -> impl Iterator<Item = &Value> {
    std::iter::once(call).chain(call["legs"].as_array().into_iter().flatten())
}

/// As people compare numbers: by their digits, a country code or not.
fn same_number(one: &str, other: &str) -> bool {
    let digits = |number: &str| -> String {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        if digits.len() == 10 && !number.starts_with('+') { format!("1{digits}") } else { digits }
    };
    digits(one) == digits(other)
}

fn has(call: &Value, key: &Key) -> bool {
    let parties = || parts(call).flat_map(|part| [&part["from"], &part["to"]]);
    match key {
        Key::Number(number) => parties()
            .filter_map(|party| party["phoneNumber"].as_str())
            .any(|other| same_number(number, other)),
        Key::Extension(id) => {
            parts(call).any(|part| part["extension"]["id"] == id.0)
                || parties().any(|party| party["extensionId"] == id.to_string())
        }
        Key::Session(id) => parts(call).any(|part| part["sessionId"] == **id),
        Key::TelephonySession(id) => parts(call).any(|part| part["telephonySessionId"] == **id),
    }
}

fn matches(call: &Value, filter: &CallFilter) -> bool {
    let same = |wanted: &Option<String>, field: &str| {
        wanted.as_ref().is_none_or(|wanted| {
            call[field].as_str().is_some_and(|value| value.eq_ignore_ascii_case(wanted))
        })
    };
    let recorded = || parts(call).any(|part| part["recording"].is_object());
    let duration_ms = || {
        let seconds = || call["duration"].as_i64().map(|seconds| seconds * 1000);
        call["durationMs"].as_i64().or_else(seconds).unwrap_or(0)
    };
    let start = start(call);
    filter.span.from <= start
        && start < filter.span.to
        && filter.keys.iter().all(|key| has(call, key))
        && same(&filter.direction, "direction")
        && same(&filter.result, "result")
        && filter.recorded.is_none_or(|wanted| wanted == recorded())
        && filter.min_duration_ms.is_none_or(|least| least <= duration_ms())
        && (filter.deleted || call["deleted"] != true)
}

async fn answer(archive: &Archive, filter: &CallFilter) -> Vec<String> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let rows = archive.store.calls(archive.account.key, filter.clone(), after, PAGE);
        let rows = rows.await.unwrap();
        let Some(last) = rows.last() else { return ids };
        after = Some(last.position);
        ids.extend(rows.into_iter().map(|row| row.id));
    }
}

async fn a_thousand_answers_are_those_of_a_scan(kind: Kind) {
    let records = records();
    let archive = Archive::new(kind).await;
    let mut decoder = Decoder::new(Region::US).unwrap();
    for some in records.chunks(250) {
        let records = some.iter().map(|record| decoder.decode(record).unwrap().unwrap());
        archive.batch(Batch { records: records.collect(), ..Batch::default() }).await;
    }
    let calls: Vec<Value> =
        records.iter().map(|call| serde_json::from_str(call).unwrap()).collect();
    let (questions, mut runner) = (filter(&calls), TestRunner::deterministic());
    let starts: HashMap<_, _> =
        calls.iter().map(|call| (call["id"].as_str().unwrap(), start(call))).collect();
    let mut answered = 0;
    for _ in 0..QUESTIONS {
        let filter = questions.new_tree(&mut runner).unwrap().current();
        let ids = answer(&archive, &filter).await;
        // Calls of one moment come in no particular order.
        assert!(ids.is_sorted_by_key(|id| std::cmp::Reverse(starts[id.as_str()])), "{filter:?}");
        let expected = calls.iter().filter(|call| matches(call, &filter));
        let expected: BTreeSet<_> = expected.map(|call| call["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), expected.len(), "{filter:?}");
        assert!(ids.iter().all(|id| expected.contains(id.as_str())), "{filter:?}");
        answered += usize::from(!ids.is_empty());
    }
    // Questions that nothing answers prove little.
    assert!(answered > QUESTIONS / 3, "{answered}");
}

#[tokio::test]
async fn a_thousand_answers_are_those_of_a_scan_sqlite() {
    a_thousand_answers_are_those_of_a_scan(Kind::Sqlite).await;
}

#[tokio::test]
async fn a_thousand_answers_are_those_of_a_scan_postgres() {
    if Kind::Postgres.is_wanted() {
        a_thousand_answers_are_those_of_a_scan(Kind::Postgres).await;
    }
}
