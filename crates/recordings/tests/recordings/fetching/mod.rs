//! Recordings fetched from a sandbox, as it is and when things go wrong.

mod bench;
mod faults;

use bench::{Bench, options, whole};
use callbook_recordings::{Fault, audit, delete_doomed};
use callbook_sandbox::{AppScope, CompanyOptions, Options};
use callbook_store::RecordingState;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

fn hex(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn all_are_kept_as_they_are() {
    let bench = Bench::new(options(), 1).await;
    let recordings = bench.recordings();
    assert!(recordings.len() > 15, "{} recordings", recordings.len());
    let fetched = bench.fetch().await.unwrap();
    assert_eq!((fetched.kept, fetched.lost, fetched.later), (recordings.len() as u64, 0, 0));
    let rows = bench.rows().await;
    for recording in &recordings {
        let (row, content) = (&rows[&recording.id], whole(&recording.audio));
        assert_eq!(row.sha256, Some(hex(&content)));
        assert!(bench.content(row).await == content);
        assert_eq!(row.duration_ms, Some(i64::from(recording.audio.duration_ms())));
        assert_eq!(row.content_type.as_deref(), Some(recording.audio.content_type()));
        assert_eq!(row.note, None);
    }
    assert_eq!(fetched.bytes, recordings.iter().map(|each| each.audio.len_bytes()).sum::<u64>());
    // Nothing is left on the way, and nothing is asked for again.
    assert_eq!(std::fs::read_dir(bench.spool()).unwrap().count(), 0);
    let before = bench.clients[0].traffic().requests;
    assert_eq!(bench.fetch().await.unwrap(), Default::default());
    assert_eq!(bench.clients[0].traffic().requests, before);
}

#[tokio::test]
async fn expired_ones_are_lost_and_the_others_kept() {
    let now = Timestamp::now();
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    let company =
        CompanyOptions { from: now - days(120), until: None, calls: 700, ..options().company };
    let bench = Bench::new(Options { company, recording_days: Some(90), ..options() }, 1).await;
    let fetched = bench.fetch().await.unwrap();
    assert_eq!(fetched.later, 0);
    let (rows, limit_ms) = (bench.rows().await, (now - days(90)).as_millisecond());
    let mut lost = 0;
    for recording in bench.recordings() {
        let end_ms = bench.company.call(recording.entry.call).end_ms();
        // A minute passes while this runs, at most.
        if (limit_ms..limit_ms + 60_000).contains(&end_ms) {
            continue;
        }
        let (row, expired) = (&rows[&recording.id], end_ms < limit_ms);
        let state = if expired { RecordingState::Lost } else { RecordingState::Kept };
        assert_eq!(row.state, state);
        assert_eq!(row.note.is_some(), expired);
        lost += u64::from(expired);
    }
    assert!(lost > 25 && fetched.lost >= lost, "{lost} of {} are lost", rows.len());
    assert_eq!(bench.fetch().await.unwrap(), Default::default());
}

#[tokio::test]
async fn users_share_the_work_and_none_loses_what_another_can_hear() {
    let bench = Bench::new(options(), 3).await;
    let before: Vec<u64> = bench.clients.iter().map(|each| each.traffic().requests).collect();
    let fetched = bench.fetch().await.unwrap();
    assert_eq!((fetched.kept, fetched.lost), (bench.recordings().len() as u64, 0));
    assert_eq!(bench.wrong().await, [] as [u64; 0]);
    for (client, before) in bench.clients.iter().zip(before) {
        assert!(client.traffic().requests > before + 3);
    }
}

#[tokio::test]
async fn who_hears_little_leaves_the_rest_to_the_others() {
    let mut bench = Bench::new(options(), usize::MAX).await;
    // Of an administrator and a user who hears their own.
    bench.clients.drain(1..bench.clients.len() - 1);
    let fetched = bench.fetch().await.unwrap();
    assert_eq!((fetched.kept, fetched.lost), (bench.recordings().len() as u64, 0));
}

#[tokio::test]
async fn without_permission_nothing_is_put_off() {
    let scopes = vec![AppScope::ReadAccounts, AppScope::ReadCallLog];
    let bench = Bench::new(Options { scopes, ..options() }, 2).await;
    let error = bench.fetch().await.unwrap_err();
    assert!(error.to_string().starts_with("not allowed: "), "{error}");
    assert!(bench.rows().await.values().all(|row| row.tries == 0));
    // One that is left is enough to tell.
    bench.sql("UPDATE recording SET state = 'lost' WHERE id > (SELECT min(id) FROM recording)");
    assert!(bench.fetch().await.is_err());
}

#[tokio::test]
async fn recordings_of_erased_calls_are_deleted() {
    let bench = Bench::new(options(), 1).await;
    bench.fetch().await.unwrap();
    let rows = bench.rows().await;
    let middle_ms = rows.values().map(|row| row.start_ms).sum::<i64>() / rows.len() as i64;
    let lock = bench.store.lock_sync(bench.account.key).await.unwrap();
    bench.store.purge(&lock, Some(middle_ms)).await.unwrap();
    delete_doomed(&bench.store, &bench.place).await.unwrap();
    assert_eq!(bench.store.doomed_objects(10).await.unwrap(), [] as [String; 0]);
    for row in rows.values() {
        let there = bench.place.hash(row.object.as_deref().unwrap()).await.unwrap().is_some();
        // That of a leg may be younger than its call.
        assert!(there || row.start_ms < middle_ms + 3_600_000);
        assert!(!there || row.start_ms >= middle_ms);
    }
}

#[tokio::test]
async fn what_is_missing_or_changed_is_found_and_fetched_again() {
    let bench = Bench::new(options(), 1).await;
    bench.fetch().await.unwrap();
    let rows: Vec<_> = bench.rows().await.into_values().collect();
    let file =
        |place: usize| bench.folder.path().join("kept").join(rows[place].object.as_ref().unwrap());
    std::fs::remove_file(file(3)).unwrap();
    let mut content = std::fs::read(file(7)).unwrap();
    content[100] ^= 1;
    std::fs::write(file(7), content).unwrap();
    std::fs::write(file(9), b"short").unwrap();
    let look = async |refetch: bool| {
        let mut faults = vec![];
        let report = |_: &_, fault: Option<(&callbook_store::RecordingRow, Fault)>| {
            faults.extend(fault.map(|(row, fault)| (row.id.clone(), fault)));
        };
        let found = audit(&bench.store, &bench.account, &bench.place, refetch, report).await;
        (found.unwrap(), faults)
    };
    for refetch in [false, true] {
        let (found, mut faults) = look(refetch).await;
        assert_eq!((found.right, found.wrong), (rows.len() as u64 - 3, 3));
        faults.sort_by_key(|(id, _)| id.parse::<u64>().unwrap());
        let fault = |place: usize, fault| (rows[place].id.clone(), fault);
        let expected =
            [fault(3, Fault::Missing), fault(7, Fault::Changed), fault(9, Fault::Changed)];
        assert_eq!(faults, expected);
    }
    let fetched = bench.fetch().await.unwrap();
    assert_eq!((fetched.kept, fetched.later), (3, 0));
    let (found, faults) = look(false).await;
    assert_eq!((found.right, found.wrong, faults.len()), (rows.len() as u64, 0, 0));
    let bytes = rows.iter().map(|row| row.bytes.unwrap().unsigned_abs()).sum::<u64>();
    assert_eq!(found.bytes, bytes);
}
