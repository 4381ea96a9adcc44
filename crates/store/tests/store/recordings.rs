//! What hangs on calls is found once, and what became of it is kept.

use callbook_model::{AccountId, Region, Scope};
use callbook_store::{
    Error, Kept, RecordingHour, RecordingQuery, RecordingRow, RecordingState, RecordingStep, Store,
    WantedQuery,
};
use serde_json::{Value, json};

use crate::place::conformance;
use crate::support::{Archive, START_MS, record};

/// A record with a recording of this id, and a voicemail.
pub fn recorded(id: &str, after_ms: i64, recording: &str) -> Value {
    let mut call = record(id, after_ms);
    let content_uri = format!("https://media.example.com/{recording}");
    call["recording"] = json!({ "id": recording, "type": "Automatic", "contentUri": content_uri });
    call["message"] = json!({ "id": format!("m{recording}"), "type": "VoiceMail" });
    call
}

fn kept() -> Kept {
    Kept {
        content_type: "audio/mpeg".into(),
        bytes: 1000,
        duration_ms: Some(61_000),
        sha256: "ab".repeat(32),
        note: None,
    }
}

/// Keeps a recording under this object; whether it was there to be kept.
pub async fn keep(archive: &Archive, id: &str, object: &str) -> bool {
    note(archive, id, RecordingStep::Placed(object.into())).await
        && note(archive, id, RecordingStep::Kept(kept())).await
}

async fn note(archive: &Archive, id: &str, step: RecordingStep) -> bool {
    archive.store.note_recording(archive.account.key, id, step, START_MS).await.unwrap()
}

async fn one(archive: &Archive, id: &str) -> Option<RecordingRow> {
    let query = RecordingQuery::Id(id.into());
    archive.store.recordings(archive.account.key, query).await.unwrap().pop()
}

/// Ids of the wanted ones of a kind that began so many milliseconds after the start, oldest first.
async fn wanted(archive: &Archive, capped: bool, until_ms: i64) -> Vec<String> {
    let query = WantedQuery {
        capped,
        span_ms: START_MS..START_MS + until_ms,
        newest_first: false,
        now_ms: START_MS,
        limit: 100,
    };
    let rows = archive.store.wanted_recordings(archive.account.key, query).await.unwrap();
    rows.into_iter().map(|row| row.id).collect()
}

async fn found(records: &[Value], archive: &Archive) {
    archive.commit(records).await;
    archive.store.find_recordings(archive.account.key).await.unwrap();
}

async fn doomed(store: &Store) -> Vec<String> {
    store.doomed_objects(10).await.unwrap()
}

