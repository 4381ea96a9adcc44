//! What is known of an archive without looking at its calls.

use callbook_store::{Open, Store};

use crate::place::conformance;
use crate::support::{Archive, START_MS, record};

conformance! {
    async fn a_database_tells_how_it_does(kind: Kind) {
        let archive = Archive::new(kind).await;
        let health = archive.store.health(true).await.unwrap();
        assert!(health.engine.starts_with("SQLite 3.") || health.engine.starts_with("PostgreSQL "));
        assert!(health.schema > 0 && health.damage.is_empty(), "{health:?}");
    }

    async fn whoever_syncs_is_known_to_others(kind: Kind) {
        let Archive { lock, account, place, store } = Archive::new(kind).await;
        // As another process would: with connections of its own.
        let other = Store::open(&place.location(), Open::Existing).await.unwrap();
        let me = std::process::id().to_string();
        assert_eq!(other.sync_holder(account.key).await.unwrap(), Some(me));
        drop((lock, store));
        // A server takes note of it a moment later.
        while other.sync_holder(account.key).await.unwrap().is_some() {
            tokio::task::yield_now().await;
        }
    }

    async fn recent_calls_are_counted(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0), record("b", 1), record("c", 2)]).await;
        assert_eq!(archive.store.calls_since(START_MS + 1).await.unwrap(), 2);
    }
}

#[tokio::test]
async fn damaged_pages_are_found() {
    let archive = Archive::new(crate::place::Kind::Sqlite).await;
    archive.commit(&(0..500).map(|n| record(&format!("r{n}"), n)).collect::<Vec<_>>()).await;
    let Archive { store, place, lock, .. } = archive;
    drop((store, lock));
    let path = place.folder().join("a.db");
    rusqlite::Connection::open(&path)
        .unwrap()
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    // The cells of the last pages of tables.
    let end = bytes.len();
    bytes[end - 40_000..end - 4_096].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    let store = Store::open(&place.location(), Open::Existing).await.unwrap();
    let damaged = match store.health(true).await {
        Ok(health) => !health.damage.is_empty(),
        Err(error) => matches!(error, callbook_store::Error::Damaged { .. }),
    };
    assert!(damaged);
}
