//! A copy is what it was copied from.

use callbook_model::{AccountId, DirectoryKind, ExtensionId, Region, Scope};
use callbook_store::{Error, Open, RecordingQuery, Store};
use jiff::civil::date;

use crate::place::{Kind, Place, conformance};
use crate::recordings::{keep, recorded};
use crate::support::{Archive, everything, incoming, record};

/// Everything that can be asked of an archive's account.
async fn said(store: &Store) -> String {
    let mut said = String::new();
    for account in store.accounts().await.unwrap() {
        let key = account.key;
        let mut rows = store.calls(key, everything(), None, 10_000).await.unwrap();
        for row in &mut rows {
            let versions = store.versions(key, Scope::Account, &row.id).await.unwrap();
            let (id, simple) = (&row.id, &row.json);
            said += &format!("{id} {simple:?} {versions:?}\n");
        }
        let seals = store.seals(key, Scope::Account).await.unwrap();
        let mut facts = Vec::new();
        for kind in DirectoryKind::ALL {
            facts.extend(store.directory_history(key, kind).await.unwrap());
        }
        let cursor = store.cursor(key, Scope::Account, "task").await.unwrap();
        let report = store.check(key, Scope::Account, |_| {}).await.unwrap();
        let feed = store.recording_feed(key).await.unwrap();
        let kept = RecordingQuery::Kept(String::new(), 100);
        let kept = store.recordings(key, kept).await.unwrap();
        let hours = store.recording_hours(key, 0).await.unwrap();
        let messages = store.message_counts(key).await.unwrap();
        said += &format!("{feed:?} {kept:?} {hours:?} {messages:?}\n");
        let hidden = store.hidden_after(key, ExtensionId(7), 0, 100).await.unwrap();
        let newest = store.newest_hidden(key).await.unwrap();
        let id = account.id;
        said += &format!("{id} {seals:?} {facts:?} {cursor:?} {report:?} {hidden:?} {newest:?}\n");
    }
    said
}

async fn archive(kind: Kind) -> Archive {
    let archive = Archive::new(kind).await;
    let calls: Vec<_> = (0..20).map(|n| record(&format!("c{n}"), n)).collect();
    archive.commit(&calls).await;
    let mut edited = record("c3", 3);
    edited["result"] = "Missed".into();
    archive.commit(&[edited, recorded("r1", 30, "501"), recorded("r2", 31, "502")]).await;
    archive.store.find_recordings(archive.account.key).await.unwrap();
    archive.store.enable_recordings(archive.account.key, true).await.unwrap();
    keep(&archive, "501", "400/501.mp3").await;
    for (at_ms, names) in [(0, ["Ann", "Bea"]), (9, ["Ann", "Cleo"])] {
        let readings = vec![crate::directory::people(&names)];
        archive.store.mirror(&archive.lock, at_ms, readings, None).await.unwrap();
    }
    let ids = vec!["c1".to_owned(), "c2".to_owned()];
    archive.store.hide(archive.account.key, ExtensionId(7), ids, 12).await.unwrap();
    let day = date(2024, 1, 1);
    archive.store.seal_day(&archive.lock, Scope::Account, day, None, 0).await.unwrap();
    archive
}

