//! Synchronisation by tokens that hold change numbers.

use callbook_model::Scope;
use callbook_store::{Batch, Decoder, SyncLock};
use serde_json::{Value, json};

use crate::company::Archived;
use crate::kinds::conformance;
use crate::serving::Served;

/// A record that upstream might have sent.
fn record(id: &str, result: &str) -> Value {
    json!({
        "id": id, "startTime": "2024-05-31T23:59:00.000Z", "duration": 5, "direction": "Inbound",
        "result": result, "uri": "http://upstream/restapi/v1.0/account/1/call-log/x?view=Detailed",
        "legs": [],
    })
}

async fn commit(served: &Served, lock: &SyncLock, records: &[Value]) {
    let Archived { store, account, .. } = &served.archived;
    let mut decoder = Decoder::new(account.home).unwrap();
    let decoded = records.iter().map(|each| decoder.decode(&each.to_string()).unwrap().unwrap());
    let batch = Batch { records: decoded.collect(), ..Batch::default() };
    store.commit(lock, Scope::Account, batch).await.unwrap();
}

async fn step(served: &Served, path: &str) -> (Vec<Value>, String, Value) {
    let answer: Value = serde_json::from_str(&served.text(path).await).unwrap();
    let records = answer["records"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
    let info = answer["syncInfo"].clone();
    (records, info["syncToken"].as_str().unwrap().to_owned(), info)
}

fn ids(records: &[Value]) -> Vec<&str> {
    records.iter().map(|record| record["id"].as_str().unwrap()).collect()
}

conformance! {
    async fn what_is_committed_after_a_token_is_told_with_it(kind: Kind) {
        let served = Served::new(Archived::new(kind).await).await;
        let lock = served.archived.store.lock_sync(served.archived.account.key).await.unwrap();
        let log = "/account/~/call-log-sync";
        let (first, token, _) = step(&served, &format!("{log}?syncType=FSync&recordCount=3")).await;
        assert_eq!(first.len(), 3);
        commit(&served, &lock, &[record("a", "Accepted"), record("b", "Missed")]).await;
        let more = format!("{log}?syncType=ISync&showDeleted=true&syncToken={token}");
        let (told, token, _) = step(&served, &more).await;
        assert_eq!(ids(&told), ["b", "a"]);
        assert!(told[0]["uri"].as_str().unwrap().starts_with(&served.url), "{told:?}");
        assert!(told[0].get("legs").is_none(), "the view is the token's");
        let mut gone = record("a", "Accepted");
        gone["deleted"] = json!(true);
        commit(&served, &lock, &[gone]).await;
        let more = format!("{log}?syncType=ISync&showDeleted=true&syncToken={token}");
        let (told, token, _) = step(&served, &more).await;
        assert_eq!((ids(&told), &told[0]["deleted"]), (vec!["a"], &json!(true)));
        let (told, _, _) = step(&served, &format!("{log}?syncType=ISync&syncToken={token}")).await;
        assert!(told.is_empty());
    }

    async fn an_extract_gives_everything_by_and_by(kind: Kind) {
        let served = Served::new(Archived::new(kind).await).await;
        let newest = served.archived.store.newest_seq(served.archived.account.key).await.unwrap();
        let log = "/account/~/call-log-extract-sync";
        let mut path = format!("{log}?dateFrom=2023-01-01T00:00:00Z&recordCount=500");
        let mut all = Vec::new();
        loop {
            let (records, token, info) = step(&served, &path).await;
            all.extend(records);
            path = format!("{log}?syncType=ISync&syncToken={token}");
            if info["newerRecordsExist"] == false {
                break;
            }
        }
        let mut unique = ids(&all);
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), all.len());
        // Each call once; the sandbox has edited none of them.
        assert!(all.len() as i64 <= newest && all.len() > 1_000, "{} of {newest}", all.len());
        let (records, ..) = step(&served, &path).await;
        assert!(records.is_empty());
    }

    async fn a_token_of_another_archive_is_refused(kind: Kind) {
        let served = Served::new(Archived::new(kind).await).await;
        let lock = served.archived.store.lock_sync(served.archived.account.key).await.unwrap();
        commit(&served, &lock, &[record("a", "Accepted")]).await;
        let log = "/account/~/call-log-sync";
        let (_, token, _) = step(&served, &format!("{log}?syncType=FSync&recordCount=3")).await;
        // The same key, but a copy of before the token.
        let copy = Served::new(Archived::new(kind).await).await;
        let path = format!("{log}?syncType=ISync&syncToken={token}");
        let answer: Value = serde_json::from_str(&copy.text(&path).await).unwrap();
        assert_eq!(answer["errorCode"], "CLG-103", "{answer}");
    }
}