conformance! {
    async fn recordings_are_found_once_and_in_the_order_of_their_starts(kind: Kind) {
        let archive = Archive::new(kind).await;
        let mut demanded = recorded("c", 3, "503");
        demanded["recording"]["type"] = json!("OnDemand");
        let mut calls = vec![recorded("b", 2, "502"), demanded, recorded("a", 1, "501"), record("d", 4)];
        // Several pieces of what is looked at in one go.
        calls.extend((0..1200).map(|n| record(&format!("x{n}"), 100 + n)));
        found(&calls, &archive).await;
        assert_eq!(wanted(&archive, true, 1000).await, ["501", "502"]);
        assert_eq!(wanted(&archive, false, 1000).await, ["503"]);
        assert_eq!(wanted(&archive, true, 2).await, ["501"]);
        let row = one(&archive, "502").await.unwrap();
        assert_eq!((row.call_id.as_str(), row.session.as_deref()), ("b", Some("tb")));
        assert_eq!(row.content_uri.as_deref(), Some("https://media.example.com/502"));
        assert_eq!((row.state, row.start_ms), (RecordingState::Wanted, START_MS + 2));
        // The same recording of another call, and of an edited one, is the same.
        let mut edited = recorded("b", 2, "502");
        edited["result"] = json!("Missed");
        found(&[edited, recorded("e", 5, "502"), recorded("f", 6, "506")], &archive).await;
        assert_eq!(wanted(&archive, true, 1000).await, ["501", "502", "506"]);
        let feed = archive.store.recording_feed(archive.account.key).await.unwrap();
        assert_eq!((feed.position, feed.enabled), (1207, false));
        let messages = archive.store.message_counts(archive.account.key).await.unwrap();
        assert_eq!(messages, [("VoiceMail".to_owned(), 4)]);
    }

    async fn a_recording_is_kept_where_it_was_placed_and_stays(kind: Kind) {
        let archive = Archive::new(kind).await;
        found(&[recorded("a", 1, "501")], &archive).await;
        // What was never placed cannot be kept.
        assert!(!note(&archive, "501", RecordingStep::Kept(kept())).await);
        let later = RecordingStep::Later { next_try_ms: START_MS + 5, note: "busy".into() };
        assert!(note(&archive, "501", later.clone()).await);
        assert!(wanted(&archive, true, 1000).await.is_empty());
        assert!(keep(&archive, "501", "400/501.mp3").await);
        assert!(!note(&archive, "501", later).await);
        assert!(!note(&archive, "501", RecordingStep::Lost { note: "gone".into() }).await);
        let mut edited = recorded("a", 1, "501");
        edited["deleted"] = json!(true);
        found(&[edited], &archive).await;
        let row = one(&archive, "501").await.unwrap();
        assert_eq!((row.state, row.bytes, row.tries), (RecordingState::Kept, Some(1000), 1));
        assert_eq!((row.object.as_deref(), row.note), (Some("400/501.mp3"), None));
        let sessions = archive.store.recordings(archive.account.key, RecordingQuery::Session("ta".into()));
        assert_eq!(sessions.await.unwrap().len(), 1);
        let calls = RecordingQuery::Calls(Scope::Account, vec!["z".into(), "a".into()]);
        let calls = archive.store.recordings(archive.account.key, calls).await.unwrap();
        assert_eq!(calls[0].id, "501");
        assert!(!note(&archive, "none", RecordingStep::Lost { note: "gone".into() }).await);
    }

    async fn what_is_lost_is_counted_by_the_hour(kind: Kind) {
        let archive = Archive::new(kind).await;
        let hour_ms = 3_600_000;
        let calls: Vec<_> = (0..6).map(|n| recorded(&format!("c{n}"), n * hour_ms / 2, &format!("50{n}"))).collect();
        found(&calls, &archive).await;
        keep(&archive, "503", "400/503.mp3").await;
        let key = archive.account.key;
        let lost = archive.store.lose_recordings(key, true, START_MS + 2 * hour_ms, "too old", START_MS);
        assert_eq!(lost.await.unwrap(), 3);
        let first = START_MS / hour_ms;
        let hour = |hour, wanted, kept, lost| RecordingHour {
            hour: first + hour,
            capped: true,
            wanted,
            kept,
            lost,
            kept_bytes: kept * 1000,
        };
        let hours = archive.store.recording_hours(key, START_MS).await.unwrap();
        assert_eq!(hours, [hour(0, 0, 0, 2), hour(1, 0, 1, 1), hour(2, 2, 0, 0)]);
        assert_eq!(one(&archive, "500").await.unwrap().note.as_deref(), Some("too old"));
    }

    async fn what_is_damaged_is_wanted_again_and_its_object_goes(kind: Kind) {
        let archive = Archive::new(kind).await;
        found(&[recorded("a", 1, "501")], &archive).await;
        keep(&archive, "501", "400/501.mp3").await;
        assert!(note(&archive, "501", RecordingStep::Damaged).await);
        assert_eq!(doomed(&archive.store).await, ["400/501.mp3"]);
        assert_eq!(wanted(&archive, true, 1000).await, ["501"]);
        // Written to the same place again, it does not go.
        assert!(keep(&archive, "501", "400/501.mp3").await);
        assert!(doomed(&archive.store).await.is_empty());
    }

    async fn what_is_purged_leaves_objects_to_be_deleted(kind: Kind) {
        let archive = Archive::new(kind).await;
        let calls = [recorded("a", 1, "501"), recorded("b", 2, "502"), recorded("c", 9, "503")];
        found(&calls, &archive).await;
        keep(&archive, "501", "400/501.mp3").await;
        // On its way: it may be there already.
        note(&archive, "502", RecordingStep::Placed("400/502.mp3".into())).await;
        archive.store.purge(&archive.lock, Some(START_MS + 5)).await.unwrap();
        assert_eq!(doomed(&archive.store).await, ["400/501.mp3", "400/502.mp3"]);
        assert!(!note(&archive, "502", RecordingStep::Kept(kept())).await);
        assert_eq!(wanted(&archive, true, 1000).await, ["503"]);
        archive.store.forget_object("400/501.mp3").await.unwrap();
        archive.store.doom_object("400/x.mp3").await.unwrap();
        keep(&archive, "503", "400/503.mp3").await;
        archive.store.purge(&archive.lock, None).await.unwrap();
        assert_eq!(doomed(&archive.store).await, ["400/502.mp3", "400/503.mp3", "400/x.mp3"]);
        for table in ["recording", "message", "recording_feed"] {
            let count = format!("SELECT count(*) FROM {table}");
            assert_eq!(archive.place.text(&count).await, "0", "{table}");
        }
    }

    async fn one_fetches_an_accounts_recordings(kind: Kind) {
        let archive = Archive::new(kind).await;
        let store = &archive.store;
        let held = store.lock_recordings(archive.account.key).await.unwrap();
        let error = store.lock_recordings(archive.account.key).await.unwrap_err();
        let holder = std::process::id().to_string();
        assert!(matches!(error, Error::RecordingsLocked { holder: ref by } if *by == holder), "{error:?}");
        let other = store.put_account(AccountId(500), "http://b", None, Region::US).await.unwrap();
        store.lock_recordings(other.key).await.unwrap();
        drop(held);
        store.lock_recordings(archive.account.key).await.unwrap();
    }
}
