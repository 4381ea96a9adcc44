//! What holds for any JSON.

use std::collections::BTreeMap;

use callbook_interaction::{Derived, Disposition, OfferOutcome, Record, VisitOutcome, derive};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::company::{Acme, EXTENSIONS};

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

fn session() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(record(), 1..4).prop_map(|mut records| {
        for (number, record) in records.iter_mut().enumerate() {
            record["id"] = format!("r{number}").into();
        }
        records
    })
}

/// Calls a function with what is derived.
fn with_rows<T>(records: &[Value], then: impl FnOnce(Option<&Derived<'_>>) -> T) -> T {
    let texts: Vec<String> = records.iter().map(Value::to_string).collect();
    let records: Vec<_> = texts.iter().map(|text| Record::read(text).unwrap()).collect();
    let company = Acme::new();
    then(derive(&records, &company).as_ref())
}

proptest! {
    #[test]
    fn counts_and_times_agree(records in session()) {
        with_rows(&records, |rows| rows.map_or(Ok(()), agree))?;
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(mut records in session(), turn in 0..7_usize) {
        let before = with_rows(&records, |rows| format!("{rows:?}"));
        records.reverse();
        for legs in records.iter_mut().filter_map(|record| record["legs"].as_array_mut()) {
            let count = legs.len().max(1);
            legs.rotate_left(turn % count);
            legs.reverse();
        }
        prop_assert_eq!(with_rows(&records, |rows| format!("{rows:?}")), before);
    }

    #[test]
    fn any_text_can_be_read_or_not(text in "\\PC*", cut in 0..400_usize, records in session()) {
        let whole = records[0].to_string();
        let part: String = whole.chars().take(cut).collect();
        for text in [text, part.clone(), format!("{part}}}"), format!("{part}]}}}}")] {
            if let Some(record) = Record::read(&text) {
                let company = Acme::new();
                prop_assert!(derive(&[record], &company).is_none_or(|rows| agree(&rows).is_ok()));
            }
        }
    }
}

fn agree(rows: &Derived<'_>) -> Result<(), TestCaseError> {
    let row = &rows.interaction;
    prop_assert!((0..=row.duration_ms).contains(&row.talk_ms));
    prop_assert!((0..=row.duration_ms).contains(&row.wait_ms));
    prop_assert_eq!(row.legs as usize, rows.legs.len());
    prop_assert_eq!(row.records as usize, row.calls.len());
    prop_assert_eq!(row.offers as usize, rows.offers.len());
    prop_assert_eq!(row.queue_visits as usize, rows.queue_visits.len());
    prop_assert_eq!(row.recorded, !rows.recordings.is_empty());
    prop_assert_eq!(row.first_queue, rows.queue_visits.first().map(|visit| visit.queue));
    prop_assert_eq!(row.answered_by.is_some(), row.answered_at.is_some());
    let spoken = rows.legs.iter().any(|leg| leg.answered);
    prop_assert_eq!(row.answered_at.is_some(), spoken);
    prop_assert!(spoken || (row.talk_ms, row.hops) == (0, 0));
    if ![Disposition::Failed, Disposition::Blocked, Disposition::Answered]
        .contains(&row.disposition)
    {
        prop_assert!(!spoken);
    }
    let refused = rows.offers.iter().filter(|offer| offer.outcome.is_refused()).count();
    prop_assert_eq!(row.refused as usize, refused);
    offers_agree(rows)?;
    visits_agree(rows)
}

fn offers_agree(rows: &Derived<'_>) -> Result<(), TestCaseError> {
    let mut ends = BTreeMap::new();
    for offer in &rows.offers {
        let length_ms = offer.ended.as_millisecond() - offer.started.as_millisecond();
        prop_assert!(offer.legs > 0);
        prop_assert!((0..=length_ms).contains(&offer.ring_ms));
        prop_assert!((0..=length_ms - offer.ring_ms).contains(&offer.talk_ms));
        prop_assert!(offer.talk_ms == 0 || offer.outcome == OfferOutcome::Answered);
        prop_assert_eq!(offer.queue.is_some(), offer.visit.is_some());
        // Offers to one user do not overlap, so of phones that ring together at most one offer is answered.
        let before = ends.insert(offer.extension, offer.ended);
        prop_assert!(before.is_none_or(|ended| ended <= offer.started));
    }
    let legs: u32 = rows.offers.iter().map(|offer| offer.legs).sum();
    prop_assert!(legs <= rows.interaction.legs);
    Ok(())
}

fn visits_agree(rows: &Derived<'_>) -> Result<(), TestCaseError> {
    for (place, visit) in (0..).zip(&rows.queue_visits) {
        prop_assert_eq!(visit.order, place);
        prop_assert!((0..=rows.interaction.duration_ms).contains(&visit.wait_ms));
        let own = || rows.offers.iter().filter(|offer| offer.visit == Some(place));
        prop_assert!(own().all(|offer| offer.queue == Some(visit.queue)));
        prop_assert_eq!(visit.offers as usize, own().count());
        let answered = own().any(|offer| offer.outcome == OfferOutcome::Answered);
        prop_assert_eq!(visit.outcome == VisitOutcome::Answered, answered);
        prop_assert_eq!(visit.answered_by.is_some(), answered);
        let next = rows.queue_visits.get(place as usize + 1);
        let overflows = next.is_some() && !answered;
        prop_assert_eq!(visit.outcome == VisitOutcome::Overflow, overflows);
        prop_assert!(next.is_none_or(|next| next.overflow_in == overflows));
    }
    Ok(())
}
