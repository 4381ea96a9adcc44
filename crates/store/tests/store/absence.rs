//! Calls that upstream lists no more.

use callbook_model::Scope;
use callbook_store::{ABSENT_AFTER_MS, Batch, CallFilter, Cause, Committed};
use serde_json::json;

use crate::place::conformance;
use crate::support::{Archive, START_MS, everything, incoming, record};

/// A complete list of a time that did not have these.
fn absent(ids: &[&str], observed_ms: i64) -> Batch {
    let absent = ids.iter().map(|id| (*id).to_owned()).collect();
    Batch { absent, observed_ms, ..Batch::default() }
}

async fn causes(archive: &Archive, id: &str) -> Vec<Cause> {
    let versions = archive.store.versions(archive.account.key, Scope::Account, id).await.unwrap();
    versions.into_iter().map(|version| version.cause).collect()
}

const SUSPECT: Committed = Committed {
    inserted: 0,
    updated: 0,
    deleted: 0,
    restored: 0,
    suspects: 1,
    unchanged: 0,
    quarantined: 0,
};

conformance! {
    async fn absent_twice_is_deleted_and_once_is_not(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0), record("b", 1)]).await;
        assert_eq!(archive.batch(absent(&["a", "a", "none"], START_MS)).await, SUSPECT);
        // Too soon after the first time: upstream's list may have lagged.
        let soon = absent(&["a"], START_MS + ABSENT_AFTER_MS - 1);
        assert_eq!(archive.batch(soon).await, SUSPECT);
        assert_eq!(archive.find(everything()).await, ["b", "a"]);

        let late = START_MS + ABSENT_AFTER_MS;
        let committed = archive.batch(absent(&["a"], late)).await;
        assert_eq!(committed, Committed { deleted: 1, ..Committed::default() });
        assert_eq!(archive.find(everything()).await, ["b"]);
        let deleted = CallFilter { deleted: true, ..everything() };
        assert_eq!(archive.find(deleted).await, ["b", "a"]);
        assert_eq!(causes(&archive, "a").await, [Cause::Absent, Cause::Received]);
        let versions = archive.store.versions(archive.account.key, Scope::Account, "a").await;
        let versions = versions.unwrap();
        assert_eq!(versions[0].json, versions[1].json);
        assert_eq!((versions[0].seq, versions[0].received_ms), (3, late));
        // It is deleted: no longer can it be absent.
        assert_eq!(archive.batch(absent(&["a"], late * 2)).await, Committed::default());
    }

    async fn a_call_listed_in_between_was_not_absent(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0)]).await;
        archive.batch(absent(&["a"], START_MS)).await;
        assert_eq!(archive.commit(&[record("a", 0)]).await.unchanged, 1);
        assert_eq!(archive.batch(absent(&["a"], START_MS + 2 * ABSENT_AFTER_MS)).await, SUSPECT);
        assert_eq!(archive.find(everything()).await, ["a"]);
    }

    async fn listed_and_absent_in_one_batch_is_listed(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0)]).await;
        let records = vec![incoming(&record("a", 0))];
        let batch = Batch { records, ..absent(&["a"], START_MS) };
        let unchanged = Committed { unchanged: 1, ..Committed::default() };
        assert_eq!(archive.batch(batch).await, unchanged);
    }

    async fn a_call_that_is_listed_again_is_deleted_no_more(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0)]).await;
        for hour in 0..2 {
            archive.batch(absent(&["a"], START_MS + hour * ABSENT_AFTER_MS)).await;
        }
        let restored = Committed { restored: 1, ..Committed::default() };
        assert_eq!(archive.commit(&[record("a", 0)]).await, restored);
        assert_eq!(archive.find(everything()).await, ["a"]);
        assert_eq!(causes(&archive, "a").await, [Cause::Listed, Cause::Absent, Cause::Received]);
        assert_eq!(archive.commit(&[record("a", 0)]).await.unchanged, 1);
    }

    async fn what_upstream_says_is_deleted_stays_so_while_it_says_so(kind: Kind) {
        let archive = Archive::new(kind).await;
        let mut call = record("a", 0);
        call["deleted"] = json!(true);
        archive.commit(std::slice::from_ref(&call)).await;
        assert_eq!(archive.batch(absent(&["a"], START_MS)).await, Committed::default());
        assert_eq!(archive.commit(&[call]).await.unchanged, 1);
        assert_eq!(causes(&archive, "a").await, [Cause::Received]);
        assert!(archive.find(everything()).await.is_empty());
    }

    async fn too_old_for_upstream_is_expired_and_not_deleted(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0), record("b", 10)]).await;
        for from_ms in [START_MS + 5, START_MS] {
            let noted = archive.store.set_upstream_from(&archive.lock, Scope::Account, from_ms);
            noted.await.unwrap();
        }
        let noted = archive.store.upstream_from(archive.account.key, Scope::Account).await;
        assert_eq!(noted.unwrap(), Some(START_MS + 5));
        archive.batch(absent(&["b"], START_MS)).await;
        let status = archive.store.status().await.unwrap().accounts.remove(0);
        assert_eq!((status.calls, status.deleted, status.expired), (2, 0, 1));
        assert_eq!((status.suspects, status.tombstones), (1, 0));
        archive.batch(absent(&["b"], START_MS + ABSENT_AFTER_MS)).await;
        let status = archive.store.status().await.unwrap().accounts.remove(0);
        assert_eq!((status.suspects, status.tombstones, status.deleted), (0, 1, 1));
    }

    async fn a_repair_writes_what_is_known_already(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0)]).await;
        let records = vec![incoming(&record("a", 0)), incoming(&record("b", 1))];
        let repaired = archive.batch(Batch { records, force: true, ..Batch::default() }).await;
        assert_eq!((repaired.inserted, repaired.updated), (1, 1));
        assert_eq!(causes(&archive, "a").await, [Cause::Repaired, Cause::Received]);
        assert_eq!(causes(&archive, "b").await, [Cause::Repaired]);
    }
}
