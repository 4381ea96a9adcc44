//! A projection with a row for each session, kept by whatever happens: in the end it is as one made anew, and as a
//! naive look at all records has it.

use std::collections::{BTreeMap, BTreeSet};

use callbook_model::{ExtensionId, Scope};
use callbook_store::{ABSENT_AFTER_MS, Batch, CallFilter, ChangedSession, PurgeMark, State};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::place::Kind;
use crate::support::{Archive, START_MS, everything, incoming, record};

const DAY_MS: i64 = 86_400_000;

/// Records by id, as JSON.
type Row = BTreeMap<String, String>;

/// Rows as somebody keeps them who finds them only by place and key. There may be several of a session.
#[derive(Default)]
struct Projection {
    rows: BTreeSet<(i64, String, Row)>,
    upto: i64,
    mark: PurgeMark,
}

impl Projection {
    fn put(&mut self, session: ChangedSession) {
        let ChangedSession { key, records, places_ms } = session;
        self.rows.retain(|(place, of, _)| *of != key || !places_ms.contains(place));
        let Some(place) = records.iter().map(|record| record.start_ms).min() else { return };
        let row = records.into_iter().map(|record| (record.id, record.json)).collect();
        self.rows.insert((place, key, row));
    }

    /// Drops what was purged, and takes in some of what has changed; whether there may be more.
    async fn step(&mut self, archive: &Archive, limit: u32) -> bool {
        let (store, key) = (&archive.store, archive.account.key);
        for purge in store.purges(key, self.mark).await.unwrap() {
            let suspect =
                self.rows.extract_if(..(purge.until_ms, String::new(), Row::new()), |_| true);
            let keys: BTreeSet<String> = suspect.map(|(_, key, _)| key).collect();
            let left = store.sessions(key, keys.into_iter().collect(), self.upto).await.unwrap();
            left.sessions.into_iter().for_each(|session| self.put(session));
            self.mark = purge.mark;
        }
        let changes = store.changed_sessions(key, self.upto, limit).await.unwrap();
        assert_eq!(changes.damaged, [""; 0]);
        assert!(changes.upto >= self.upto);
        let more = changes.upto > self.upto;
        changes.sessions.into_iter().for_each(|session| self.put(session));
        self.upto = changes.upto;
        more
    }
}

/// The rows that all records of the account's log are, and those of the portal's that it has not, by a naive look at them.
async fn naive(archive: &Archive) -> BTreeSet<(i64, String, Row)> {
    let calls = archive.store.whole_calls(archive.account.key, everything(), None, 1000).await;
    let mut sessions: BTreeMap<String, (i64, Row)> = BTreeMap::new();
    for call in calls.unwrap() {
        let (json, start_ms) = (call.json.unwrap(), call.position.start_ms);
        let record: Value = serde_json::from_str(&json).unwrap();
        let id = |name: &str| record[name].as_str().filter(|id| !["", "0"].contains(id));
        let key = match (id("telephonySessionId"), id("sessionId")) {
            (Some(session), _) => format!("t{session}"),
            (None, Some(session)) => format!("s{session}"),
            (None, None) => format!("r{}", call.id),
        };
        let (place, row) = sessions.entry(key).or_insert((start_ms, Row::new()));
        *place = start_ms.min(*place);
        row.insert(call.id, json);
    }
    let (scope, unless_in) = (Scope::PORTAL, Some(Scope::Account));
    let alone = CallFilter { scope, unless_in, ..everything() };
    let calls = archive.store.whole_calls(archive.account.key, alone, None, 1000).await;
    for call in calls.unwrap() {
        let row = Row::from([(call.id.clone(), call.json.unwrap())]);
        sessions.insert(format!("p{}", call.id), (call.position.start_ms, row));
    }
    sessions.into_iter().map(|(key, (place, row))| (place, key, row)).collect()
}

