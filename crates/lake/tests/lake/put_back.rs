//! An archive that is put back to an earlier state, as from a copy of its file.

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
