//! What is erased is gone, and nothing else.

use callbook_model::{AccountId, DirectoryEntry, DirectoryKind, Region, Scope};
use callbook_store::{Purged, Reading};
use jiff::civil::date;
use serde_json::json;

use crate::place::conformance;
use crate::support::{Archive, START_MS, everything, record};

const DAY_MS: i64 = 86_400_000;

conformance! {
    async fn a_purge_leaves_an_archive_that_can_be_checked(kind: Kind) {
        let archive = Archive::new(kind).await;
        let calls: Vec<_> = (0..300).map(|n| record(&format!("c{n}"), n * DAY_MS / 100)).collect();
        archive.commit(&calls).await;
        let mut edited = record("c0", 0);
        edited["result"] = json!("Missed");
        archive.commit(&[edited]).await;
        for day in [date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 3)] {
            let seal = archive.store.seal_day(&archive.lock, Scope::Account, day, None, 0);
            seal.await.unwrap();
        }
        let before = Some(START_MS + DAY_MS + DAY_MS / 2);
        let purged = archive.store.purge(&archive.lock, before).await.unwrap();
        assert_eq!(purged, Purged { calls: 150, versions: 151 });
        assert_eq!(archive.find(everything()).await.len(), 150);
        let report = archive.store.check(archive.account.key, Scope::Account, |_| {}).await.unwrap();
        assert_eq!(report.findings, []);
        assert_eq!((report.calls, report.purged, report.seals), (150, 2, 1));
        assert_eq!(archive.store.purge(&archive.lock, before).await.unwrap(), Purged::default());
        // What goes missing without right is still noticed.
        archive.place.sql("DELETE FROM version WHERE seq = 250").await;
        let report = archive.store.check(archive.account.key, Scope::Account, |_| {}).await.unwrap();
        assert!(!report.findings.is_empty());
    }

    async fn a_whole_account_goes_and_no_other(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0)]).await;
        let other = archive.store.put_account(AccountId(500), "http://b", None, Region::US).await;
        let other = other.unwrap();
        let lock = archive.store.lock_sync(other.key).await.unwrap();
        let records = vec![crate::support::incoming(&record("b", 0))];
        let batch = callbook_store::Batch {
            records,
            cursors: vec![("task", "1".into())],
            ..Default::default()
        };
        archive.store.commit(&lock, Scope::Account, batch).await.unwrap();
        archive.store.seal_day(&lock, Scope::Account, date(2024, 1, 1), None, 0).await.unwrap();
        let ann = DirectoryEntry { id: "1".into(), json: "{}".into(), ..DirectoryEntry::default() };
        let kind = DirectoryKind::Extension;
        let reading = Reading { kind, part: 0, entries: vec![ann], complete: true };
        archive.store.mirror(&lock, 0, vec![reading], None).await.unwrap();
        let purged = archive.store.purge(&lock, None).await.unwrap();
        assert_eq!(purged, Purged { calls: 1, versions: 1 });
        let accounts = archive.store.accounts().await.unwrap();
        assert_eq!(accounts, std::slice::from_ref(&archive.account));
        assert_eq!(archive.find(everything()).await, ["a"]);
        for table in ["directory", "call", "version", "cursor", "seal", "posting"] {
            let others = format!("SELECT count(*) FROM {table} WHERE account = (
                SELECT max(account) + 1 FROM account)");
            assert_eq!(archive.place.text(&others).await, "0", "{table}");
        }
    }
}
