//! Whatever the directory learns after calls were derived, the tables are those that would be made anew.

use callbook_lake::Lake;
use callbook_model::{DirectoryEntry, DirectoryKind, ExtensionId};
use jiff::civil::Date;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::archive::{Archive, EVERYTHING, START_MS, ask, moment, tables};

const DAY_MS: i64 = 86_400_000;

#[derive(Debug, Clone)]
enum Event {
    Commit(Vec<Call>),
    Update,
    /// The list is this from that day on.
    Mirror(i64, DirectoryKind, u64, Vec<DirectoryEntry>),
    Holidays(Vec<Date>),
}

/// A record whose legs may be anybody's.
#[derive(Debug, Clone)]
struct Call {
    id: u32,
    start_ms: i64,
    outbound: bool,
    outside: Option<u32>,
    legs: Vec<Leg>,
}

#[derive(Debug, Clone)]
struct Leg {
    from: u64,
    to: u64,
    action: &'static str,
    result: &'static str,
}

impl Call {
    fn json(&self) -> String {
        let legs = self.legs.iter().enumerate().map(|(place, leg)| self.leg(place, leg));
        let mut record = self.leg(0, &self.legs[0]);
        record["id"] = format!("c{}", self.id).into();
        record["telephonySessionId"] = format!("s-{}", self.id).into();
        record["legs"] = legs.collect();
        record.to_string()
    }

    fn leg(&self, place: usize, leg: &Leg) -> Value {
        let direction = if self.outbound { "Outbound" } else { "Inbound" };
        let inside = |id: u64| json!({ "extensionId": id.to_string() });
        let (mut from, mut to) = (inside(leg.from), inside(leg.to));
        if let Some(number) = self.outside {
            let outside = json!({ "phoneNumber": format!("+165055501{number:02}") });
            *(if self.outbound { &mut to } else { &mut from }) = outside;
        }
        let own = if self.outbound { leg.from } else { leg.to };
        json!({
            "startTime": moment(self.start_ms + place as i64 * 4_000), "duration": 60 - 4 * place, "type": "Voice",
            "direction": direction, "action": leg.action, "result": leg.result, "from": from, "to": to,
            "extension": { "id": own }, "legType": "Accept", "master": place == 0,
        })
    }
}

fn extension() -> impl Strategy<Value = u64> {
    1001u64..1007
}

fn call() -> impl Strategy<Value = Call> {
    let action =
        prop_oneof![Just("Phone Call"), Just("VoIP Call"), Just("Hunting"), Just("FindMe")];
    let result = prop_oneof![Just("Accepted"), Just("Call connected"), Just("Missed")];
    let leg = (extension(), extension(), action, result)
        .prop_map(|(from, to, action, result)| Leg { from, to, action, result });
    let legs = prop::collection::vec(leg, 1..4);
    let outside = prop::option::of(0u32..4);
    (0u32..60, 0i64..70 * 24, any::<bool>(), outside, legs).prop_map(
        |(id, hour, outbound, outside, legs)| {
            let start_ms = START_MS + hour * DAY_MS / 24 + i64::from(id) * 1000;
            Call { id, start_ms, outbound, outside, legs }
        },
    )
}

fn extensions() -> impl Strategy<Value = Vec<DirectoryEntry>> {
    let kind = prop_oneof![Just("User"), Just("Department"), Just("IvrMenu")];
    let named = (extension(), 0..3, kind).prop_map(|(id, name, kind)| DirectoryEntry {
        id: id.to_string(),
        name: Some(format!("Name {name}")),
        r#type: Some(kind.to_owned()),
        extension: Some(ExtensionId(id)),
        json: json!({ "id": id, "name": name, "type": kind }).to_string(),
        ..DirectoryEntry::default()
    });
    prop::collection::vec(named, 0..6)
}

fn numbers() -> impl Strategy<Value = Vec<DirectoryEntry>> {
    let number = (0u32..4).prop_map(|number| DirectoryEntry {
        id: number.to_string(),
        number: Some(format!("+165055501{number:02}")),
        json: json!({ "id": number }).to_string(),
        ..DirectoryEntry::default()
    });
    prop::collection::vec(number, 0..4)
}

