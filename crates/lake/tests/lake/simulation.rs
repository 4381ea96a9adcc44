//! Whatever happens to calls, the tables are those that would be made anew.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::archive::{Archive, Call, EVERYTHING, START_MS, ask, tables};

#[derive(Debug, Clone)]
enum Event {
    Commit(Vec<Call>),
    Update,
    Look,
    Purge(i64),
}

const DAY_MS: i64 = 86_400_000;

/// Few ids, so that most calls are edited, and move between few sessions and over months.
fn call() -> impl Strategy<Value = Call> {
    let result = prop_oneof![Just("Accepted"), Just("Missed"), Just("Voicemail")];
    (0u32..40, 0u32..30, 0i64..70, 0i64..400, result, prop::bool::weighted(0.15)).prop_map(
        |(id, session, day, seconds, result, deleted)| {
            let start_ms = START_MS + day * DAY_MS + i64::from(id) * 1000;
            Call { id, session, start_ms, seconds, result, deleted }
        },
    )
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => prop::collection::vec(call(), 1..12).prop_map(Event::Commit),
        2 => Just(Event::Update),
        2 => Just(Event::Look),
        1 => (0i64..30).prop_map(|day| Event::Purge(START_MS + day * DAY_MS)),
    ]
}

/// What other code makes of the calls: of each session its records, and whether anybody answered.
fn recomputed(calls: &BTreeMap<u32, Call>) -> Vec<String> {
    let mut sessions: BTreeMap<String, (usize, bool)> = BTreeMap::new();
    for call in calls.values().filter(|call| !call.deleted) {
        let (records, answered) = sessions.entry(format!("s-{}", call.session)).or_default();
        *records += 1;
        *answered |= call.result == "Accepted";
    }
    let line = |(session, (records, answered))| format!("{session} {records} {answered}");
    sessions.into_iter().map(line).collect()
}

const SESSIONS: &str =
    "SELECT session, records, disposition = 'answered' FROM interactions ORDER BY session";

async fn live_through(events: Vec<Event>) {
    let archive = Archive::new().await;
    let lake = archive.lake("kept");
    let mut calls: BTreeMap<u32, Call> = BTreeMap::new();
    for event in events {
        match event {
            Event::Commit(some) => {
                archive.commit(&some).await;
                calls.extend(some.into_iter().map(|call| (call.id, call)));
            }
            Event::Update => drop(lake.update(&mut |_| {}).await.unwrap()),
            Event::Look => {
                let kept = tables(&lake).await;
                assert_eq!(ask(&kept, SESSIONS).await, recomputed(&calls));
            }
            Event::Purge(before_ms) => {
                archive.purge(before_ms).await;
                calls.retain(|_, call| call.start_ms >= before_ms);
                lake.update(&mut |_| {}).await.unwrap();
            }
        }
    }
    let (kept, anew) = (tables(&lake).await, tables(&archive.lake("anew")).await);
    assert_eq!(ask(&kept, SESSIONS).await, recomputed(&calls));
    for sql in EVERYTHING {
        assert_eq!(ask(&kept, sql).await, ask(&anew, sql).await, "{sql}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn tables_are_as_if_made_anew(events in prop::collection::vec(event(), 1..25)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(live_through(events));
    }
}
