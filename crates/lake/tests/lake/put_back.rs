//! An archive that is put back to an earlier state, as from a copy of its file.

use callbook_lake::Error;
use callbook_store::SessionChanges;

use crate::archive::{Archive, Call, START_MS, ask, tables};

fn calls(ids: std::ops::Range<u32>, result: &'static str) -> Vec<Call> {
    let call = |id| Call {
        id,
        session: id,
        start_ms: START_MS + i64::from(id) * 60_000,
        seconds: 60,
        result,
        deleted: false,
    };
    ids.map(call).collect()
}

/// Every session, with its upstream's word.
async fn rows(archive: &Archive, lake: &std::path::Path) -> Vec<String> {
    let lake = archive.lake_at(lake);
    if lake.snapshot().await.unwrap().is_behind(i64::MAX) {
        // Calls were purged since.
        lake.update(&mut |_| {}).await.unwrap();
    }
    let sql = "SELECT session, result FROM interactions ORDER BY started";
    let (seen, anew) = (
        ask(&tables(&lake).await, sql).await,
        ask(&tables(&archive.lake("anew")).await, sql).await,
    );
    assert_eq!(seen, anew, "before an update");
    lake.update(&mut |_| {}).await.unwrap();
    assert_eq!(ask(&tables(&lake).await, sql).await, anew, "after an update");
    anew
}

#[tokio::test]
async fn an_archive_that_has_grown_again_is_another_one() {
    let archive = Archive::new().await;
    archive.commit(&calls(0..5, "Accepted")).await;
    let earlier = archive.copy().await;
    archive.commit(&calls(5..10, "Missed")).await;
    let lake = archive.folder.path().join("lake");
    assert_eq!(rows(&archive, &lake).await.len(), 10);
    // As many changes, or more; and of the same calls.
    for ids in [7..12, 20..24] {
        earlier.commit(&calls(ids, "Voicemail")).await;
        rows(&earlier, &lake).await;
    }
    assert_eq!(rows(&earlier, &lake).await.len(), 14);
}

#[tokio::test]
async fn what_was_purged_comes_back() {
    let archive = Archive::new().await;
    archive.commit(&calls(0..5, "Accepted")).await;
    let earlier = archive.copy().await;
    archive.purge(START_MS + 3 * 60_000).await;
    let lake = archive.folder.path().join("lake");
    assert_eq!(rows(&archive, &lake).await.len(), 2);
    assert_eq!(rows(&earlier, &lake).await.len(), 5);
    earlier.purge(START_MS + 60_000).await;
    assert_eq!(rows(&earlier, &lake).await.len(), 4);
}

/// Of another version, which knew less.
#[tokio::test]
async fn an_older_lake_is_built_anew() {
    let archive = Archive::new().await;
    archive.commit(&calls(0..5, "Accepted")).await;
    let lake = archive.folder.path().join("lake");
    assert_eq!(rows(&archive, &lake).await.len(), 5);
    let folder = std::fs::read_dir(&lake).unwrap().next().unwrap().unwrap().path();
    std::fs::write(folder.join("manifest.json"), r#"{ "format": 1, "generation": 7 }"#).unwrap();
    assert_eq!(rows(&archive, &lake).await.len(), 5);
}

#[tokio::test]
async fn files_that_are_gone_or_cut_off_are_made_anew() {
    let archive = Archive::new().await;
    archive.commit(&calls(0..5, "Accepted")).await;
    let folder = archive.folder.path().join("lake");
    rows(&archive, &folder).await;
    for spoil in
        [|path: &str| std::fs::remove_file(path), |path: &str| std::fs::write(path, "junk")]
    {
        let lake = archive.lake_at(&folder);
        spoil(&lake.files("interactions").await.unwrap()[0]).unwrap();
        lake.update(&mut |_| {}).await.unwrap();
        assert_eq!(rows(&archive, &folder).await.len(), 5);
    }
}

/// A lock in a database is lost with its connection.
#[tokio::test]
async fn of_two_writers_one_gives_way() {
    let archive = Archive::new().await;
    archive.commit(&calls(0..5, "Accepted")).await;
    let folder = archive.folder.path().join("lake");
    let lake = archive.lake_at(&folder);
    lake.update(&mut |_| {}).await.unwrap();
    let (send, sessions) = tokio::sync::mpsc::channel(1);
    let filling = tokio::spawn(async move { lake.fill(sessions, &mut |_| {}).await });
    // With the second it has begun.
    for upto in 1..3 {
        let changes = SessionChanges { upto, sessions: Vec::new(), damaged: Vec::new() };
        send.send(Ok(changes)).await.unwrap();
    }
    let manifest = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let manifest = manifest.join("manifest.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let other = text.replacen("\"generation\": 1", "\"generation\": 2", 1);
    assert_ne!(text, other);
    std::fs::write(&manifest, &other).unwrap();
    drop(send);
    assert!(matches!(filling.await.unwrap(), Err(Error::Overtaken)));
    assert_eq!(std::fs::read_to_string(&manifest).unwrap(), other);
}