conformance! {
    async fn a_copy_says_what_the_archive_says(kind: Kind) {
        let archive = archive(kind).await;
        let files = tempfile::tempdir().unwrap();
        let copy = files.path().join("copy.db");
        for _ in 0..2 {
            // The second one replaces the first.
            archive.store.backup(&copy, None).await.unwrap();
        }
        let names: Vec<_> = std::fs::read_dir(files.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "{names:?}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let restored = Place::new(kind).await;
        Store::restore(&copy, &restored.location()).await.unwrap();
        let store = Store::open(&restored.location(), Open::Existing).await.unwrap();
        assert_eq!(said(&store).await, said(&archive.store).await);
        let again = Store::restore(&copy, &restored.location()).await;
        assert!(matches!(again, Err(Error::NotEmpty { .. })), "{again:?}");
        // It can go on.
        let lock = store.lock_sync(archive.account.key).await.unwrap();
        let batch = callbook_store::Batch {
            records: vec![incoming(&record("new", 99))],
            ..Default::default()
        };
        store.commit(&lock, Scope::Account, batch).await.unwrap();
        let report = store.check(archive.account.key, Scope::Account, |_| {}).await.unwrap();
        assert_eq!((report.findings, report.calls), (vec![], 23));
    }

    async fn a_copy_of_one_account_has_no_other(kind: Kind) {
        let archive = archive(kind).await;
        let store = &archive.store;
        let before = said(store).await;
        let other = store.put_account(AccountId(500), "http://b", None, Region::US).await.unwrap();
        let lock = store.lock_sync(other.key).await.unwrap();
        let batch = callbook_store::Batch {
            records: vec![incoming(&record("SECRET", 0))],
            ..Default::default()
        };
        store.commit(&lock, Scope::Account, batch).await.unwrap();
        let files = tempfile::tempdir().unwrap();
        let copy = files.path().join("copy.db");
        store.backup(&copy, Some(archive.account.key)).await.unwrap();
        let bytes = std::fs::read(&copy).unwrap();
        assert!(!bytes.windows(6).any(|bytes| bytes == b"SECRET"));
        let location = callbook_store::Location::Sqlite(copy);
        let copy = Store::open(&location, Open::Existing).await.unwrap();
        assert_eq!(said(&copy).await, before);
    }

    async fn what_is_no_whole_copy_is_not_restored(kind: Kind) {
        let archive = archive(kind).await;
        let files = tempfile::tempdir().unwrap();
        let copy = files.path().join("copy.db");
        archive.store.backup(&copy, None).await.unwrap();
        let whole = std::fs::read(&copy).unwrap();
        let into = Place::new(kind).await;
        let text = files.path().join("notes.txt");
        std::fs::write(&text, "these are notes, and long enough to be anything").unwrap();
        let half = files.path().join("half.db");
        std::fs::write(&half, &whole[..whole.len() / 2]).unwrap();
        let none = files.path().join("none.db");
        for from in [&text, &half, &none] {
            Store::restore(from, &into.location()).await.unwrap_err();
        }
        Store::restore(&copy, &into.location()).await.unwrap();
    }
}

/// A copy is the same file of either kind of database, and each kind is restored from it.
#[tokio::test]
async fn a_copy_goes_from_each_kind_to_the_other() {
    if !Kind::Postgres.is_wanted() {
        return;
    }
    for (from, into) in [(Kind::Sqlite, Kind::Postgres), (Kind::Postgres, Kind::Sqlite)] {
        let archive = archive(from).await;
        let store = &archive.store;
        // A second account's numbers begin anew on one kind, and go on on the other.
        let other = store.put_account(AccountId(500), "http://b", None, Region::US).await.unwrap();
        let lock = store.lock_sync(other.key).await.unwrap();
        for edits in 0..3 {
            let mut edited = record("z", 9);
            edited["duration"] = edits.into();
            let records = vec![incoming(&edited)];
            let cursors = vec![("task", edits.to_string())];
            let batch = callbook_store::Batch { records, cursors, ..Default::default() };
            store.commit(&lock, Scope::Account, batch).await.unwrap();
        }
        let copy = archive.place.folder().join("copy.db");
        store.backup(&copy, None).await.unwrap();
        let place = Place::new(into).await;
        Store::restore(&copy, &place.location()).await.unwrap();
        let restored = Store::open(&place.location(), Open::Existing).await.unwrap();
        assert_eq!(said(&restored).await, said(store).await);
        let (one, other) = (restored.status().await.unwrap(), store.status().await.unwrap());
        assert_eq!((one.archive_id, one.accounts), (other.archive_id, other.accounts));
    }
}