/// What may happen to an archive, and when its projection looks.
#[derive(Debug, Clone)]
enum Event {
    Record { id: u8, session: u8, day: i64, deleted: bool },
    Absent { id: u8 },
    OwnLog { id: u8, session: u8 },
    Portal { id: u8, day: i64, seconds: i64 },
    Purge { day: i64 },
    Step { limit: u32 },
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let record = (0..7u8, 0..5u8, 0..6i64, prop::bool::weighted(0.15));
    let event = prop_oneof![
        8 => record.prop_map(|(id, session, day, deleted)| Event::Record { id, session, day, deleted }),
        1 => (0..7u8).prop_map(|id| Event::Absent { id }),
        1 => (0..7u8, 0..5u8).prop_map(|(id, session)| Event::OwnLog { id, session }),
        2 => (0..4u8, 0..6i64, 58..62i64)
            .prop_map(|(id, day, seconds)| Event::Portal { id, day, seconds }),
        1 => (0..5i64).prop_map(|day| Event::Purge { day }),
        5 => (1..4u32).prop_map(|limit| Event::Step { limit }),
    ];
    prop::collection::vec(event, 1..60)
}

/// Of one of three sessions, of one by the older name, or of none.
fn of(id: u8, session: u8, day: i64, deleted: bool) -> Value {
    let mut record = record(&id.to_string(), day * DAY_MS + i64::from(id));
    let (telephony, older) = match session {
        3 => (json!(null), json!("old")),
        4 => (json!(null), json!("0")),
        _ => (json!(session.to_string()), json!("old")),
    };
    (record["telephonySessionId"], record["sessionId"]) = (telephony, older);
    record["deleted"] = json!(deleted);
    record
}

async fn happen(archive: &Archive, event: &Event, at_ms: i64) {
    let one = |record: Value| Batch { records: vec![incoming(&record)], ..Batch::default() };
    match *event {
        Event::Record { id, session, day, deleted } => {
            archive.batch(one(of(id, session, day, deleted))).await;
        }
        Event::Absent { id } => {
            for hour in 0..2 {
                let observed_ms = at_ms + hour * ABSENT_AFTER_MS;
                let absent = vec![id.to_string()];
                archive.batch(Batch { absent, observed_ms, ..Batch::default() }).await;
            }
        }
        Event::OwnLog { id, session } => {
            let own = Scope::Extension(ExtensionId(7));
            archive.store.commit(&archive.lock, own, one(of(id, session, 0, false))).await.unwrap();
        }
        Event::Portal { id, day, seconds } => {
            let mut row = of(id, 4, day, false);
            (row["id"], row["duration"]) = (json!(format!("portal-{id}-{day}")), json!(seconds));
            let state = State { incoming: incoming(&row), seen: None };
            archive.store.import(&archive.lock, Scope::PORTAL, vec![state], at_ms).await.unwrap();
        }
        Event::Purge { day } => {
            archive.store.purge(&archive.lock, Some(START_MS + day * DAY_MS)).await.unwrap();
        }
        Event::Step { .. } => {}
    }
}

async fn agrees(kind: Kind, events: &[Event]) {
    let archive = Archive::new(kind).await;
    let mut kept = Projection::default();
    for (event, day) in events.iter().zip(0i64..) {
        // Nobody knows any more when a call once began that was purged: a row of the portal's that it stood for
        // then is not found.
        if matches!(event, Event::Purge { .. }) {
            while kept.step(&archive, 2).await {}
        }
        happen(&archive, event, START_MS + day * DAY_MS).await;
        if let Event::Step { limit } = *event {
            kept.step(&archive, limit).await;
        }
    }
    while kept.step(&archive, 2).await {}
    let mut anew = Projection::default();
    while anew.step(&archive, 1000).await {}
    assert_eq!(kept.rows, anew.rows);
    assert_eq!(kept.rows, naive(&archive).await);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn a_projection_is_as_one_made_anew(events in events()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(agrees(Kind::Sqlite, &events));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn a_projection_is_as_one_made_anew_on_postgres(events in events()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        if Kind::Postgres.is_wanted() {
            runtime.block_on(agrees(Kind::Postgres, &events));
        }
    }
}