/// Of a kind with one entry a list.
fn only(id: &str, json: &Value) -> Vec<DirectoryEntry> {
    vec![DirectoryEntry { id: id.to_owned(), json: json.to_string(), ..DirectoryEntry::default() }]
}

fn hours() -> impl Strategy<Value = Vec<DirectoryEntry>> {
    (0..24, 0..24).prop_map(|(from, to)| {
        let range = json!([{ "from": format!("{from:02}:00"), "to": format!("{to:02}:00") }]);
        let week = json!({ "monday": range, "tuesday": range, "thursday": range, "friday": range });
        only("hours", &json!({ "schedule": { "weeklyRanges": week } }))
    })
}

fn account() -> impl Strategy<Value = Vec<DirectoryEntry>> {
    prop_oneof![Just("Europe/Berlin"), Just("Pacific/Auckland")].prop_map(|zone| {
        only("400", &json!({ "regionalSettings": { "timezone": { "name": zone } } }))
    })
}

fn event() -> impl Strategy<Value = Event> {
    let list = prop_oneof![
        4 => extensions().prop_map(|entries| (DirectoryKind::Extension, 0, entries)),
        2 => numbers().prop_map(|entries| (DirectoryKind::Number, 0, entries)),
        1 => hours().prop_map(|entries| (DirectoryKind::Hours, 0, entries)),
        2 => (extension(), hours()).prop_map(|(of, entries)| (DirectoryKind::Hours, of, entries)),
        1 => account().prop_map(|entries| (DirectoryKind::Account, 0, entries)),
    ];
    let day = (1i8..28).prop_map(|day| jiff::civil::date(2024, 4, day));
    prop_oneof![
        4 => prop::collection::vec(call(), 1..15).prop_map(Event::Commit),
        2 => Just(Event::Update),
        4 => (0i64..80, list).prop_map(|(day, (kind, part, entries))| Event::Mirror(day, kind, part, entries)),
        1 => prop::collection::vec(day, 0..3).prop_map(Event::Holidays),
    ]
}

async fn is_as_made_anew(archive: &Archive, lake: &Lake, holidays: &[Date]) {
    let anew = archive.folder.path().join("anew");
    let anew = archive.lake_closed_on(&anew, holidays);
    let (kept, anew) = (tables(lake).await, tables(&anew).await);
    for sql in EVERYTHING {
        assert_eq!(ask(&kept, sql).await, ask(&anew, sql).await, "{sql}");
    }
}

async fn live_through(events: Vec<Event>) {
    let archive = Archive::new().await;
    let (place, mut holidays) = (archive.folder.path().join("kept"), Vec::new());
    let mut lake = archive.lake_closed_on(&place, &holidays);
    for event in events {
        match event {
            Event::Commit(calls) => {
                archive.commit_texts(&calls.iter().map(Call::json).collect::<Vec<_>>()).await;
            }
            Event::Update => {
                lake.update(&mut |_| {}).await.unwrap();
                assert!(!lake.snapshot().await.unwrap().is_behind(0));
            }
            Event::Mirror(day, kind, part, entries) => {
                archive.mirror(START_MS + day * DAY_MS, kind, part, entries).await;
            }
            Event::Holidays(days) => {
                lake = archive.lake_closed_on(&place, &days);
                holidays = days;
            }
        }
        is_as_made_anew(&archive, &lake, &holidays).await;
    }
    lake.update(&mut |_| {}).await.unwrap();
    is_as_made_anew(&archive, &lake, &holidays).await;
}

/// Files of a lake that are not those of before.
async fn written_anew(lake: &Lake, before: &mut Vec<String>) -> usize {
    lake.update(&mut |_| {}).await.unwrap();
    let files = lake.files("interactions").await.unwrap();
    let anew = files.iter().filter(|file| !before.contains(file)).count();
    *before = files;
    anew
}

