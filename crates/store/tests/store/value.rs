//! Values that processes share.

use callbook_store::{Open, Store};

use crate::place::conformance;
use crate::support::Archive;

conformance! {
    async fn values_are_found_by_how_their_keys_begin(kind: Kind) {
        let Archive { store, .. } = &Archive::new(kind).await;
        for key in ["budgets a", "budgets A", "budget", "budgets%", "other"] {
            let value = key.to_uppercase();
            store.update_value(key, |_| (Some(value), ())).await.unwrap();
        }
        let found = store.values("budgets").await.unwrap();
        let keys: Vec<_> = found.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["budgets A", "budgets a", "budgets%"]);
        assert_eq!(found[2].1, "BUDGETS%");
        assert_eq!(store.values("budgets_").await.unwrap(), []);
    }

    async fn deliveries_are_run_by_one_at_a_time(kind: Kind) {
        let archive = Archive::new(kind).await;
        // As another process would: with connections of its own.
        let other = Store::open(&archive.place.location(), Open::Existing).await.unwrap();
        let lock = archive.store.lock_deliveries().await.unwrap();
        assert!(lock.is_some());
        assert!(other.lock_deliveries().await.unwrap().is_none());
        assert!(archive.store.lock_deliveries().await.unwrap().is_none());
        drop(lock);
        assert!(other.lock_deliveries().await.unwrap().is_some());
    }

    async fn nobody_changes_a_value_in_between(kind: Kind) {
        let archive = Archive::new(kind).await;
        let mut tasks = Vec::new();
        for _ in 0..4 {
            // As another process would: with connections of its own.
            let store = Store::open(&archive.place.location(), Open::Existing).await.unwrap();
            tasks.push(tokio::spawn(async move {
                for _ in 0..25 {
                    let one_more = |value: Option<String>| {
                        let count = value.map_or(0, |value| value.parse().unwrap()) + 1;
                        (Some(count.to_string()), ())
                    };
                    store.update_value("count", one_more).await.unwrap();
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let taken = archive.store.update_value("count", |value| (None, value)).await.unwrap();
        assert_eq!(taken.as_deref(), Some("100"));
        let gone = archive.store.update_value("count", |value| (value.clone(), value)).await;
        assert_eq!(gone.unwrap(), None);
    }
}
