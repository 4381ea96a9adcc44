//! A bucket, where `CALLBOOK_TEST_S3` names one (`s3://…`); its keys and endpoint are in the usual variables.
//! `scripts/recordings_test.py` starts a server and makes one.

use std::collections::BTreeSet;

use callbook_lake::{Access, Error, Lake, Limits, Place};
use jiff::SignedDuration;

use crate::archive::{Archive, Call, START_MS, ask, tables};
use crate::questions::error;

/// Of so many calls the names alone are more than goes up in one piece.
const CALLS: u32 = 8_000;

fn call(id: u32) -> Call {
    let start_ms = START_MS + i64::from(id) * 1_000;
    Call { id, session: id, start_ms, seconds: 60, result: "Accepted", deleted: false }
}

/// A record whose caller's name does not compress.
fn with_long_name(id: u32) -> String {
    let mut random = u64::from(id) * 2 + 1;
    let mut letter = || {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'0' + (random >> 58) as u8)
    };
    let name: String = (0..1_000).map(|_| letter()).filter(|letter| *letter != '\\').collect();
    call(id).json().replacen(
        "{\"phoneNumber\":",
        &format!("{{\"name\":\"{name}\",\"phoneNumber\":"),
        2,
    )
}

async fn equal(bucket: &Lake, folder: &Lake) {
    for sql in [
        "SELECT * FROM interactions ORDER BY session",
        "SELECT * FROM legs ORDER BY session, leg",
        "SELECT disposition, count(*), sum(talk_ms) FROM interactions GROUP BY 1 ORDER BY 1",
    ] {
        assert_eq!(
            ask(&tables(bucket).await, sql).await,
            ask(&tables(folder).await, sql).await,
            "{sql}"
        );
    }
}

async fn files(lake: &Lake) -> BTreeSet<String> {
    lake.files("interactions").await.unwrap().into_iter().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_has_tables() {
    let Ok(bucket) = std::env::var("CALLBOOK_TEST_S3") else { return };
    let archive = Archive::new().await;
    let open = || Place::open(&bucket, std::env::vars()).unwrap();
    let lake = |place: Place| {
        Lake::new(archive.store.clone(), archive.account.clone(), place, Vec::new()).unwrap()
    };
    let (swept, kept) = (lake(open().keeping_for(SignedDuration::ZERO)), lake(open()));
    let folder = archive.lake("folder");

    assert_eq!(kept.extent().await.unwrap().files, 0);
    archive.commit_texts(&(0..CALLS).map(with_long_name).collect::<Vec<_>>()).await;
    kept.update(&mut |_| {}).await.unwrap();
    folder.update(&mut |_| {}).await.unwrap();
    equal(&kept, &folder).await;
    let first = files(&kept).await;
    assert!(
        first.iter().all(|file| file.starts_with(&format!("{bucket}/400/interactions/2024-03-")))
    );

    // A question that began before ends on the files that it began with.
    let before = kept.tables(&Limits::default(), &Access::Everything).await.unwrap();
    let edited = |id| Call { result: "Missed", seconds: 9, ..call(id) };
    archive.commit(&(0..50).map(edited).collect::<Vec<_>>()).await;
    archive.commit(&[Call { deleted: true, ..call(60) }]).await;
    equal(&kept, &folder).await;
    kept.update(&mut |_| {}).await.unwrap();
    folder.update(&mut |_| {}).await.unwrap();
    equal(&kept, &folder).await;
    assert!(files(&kept).await.is_disjoint(&first));
    let answered = "SELECT count(*) FROM interactions WHERE disposition = 'answered'";
    assert_eq!(ask(&before, answered).await, [CALLS.to_string()]);
    assert_eq!(ask(&tables(&kept).await, answered).await, [(CALLS - 51).to_string()]);

    // Nobody waits for the old ones any more.
    swept.update(&mut |_| {}).await.unwrap();
    equal(&swept, &folder).await;
    assert!(matches!(error(&before, answered).await, Error::Tables(_)));
}

/// A bucket that cannot be reached is an error, and so is an address that is none.
#[tokio::test]
async fn what_is_wrong_with_a_bucket_is_said() {
    let archive = Archive::new().await;
    let variables = [
        ("AWS_ENDPOINT", "https://127.0.0.1:9"),
        ("AWS_REGION", "r"),
        ("AWS_ACCESS_KEY_ID", "k"),
        ("AWS_SECRET_ACCESS_KEY", "CANARY"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let place = Place::open("s3://bucket/prefix/", variables).unwrap();
    assert_eq!(place.to_string(), "s3://bucket/prefix");
    let lake =
        Lake::new(archive.store.clone(), archive.account.clone(), place, Vec::new()).unwrap();
    let error = lake.extent().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read or write 400/manifest.json of the lake at s3://bucket/prefix"
    );
    assert!(!format!("{error:?}").contains("CANARY"));
    let odd = Place::open("s3://bucket?key=CANARY", []).unwrap_err();
    assert_eq!(odd.to_string(), "'s3://…' is no place for tables");
}
