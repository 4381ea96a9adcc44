//! Whatever goes wrong, what is kept is what upstream has, wherever that can be told.

use callbook_sandbox::Options;

use super::bench::{Bench, options, whole};

/// Everything, while the next requests for sound meet these faults.
async fn fetched_despite(faults: &[(&str, u32)]) -> Bench {
    let bench = Bench::new(options(), 1).await;
    for (fault, count) in faults {
        bench.faults.inject(fault.parse().unwrap(), *count);
    }
    bench.fetch_all().await;
    let (given, count) = (bench.faults.given(), faults.iter().map(|(_, count)| u64::from(*count)));
    assert_eq!(given.values().sum::<u64>(), count.sum::<u64>(), "{given:?}");
    bench
}

#[tokio::test]
async fn every_content_is_right_though_requests_fail() {
    let bench = fetched_despite(&[
        ("truncate@/content", 9),
        ("short", 4),
        ("503@/content", 4),
        ("token-expired@/content", 2),
        ("500@/content", 4),
        ("reset@/content", 4),
        ("redirect", 2),
        ("redirect-foreign", 3),
        ("429:1s@/content", 1),
    ]);
    assert_eq!(bench.await.wrong().await, [] as [u64; 0]);
}

#[tokio::test]
async fn half_a_content_is_not_kept_because_others_failed_before() {
    let bench = Bench::new(options(), 1).await;
    bench.store.find_recordings(bench.account.key).await.unwrap();
    bench.sql("UPDATE recording SET tries = 5, note = 'cannot reach it'");
    bench.faults.inject("short".parse().unwrap(), 3);
    bench.fetch_all().await;
    assert_eq!(bench.wrong().await, [] as [u64; 0]);
}

#[tokio::test]
async fn every_content_is_right_though_ranges_are_refused_or_ignored() {
    let faults = ["416=0.3", "range-ignored=0.3", "truncate=0.5@/content"];
    let faults = faults.map(|fault| fault.parse().unwrap()).to_vec();
    let bench = Bench::new(Options { faults, ..options() }, 1).await;
    bench.fetch_all().await;
    assert_eq!(bench.wrong().await, [] as [u64; 0]);
    let given = bench.faults.given();
    assert!(given.len() == 3 && given.values().all(|count| *count > 5), "{given:?}");
}

/// Upstream gives nothing to compare a content with but its length: other bytes in the midst of a sound are kept as
/// they came. Those of a header are noticed.
#[tokio::test]
async fn other_bytes_of_the_same_length_are_kept_as_they_came() {
    let bench = fetched_despite(&[("corrupt", 12)]).await;
    let (rows, wrong) = (bench.rows().await, bench.wrong().await);
    assert!((1..=12).contains(&wrong.len()), "{} are wrong", wrong.len());
    for recording in bench.recordings().iter().filter(|each| wrong.contains(&each.id)) {
        let content = bench.content(&rows[&recording.id]).await;
        assert_eq!(content.len(), whole(&recording.audio).len());
    }
}
