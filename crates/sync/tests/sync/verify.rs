//! What a verification finds, and what it must not take for a gap.

use callbook_sync::{Error, Options};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::{Value, json};

use crate::support::{Place, list, upstream};

/// `count` calls, one an hour, the last one `hours` hours ago.
fn calls(count: usize, hours: i64) -> Vec<Value> {
    let last = Timestamp::now() - hours.hours();
    let call = |n: usize| {
        let start = last - (n as i64).hours();
        json!({ "id": format!("c{n:05}"), "startTime": start.to_string(), "duration": 60 })
    };
    (0..count).map(call).collect()
}

#[tokio::test]
async fn a_complete_archive_has_no_gap() {
    let server = upstream().await;
    list(&server, calls(2500, 3)).await;
    let place = Place::new(&server).await;
    assert_eq!(place.sync(Options::default()).await.unwrap().committed.inserted, 2500);
    let report = place.verify().await.unwrap();
    assert!(report.is_complete());
    assert_eq!((report.upstream(), report.archive()), (2500, 2500));
    assert!(report.days.iter().all(|day| day.upstream == day.archive));
}

/// One record whose date cannot be right must not hide those that are older.
#[tokio::test]
async fn a_misdated_record_at_the_end_of_a_page_hides_no_other() {
    let mut records = calls(2500, 3);
    records[999]["listedAt"] = records[999]["startTime"].clone();
    records[999]["startTime"] = json!("1999-01-01T00:00:00Z");
    let server = upstream().await;
    list(&server, records).await;
    let place = Place::new(&server).await;
    place.sync(Options::default()).await.unwrap();
    assert_eq!(place.ids().await.len(), 2500);
}

/// If calls are skipped all the same, upstream's own count tells.
#[tokio::test]
async fn what_was_announced_and_not_listed_is_told() {
    let mut records = calls(2500, 3);
    records[999]["listedAt"] = records[999]["startTime"].clone();
    records[999]["startTime"] = json!("2001-01-01T00:00:00Z");
    let server = upstream().await;
    list(&server, records).await;
    let place = Place::new(&server).await;
    place.sync(Options::default()).await.unwrap();
    let report = place.verify().await.unwrap();
    assert!(!report.is_complete());
    assert_eq!(report.shortfall.map(|shortfall| shortfall.announced), Some(2500));
}

#[tokio::test]
async fn a_gap_is_named_and_listed_again_when_asked() {
    let server = upstream().await;
    list(&server, calls(300, 3)).await;
    let place = Place::new(&server).await;
    place.sync(Options::default()).await.unwrap();
    place.sql(
        "DELETE FROM posting WHERE call = (SELECT call FROM call WHERE id = 'c00200');
         DELETE FROM call WHERE id = 'c00200'",
    );
    let missing = |report: &callbook_sync::VerifyReport| {
        report.days.iter().flat_map(|day| day.missing.clone()).collect::<Vec<_>>()
    };
    assert_eq!(missing(&place.verify().await.unwrap()), ["c00200"]);
    assert_eq!(place.sync(Options::default()).await.unwrap().committed.inserted, 0);
    let since = Some(Timestamp::now() - 400.hours());
    let again = place.sync(Options { since, ..Options::default() }).await.unwrap();
    assert_eq!(again.committed.inserted, 1);
    assert!(place.verify().await.unwrap().is_complete());
}

#[tokio::test]
async fn a_call_that_was_going_on_is_no_gap() {
    let server = upstream().await;
    let mut records = calls(30, 3);
    let log = list(&server, records.clone()).await;
    let place = Place::new(&server).await;
    place.sync(Options::default()).await.unwrap();
    // It began an hour before the sync and ended after it.
    let start = Timestamp::now() - SignedDuration::from_hours(1);
    records.push(json!({ "id": "long", "startTime": start.to_string(), "duration": 3700 }));
    log.set(records);
    let report = place.verify().await.unwrap();
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(report.days.iter().map(|day| day.not_yet).sum::<u64>(), 1);
}

#[tokio::test]
async fn what_upstream_has_forgotten_is_no_gap() {
    let server = upstream().await;
    let log = list(&server, calls(2500, 3)).await;
    let place = Place::new(&server).await;
    place.sync(Options::default()).await.unwrap();
    log.set(calls(100, 3));
    let report = place.verify().await.unwrap();
    assert!(report.is_complete());
    assert_eq!(report.days.iter().map(|day| day.only_in_archive).sum::<u64>(), 2400);
}

#[tokio::test]
async fn before_a_sync_has_ended_there_is_nothing_to_verify() {
    let server = upstream().await;
    list(&server, calls(30, 3)).await;
    let place = Place::new(&server).await;
    place.sync(Options::default()).await.unwrap();
    place.sql(
        r#"UPDATE cursor SET value = json_set(value, '$.pending',
             json('[{"span":{"from":"2020-01-01T00:00:00Z","to":"2021-01-01T00:00:00Z"},"page":1}]'))"#,
    );
    assert!(matches!(place.verify().await, Err(Error::Unfinished)));
    place.sync(Options::default()).await.unwrap();
    assert!(place.verify().await.unwrap().is_complete());
}
