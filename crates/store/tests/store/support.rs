//! An archive with one account, and records to put into it.

use callbook_model::{AccountId, DirectoryKind, Region, Scope, Span};
use callbook_store::{
    Account, Batch, CallFilter, Committed, Decoder, Extension, Incoming, Open, Quarantined,
    Reading, Store, SyncLock,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::place::{Kind, Place};

/// 2024-01-01T00:00:00Z.
pub const START_MS: i64 = 1_704_067_200_000;

pub struct Archive {
    pub store: Store,
    pub account: Account,
    pub lock: SyncLock,
    pub place: Place,
}

impl Archive {
    pub async fn new(kind: Kind) -> Self {
        let place = Place::new(kind).await;
        let store = Store::open(&place.location(), Open::OrCreate).await.unwrap();
        let account =
            store.put_account(AccountId(400), "http://a", None, Region::US).await.unwrap();
        let lock = store.lock_sync(account.key).await.unwrap();
        Self { store, account, lock, place }
    }

    pub async fn commit(&self, records: &[Value]) -> Committed {
        let records = records.iter().map(incoming).collect();
        self.batch(Batch { records, ..Batch::default() }).await
    }

    pub async fn batch(&self, batch: Batch) -> Committed {
        self.store.commit(&self.lock, Scope::Account, batch).await.unwrap()
    }

    /// What a complete list of extensions says now.
    pub async fn list_extensions(&self, extensions: Vec<Extension>) {
        let entries = extensions.into_iter().map(Into::into).collect();
        let kind = DirectoryKind::Extension;
        let reading = Reading { kind, part: 0, entries, complete: true };
        self.store.mirror(&self.lock, START_MS, vec![reading], None).await.unwrap();
    }

    /// Ids of the calls that a filter finds, newest first.
    pub async fn find(&self, filter: CallFilter) -> Vec<String> {
        let rows = self.store.calls(self.account.key, filter, None, 10_000).await.unwrap();
        rows.into_iter().map(|row| row.id).collect()
    }
}

pub fn incoming(record: &Value) -> Incoming {
    decode(&record.to_string()).unwrap()
}

pub fn decode(json: &str) -> Result<Incoming, Quarantined> {
    Decoder::new(Region::US).unwrap().decode(json).unwrap()
}

pub fn everything() -> CallFilter {
    CallFilter::new(Scope::Account, Span { from: Timestamp::MIN, to: Timestamp::MAX })
}

/// A record that began so many milliseconds after [`START_MS`].
pub fn record(id: &str, after_ms: i64) -> Value {
    let start = Timestamp::from_millisecond(START_MS + after_ms).unwrap();
    json!({
        "id": id,
        "uri": "http://a/1",
        "sessionId": format!("s{id}"),
        "telephonySessionId": format!("t{id}"),
        "startTime": start.to_string(),
        "duration": 60,
        "type": "Voice",
        "direction": "Inbound",
        "action": "Phone Call",
        "result": "Accepted",
        "from": { "phoneNumber": "+16505550100" },
        "to": { "phoneNumber": "+16505550199", "extensionId": "7" },
        "legs": [{ "legType": "PstnToSip", "extension": { "id": 8, "uri": "http://a/8" } }],
        "billing": { "costIncluded": 0 },
    })
}