#[tokio::test]
async fn only_what_names_a_thing_is_written_anew() {
    let archive = Archive::new().await;
    let place = archive.folder.path().join("kept");
    let lake = archive.lake_closed_on(&place, &[]);
    let call = |id, month: i64, to| {
        let leg = Leg { from: 1, to, action: "Phone Call", result: "Accepted" };
        let start_ms = START_MS + (3 + 30 * month) * DAY_MS;
        Call { id, start_ms, outbound: false, outside: Some(1), legs: vec![leg] }.json()
    };
    archive
        .commit_texts(&[call(1, 0, 1001), call(2, 1, 1001), call(3, 1, 1002), call(4, 2, 1002)])
        .await;
    let mut files = Vec::new();
    assert_eq!(written_anew(&lake, &mut files).await, 3);
    let named = |id: u64, name: &str| DirectoryEntry {
        name: Some(name.to_owned()),
        r#type: Some("User".to_owned()),
        extension: Some(ExtensionId(id)),
        ..only(&id.to_string(), &json!({ "name": name })).remove(0)
    };
    let mut people = Vec::new();
    for (day, person, anew) in [
        (80, named(1003, "Nobody's"), 0),
        // One month has a call of another, which is written by itself.
        (81, named(1001, "First known"), 3),
        (82, named(1001, "From now on"), 0),
        (20, named(1002, "First known"), 2),
    ] {
        people.retain(|known: &DirectoryEntry| known.id != person.id);
        people.push(person);
        archive.mirror(START_MS + day * DAY_MS, DirectoryKind::Extension, 0, people.clone()).await;
        assert!(lake.snapshot().await.unwrap().is_behind(i64::MAX));
        assert_eq!(written_anew(&lake, &mut files).await, anew, "{day}");
        assert!(!lake.snapshot().await.unwrap().is_behind(i64::MAX));
    }
    let lake = archive.lake_closed_on(&place, &[jiff::civil::date(2030, 1, 1)]);
    assert_eq!(written_anew(&lake, &mut files).await, 0);
}

/// An update that breaks off has written some rows by what the directory says now, and that may be what it said before
/// by the next one.
#[tokio::test]
async fn what_was_changed_back_is_as_before() {
    let archive = Archive::new().await;
    let place = archive.folder.path().join("kept");
    let leg = Leg { from: 1, to: 1001, action: "Phone Call", result: "Accepted" };
    let start_ms = START_MS + 3 * DAY_MS;
    let call = Call { id: 1, start_ms, outbound: false, outside: Some(1), legs: vec![leg] };
    archive.commit_texts(&[call.json()]).await;
    let hours = json!({ "schedule": {} });
    archive.mirror(START_MS, DirectoryKind::Hours, 0, only("1", &hours)).await;
    let day = jiff::Timestamp::from_millisecond(start_ms).unwrap();
    let day = day.to_zoned(jiff::tz::TimeZone::UTC).date();
    let after_hours = "SELECT after_hours FROM interactions";
    let manifest = || {
        let folder = std::fs::read_dir(&place).unwrap().next().unwrap().unwrap().path();
        folder.join("manifest.json")
    };
    let read = || -> Value { serde_json::from_slice(&std::fs::read(manifest()).unwrap()).unwrap() };

    let lake = archive.lake_closed_on(&place, &[]);
    lake.update(&mut |_| {}).await.unwrap();
    let before = read();
    let open = ask(&tables(&lake).await, after_hours).await;
    archive.lake_closed_on(&place, &[day]).update(&mut |_| {}).await.unwrap();
    let mut broken_off = read();
    broken_off["mixed"] = json!([broken_off["facts"].take()]);
    broken_off["facts"] = before["facts"].clone();
    std::fs::write(manifest(), broken_off.to_string()).unwrap();

    assert!(lake.snapshot().await.unwrap().is_behind(i64::MAX));
    assert_eq!(ask(&tables(&lake).await, after_hours).await, open);
    lake.update(&mut |_| {}).await.unwrap();
    assert!(!lake.snapshot().await.unwrap().is_behind(i64::MAX));
    assert_eq!(ask(&tables(&lake).await, after_hours).await, open);
    let closed = archive.lake_closed_on(&place, &[day]);
    assert_ne!(ask(&tables(&closed).await, after_hours).await, open);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn what_is_known_late_counts_from_the_beginning(events in prop::collection::vec(event(), 1..16)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(live_through(events));
    }
}
