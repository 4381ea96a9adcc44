//! An archive of two departments, a menu and a shared line.

use callbook_analytics::LakeAnalytics;
use callbook_api::{Analytics as _, CallGroups, CallsFilter, CallsQuery, Grouping};
use callbook_lake::{Lake, Place};
use callbook_model::{AccountId, DirectoryEntry, DirectoryKind, ExtensionId, Region, Scope};
use callbook_store::{Account, Batch, Decoder, Location, Open, Reading, Store, SyncLock};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;

pub const ANN: u64 = 1_001;
pub const BOB: u64 = 1_002;
pub const EVE: u64 = 1_003;
pub const MENU: u64 = 1_007;
pub const LINE: u64 = 1_008;
pub const QUEUE: u64 = 1_009;

pub const START: &str = "2024-03-04T10:00:00Z";

/// Records in one transaction.
const BATCH: usize = 250;

pub struct Archive {
    store: Store,
    account: Account,
    lock: SyncLock,
    folder: TempDir,
}

/// A leg of an inbound call: whose, from which second to which, of what type, and how it ended.
pub type Leg = (u64, i64, i64, &'static str, &'static str);

impl Archive {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("a.db"));
        let store = Store::open(&location, Open::OrCreate).await.unwrap();
        let account = store.put_account(AccountId(400), "http://a", None, Region::US).await;
        let account = account.unwrap();
        let lock = store.lock_sync(account.key).await.unwrap();
        let people = vec![
            entry(ANN, "User", Some("Sales")),
            entry(BOB, "User", Some("Sales")),
            entry(EVE, "User", Some("Support")),
            entry(MENU, "IvrMenu", None),
            entry(LINE, "SharedLinesGroup", None),
            entry(QUEUE, "Department", None),
        ];
        let members = vec![entry(BOB, "User", None)];
        let readings = vec![
            Reading { kind: DirectoryKind::Extension, part: 0, entries: people, complete: true },
            Reading { kind: DirectoryKind::Member, part: QUEUE, entries: members, complete: true },
        ];
        store.mirror(&lock, 1, readings, None).await.unwrap();
        Self { store, account, lock, folder }
    }

    pub async fn commit(&self, calls: &[Value]) {
        let mut decoder = Decoder::new(Region::US).unwrap();
        for calls in calls.chunks(BATCH) {
            let decode = |call: &Value| decoder.decode(&call.to_string()).unwrap().unwrap();
            let records = calls.iter().map(decode).collect();
            let batch = Batch { records, ..Batch::default() };
            self.store.commit(&self.lock, Scope::Account, batch).await.unwrap();
        }
    }

    pub fn analytics(&self) -> LakeAnalytics {
        let place = Place::folder(&self.folder.path().join("lake")).unwrap();
        let (store, account) = (self.store.clone(), self.account.clone());
        let lake = Lake::new(store, account, place, Vec::new()).unwrap();
        LakeAnalytics::new(lake, self.account.id, Region::US)
    }
}

fn entry(id: u64, kind: &str, department: Option<&str>) -> DirectoryEntry {
    DirectoryEntry {
        id: id.to_string(),
        number: Some((id - 900).to_string()),
        name: Some(format!("Extension {id}")),
        r#type: Some(kind.to_owned()),
        department: department.map(str::to_owned),
        extension: Some(ExtensionId(id)),
        json: json!({ "id": id }).to_string(),
        ..DirectoryEntry::default()
    }
}

fn at(seconds: i64) -> String {
    let start: Timestamp = START.parse().unwrap();
    (start + SignedDuration::from_secs(seconds)).to_string()
}

/// A call from outside, or from a colleague, or to outside.
pub fn call(id: u32, from: &Value, to: &Value, direction: &str, legs: &[Leg]) -> Value {
    let common = |start: i64, end: i64, result: &str| {
        json!({
            "startTime": at(start), "duration": end - start, "durationMs": (end - start) * 1000,
            "type": "Voice", "direction": direction, "action": "Phone Call", "result": result,
            "from": from, "to": to,
        })
    };
    let legs = legs.iter().enumerate().map(|(place, (extension, start, end, kind, result))| {
        let mut leg = common(*start, *end, result);
        leg["extension"] = json!({ "id": extension });
        leg["legType"] = (*kind).into();
        leg["master"] = (place == 0).into();
        if kind.starts_with("Transfer") {
            leg["action"] = "Transfer".into();
        }
        leg
    });
    let legs: Vec<Value> = legs.collect();
    let mut record = legs[0].clone();
    record["id"] = format!("c{id}").into();
    record["sessionId"] = id.to_string().into();
    record["telephonySessionId"] = format!("s-{id}").into();
    record["legs"] = legs.into();
    record
}

pub fn outside() -> Value {
    json!({ "phoneNumber": "+16505550112" })
}

pub fn inside(extension: u64) -> Value {
    json!({ "extensionId": extension.to_string(), "extensionNumber": (extension - 900).to_string() })
}

pub fn query(grouping: Grouping) -> CallsQuery {
    let from: Timestamp = START.parse().unwrap();
    CallsQuery {
        grouping,
        membership: None,
        keys: Vec::new(),
        from,
        until: from + SignedDuration::from_hours(1),
        zone: TimeZone::get("America/New_York").unwrap(),
        week: None,
        filter: CallsFilter::default(),
        intervals: vec![None],
        skip: 0,
        take: 100,
        most_cells: 1_000,
    }
}

/// Groups by key, and how many there are in all.
pub async fn page(
    analytics: &LakeAnalytics,
    query: &CallsQuery,
) -> (Vec<callbook_api::CallGroup>, u64) {
    match analytics.calls(query).await.unwrap() {
        CallGroups::Page { groups, total } => (groups, total),
        other => panic!("{other:?}"),
    }
}
