//! What was no record, tried again.

use callbook_model::Scope;
use callbook_store::Batch;
use serde_json::json;

use crate::place::conformance;
use crate::support::{Archive, decode, everything, record};

/// Puts these into quarantine though they are records: as a stricter Callbook would have.
async fn quarantined(archive: &Archive, records: &[serde_json::Value]) {
    for (n, record) in records.iter().enumerate() {
        let other = format!("[{n}]");
        let quarantined = vec![decode(&other).unwrap_err()];
        archive.batch(Batch { quarantined, ..Batch::default() }).await;
        // The document of a call that is there, under the name of what is not.
        let source = archive.store.quarantine(None).await.unwrap().pop().unwrap().number;
        archive.commit(std::slice::from_ref(record)).await;
        let id = record["id"].as_str().unwrap();
        let sql = format!(
            "UPDATE quarantine SET body = (
                 SELECT v.simple FROM version v WHERE v.seq = (SELECT max(seq) FROM version))
             WHERE quarantine = {source};
             DELETE FROM posting WHERE call IN (SELECT call FROM call WHERE id = '{id}');
             DELETE FROM version WHERE call IN (SELECT call FROM call WHERE id = '{id}');
             DELETE FROM call WHERE id = '{id}'"
        );
        archive.place.sql(&sql).await;
    }
}

conformance! {
    async fn what_is_a_record_now_leaves_the_quarantine(kind: Kind) {
        let archive = Archive::new(kind).await;
        let mut call = record("a", 0);
        call.as_object_mut().unwrap().retain(|name, _| name != "legs" && name != "billing");
        quarantined(&archive, std::slice::from_ref(&call)).await;
        let hopeless = vec![decode("7").unwrap_err()];
        archive.batch(Batch { quarantined: hopeless, ..Batch::default() }).await;
        assert!(archive.find(everything()).await.is_empty());

        let committed = archive.store.retry_quarantine(&archive.lock).await.unwrap();
        assert_eq!((committed.inserted, committed.quarantined), (1, 0));
        assert_eq!(archive.find(everything()).await, ["a"]);
        let left = archive.store.quarantine(Some(archive.account.key)).await.unwrap();
        assert_eq!(left.len(), 1);
        let again = archive.store.retry_quarantine(&archive.lock).await.unwrap();
        assert_eq!(again, callbook_store::Committed::default());
    }

    async fn an_old_record_does_not_undo_a_newer_one(kind: Kind) {
        let archive = Archive::new(kind).await;
        quarantined(&archive, &[record("a", 0)]).await;
        let mut newer = record("a", 0);
        newer["result"] = json!("Voicemail");
        archive.place.sql("UPDATE quarantine SET received_ms = received_ms - 1").await;
        archive.commit(std::slice::from_ref(&newer)).await;
        archive.store.retry_quarantine(&archive.lock).await.unwrap();
        let call = archive.store.call(archive.account.key, Scope::Account, "a").await.unwrap();
        assert_eq!(call.unwrap().json, newer.to_string());
        assert_eq!(archive.store.quarantine(None).await.unwrap().len(), 1);
    }
}
