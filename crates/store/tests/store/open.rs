//! What can be opened, and what is left alone.

use std::fs;

use callbook_store::{Error, Open, Store};

use crate::place::Kind;
use crate::support::{Archive, everything, record};

async fn open(path: &std::path::Path, open: Open) -> Result<Store, Error> {
    Store::open(&path.display().to_string().parse().unwrap(), open).await
}

#[tokio::test]
async fn an_archive_is_there_again_after_a_restart() {
    let archive = Archive::new(Kind::Sqlite).await;
    archive.commit(&[record("a", 0)]).await;
    let Archive { store, place, lock, account } = archive;
    drop((store, lock));
    let store = open(&place.folder().join("a.db"), Open::Existing).await.unwrap();
    assert_eq!(store.accounts().await.unwrap(), std::slice::from_ref(&account));
    let rows = store.calls(account.key, everything(), None, 10).await.unwrap();
    assert_eq!(rows[0].id, "a");
}

#[tokio::test]
async fn only_its_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let archive = Archive::new(Kind::Sqlite).await;
    archive.commit(&[record("a", 0)]).await;
    for file in fs::read_dir(archive.place.folder()).unwrap() {
        let file = file.unwrap();
        // The lock holds a process id and nothing else.
        if file.path().extension().is_none_or(|extension| extension != "lock") {
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "{file:?}");
        }
    }
}

#[tokio::test]
async fn what_is_no_archive_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    fs::write(&text, "these are notes, and long enough to be anything").unwrap();
    let other = folder.path().join("other.db");
    rusqlite::Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    for path in [text, other] {
        let before = fs::read(&path).unwrap();
        for how in [Open::OrCreate, Open::Existing] {
            let error = open(&path, how).await.unwrap_err();
            assert!(matches!(error, Error::NotAnArchive { .. }), "{error:?}");
        }
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

#[tokio::test]
async fn an_archive_of_a_later_callbook_is_refused() {
    let archive = Archive::new(Kind::Sqlite).await;
    let path = std::path::PathBuf::from(archive.store.location().to_string());
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let error = open(&path, Open::OrCreate).await.unwrap_err();
    assert!(matches!(error, Error::Newer { found: 99, .. }), "{error:?}");
}

#[tokio::test]
async fn reading_needs_an_archive_and_makes_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.db");
    let error = open(&path, Open::Existing).await.unwrap_err();
    assert!(matches!(error, Error::NoArchive { .. }), "{error:?}");
    assert!(!path.exists());
}

#[tokio::test]
async fn an_empty_file_becomes_an_archive() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.db");
    fs::write(&path, "").unwrap();
    assert!(open(&path, Open::OrCreate).await.unwrap().accounts().await.unwrap().is_empty());
}
