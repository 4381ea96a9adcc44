//! An archive to make tables of.

use std::path::Path;

use callbook_lake::{Access, Lake, Limits, Place, Tables};
use callbook_model::{AccountId, DirectoryEntry, DirectoryKind, Region, Scope};
use callbook_store::{Account, Batch, Decoder, Location, Open, Reading, State, Store, SyncLock};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use tempfile::TempDir;

/// 2024-03-31T00:00:00Z: the night in which Europe's clocks leap.
pub const START_MS: i64 = 1_711_843_200_000;

pub struct Archive {
    pub store: Store,
    pub account: Account,
    lock: SyncLock,
    pub folder: TempDir,
}

/// A record of a call log.
#[derive(Debug, Clone)]
pub struct Call {
    pub id: u32,
    pub session: u32,
    pub start_ms: i64,
    pub seconds: i64,
    pub result: &'static str,
    pub deleted: bool,
}

impl Archive {
    pub async fn new() -> Self {
        Self::open(tempfile::tempdir().unwrap()).await
    }

    pub async fn commit(&self, calls: &[Call]) {
        self.commit_texts(&calls.iter().map(Call::json).collect::<Vec<_>>()).await;
    }

    pub async fn commit_texts(&self, records: &[String]) {
        let mut decoder = Decoder::new(Region::US).unwrap();
        let decode = |text: &String| decoder.decode(text).unwrap().unwrap();
        let records = records.iter().map(decode).collect();
        let batch = Batch { records, ..Batch::default() };
        self.store.commit(&self.lock, Scope::Account, batch).await.unwrap();
    }

    pub async fn import(&self, scope: Scope, states: Vec<State>) {
        self.store.import(&self.lock, scope, states, START_MS).await.unwrap();
    }

    /// Another that is as this one is now, down to its id.
    pub async fn copy(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.db", "a.db-wal"] {
            std::fs::copy(self.folder.path().join(name), folder.path().join(name)).unwrap();
        }
        Self::open(folder).await
    }

    async fn open(folder: TempDir) -> Self {
        let location = Location::Sqlite(folder.path().join("a.db"));
        let store = Store::open(&location, Open::OrCreate).await.unwrap();
        let account =
            store.put_account(AccountId(400), "http://a", None, Region::US).await.unwrap();
        let lock = store.lock_sync(account.key).await.unwrap();
        Self { store, account, lock, folder }
    }

    pub async fn purge(&self, before_ms: i64) {
        self.store.purge(&self.lock, Some(before_ms)).await.unwrap();
    }

    pub fn lake(&self, name: &str) -> Lake {
        self.lake_at(&self.folder.path().join(name))
    }

    pub fn lake_at(&self, folder: &Path) -> Lake {
        self.lake_closed_on(folder, &[])
    }

    pub fn lake_closed_on(&self, folder: &Path, holidays: &[Date]) -> Lake {
        let place = Place::folder(folder).unwrap();
        Lake::new(self.store.clone(), self.account.clone(), place, holidays.to_vec()).unwrap()
    }

    /// A list of the directory is this from a moment on.
    pub async fn mirror(
        &self,
        at_ms: i64,
        kind: DirectoryKind,
        part: u64,
        entries: Vec<DirectoryEntry>,
    ) {
        let reading = Reading { kind, part, entries, complete: true };
        self.store.mirror(&self.lock, at_ms, vec![reading], None).await.unwrap();
    }
}

/// As upstream writes it.
pub fn moment(ms: i64) -> String {
    Timestamp::from_millisecond(ms).unwrap().to_string()
}

impl Call {
    pub fn json(&self) -> String {
        let at = moment(self.start_ms);
        let from = json!({ "phoneNumber": format!("+1650555{:04}", self.session % 10_000) });
        let to = json!({ "phoneNumber": "+16505550100", "extensionId": "1001" });
        let mut json = json!({
            "id": format!("c{}", self.id), "sessionId": self.session.to_string(),
            "telephonySessionId": format!("s-{}", self.session),
            "startTime": at, "duration": self.seconds, "type": "Voice", "direction": "Inbound",
            "action": "Phone Call", "result": self.result, "from": from, "to": to,
            "legs": [{
                "startTime": at, "duration": self.seconds, "type": "Voice", "direction": "Inbound",
                "action": "Phone Call", "result": self.result, "from": from, "to": to,
                "extension": { "id": 1001 }, "legType": "Accept", "master": true,
            }],
        });
        if self.deleted {
            json["deleted"] = true.into();
        }
        json.to_string()
    }
}

/// Every column of every table.
pub const EVERYTHING: [&str; 5] = [
    "SELECT * FROM interactions ORDER BY session",
    "SELECT * FROM legs ORDER BY session, leg",
    "SELECT * FROM offers ORDER BY session, started, extension",
    "SELECT * FROM queue_visits ORDER BY session, visit",
    "SELECT * FROM recordings ORDER BY session, recording",
];

/// The tables as a lake has them now.
pub async fn tables(lake: &Lake) -> Tables {
    lake.tables(&Limits::default(), &Access::Everything).await.unwrap()
}

/// What a question is answered with, a line a row.
pub async fn ask(tables: &Tables, sql: &str) -> Vec<String> {
    let options = FormatOptions::default().with_null("null");
    let mut lines = Vec::new();
    for batch in tables.ask(sql, Vec::new()).await.unwrap().all().await.unwrap() {
        let columns = batch.columns().iter();
        let columns: Vec<_> =
            columns.map(|column| ArrayFormatter::try_new(column, &options).unwrap()).collect();
        for row in 0..batch.num_rows() {
            let cells: Vec<_> =
                columns.iter().map(|column| column.value(row).to_string()).collect();
            lines.push(cells.join(" "));
        }
    }
    lines
}
