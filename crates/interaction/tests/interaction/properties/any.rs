//! Records that make no sense.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::company::EXTENSIONS;

/// Nothing that a field should hold.
fn odd() -> impl Strategy<Value = Value> {
    select(vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("\u{1f600}\"\\"),
        json!([]),
        json!([{"id": 1}]),
        json!({}),
        json!({"id": {"id": []}}),
    ])
}

/// One of some words, mostly.
fn word(words: &'static [&'static str]) -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        18 => select(words).prop_map(|word| Some(word.into())),
        1 => Just(None),
        1 => odd().prop_map(Some),
    ]
}

fn extension() -> impl Strategy<Value = Value> {
    select(EXTENSIONS.to_vec()).prop_map(|(_, id, _)| json!({"id": id}))
}

fn party() -> impl Strategy<Value = Option<Value>> {
    let known = select(EXTENSIONS.to_vec()).prop_map(|(name, id, _)| {
        json!({"extensionId": id.to_string(), "extensionNumber": id.to_string(), "name": name})
    });
    let number = select(vec!["+12125550199", "(212)555-0199", "+16505550100", "anonymous"])
        .prop_map(|number| json!({"phoneNumber": number}));
    prop_oneof![8 => known.prop_map(Some), 8 => number.prop_map(Some), 1 => Just(None), 1 => odd().prop_map(Some)]
}

fn moment() -> impl Strategy<Value = Option<Value>> {
    let time = |seconds: i64| {
        format!("2024-03-04T15:{:02}:{:02}.{:03}Z", seconds / 60, seconds % 60, seconds % 7)
    };
    prop_oneof![
        18 => (0..600_i64).prop_map(move |seconds| Some(time(seconds).into())),
        1 => Just(Some("9999-12-30T22:00:00Z".into())),
        1 => odd().prop_map(Some),
    ]
}

fn duration() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        18 => (0..120_000_i64).prop_map(|ms| Some(ms.into())),
        1 => Just(Some(i64::MAX.into())),
        1 => odd().prop_map(Some),
    ]
}

const RESULTS: &[&str] = &[
    "Accepted",
    "Call connected",
    "Missed",
    "No Answer",
    "Voicemail",
    "Sent to Voicemail",
    "Abandoned",
    "Hang Up",
    "Declined",
    "Rejected",
    "Busy",
    "Stopped",
    "Answered Elsewhere",
    "Callback requested",
    "Call Failed",
    "Blocked",
    "Answered Not Accepted",
    "Received",
    "Sent",
    "Screened",
];
const REASONS: &[&str] =
    &["Accepted", "Connected", "Stopped", "No Answer", "Hang Up", "Number Blocked"];
const ACTIONS: &[&str] = &[
    "Phone Call",
    "VoIP Call",
    "Hunting",
    "Ring Directly",
    "FindMe",
    "FollowMe",
    "Transfer",
    "Call Park",
    "Pickup",
    "Conference Call",
    "RingOut Web",
    "Monitoring",
    "Incoming Fax",
];
const TYPES: &[&str] = &[
    "Accept",
    "PstnToSip",
    "Hunting",
    "RingDirectly",
    "FindMe",
    "FollowMe",
    "TransferCall",
    "CallPark",
    "Pickup",
    "RingOutWebToSubscriber",
    "RingOutWebToCaller",
    "ConferenceCall",
];

fn leg() -> impl Strategy<Value = Value> {
    let times = (moment(), duration());
    let words =
        (word(&["Inbound", "Outbound"]), word(ACTIONS), word(RESULTS), word(REASONS), word(TYPES));
    let ends = (
        party(),
        party(),
        prop_oneof![8 => extension().prop_map(Some), 1 => Just(None), 1 => odd().prop_map(Some)],
    );
    let more = (any::<bool>(), 0..12_u32);
    (times, words, ends, more).prop_map(|(times, words, ends, (master, recording))| {
        let mut leg = Map::new();
        let fields = [
            ("startTime", times.0),
            ("durationMs", times.1),
            ("direction", words.0),
            ("action", words.1),
            ("result", words.2),
            ("reason", words.3),
            ("legType", words.4),
            ("from", ends.0),
            ("to", ends.1),
            ("extension", ends.2),
            ("master", master.then_some(Value::Bool(true))),
            ("recording", (recording < 4).then(|| json!({"id": recording, "type": "Automatic"}))),
        ];
        leg.extend(fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        Value::Object(leg)
    })
}

fn record() -> impl Strategy<Value = Value> {
    let legs = prop::collection::vec(prop_oneof![12 => leg(), 1 => odd()], 0..7);
    let kind = word(&["Voice", "Voice", "Voice", "Fax"]);
    (leg(), kind, prop::option::weighted(0.9, legs), 0..600_i64, 0..20_u32).prop_map(
        |(mut record, kind, legs, start, deleted)| {
            record["startTime"] =
                format!("2024-03-04T15:{:02}:{:02}Z", start / 60, start % 60).into();
            record["type"] = kind.unwrap_or_default();
            record["deleted"] = (deleted == 0).into();
            if let Some(legs) = legs {
                record["legs"] = legs.into();
            }
            record
        },
    )
}

pub fn session() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(record(), 1..4).prop_map(|mut records| {
        for (number, record) in records.iter_mut().enumerate() {
            record["id"] = format!("r{number}").into();
        }
        records
    })
}
