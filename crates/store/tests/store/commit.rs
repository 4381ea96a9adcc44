//! Batches go in whole, in order, once.

use callbook_model::{ExtensionId, Key, Scope};
use callbook_store::{Batch, CallFilter, Committed, Error, Extension};
use serde_json::json;

use crate::place::conformance;
use crate::support::{Archive, decode, everything, incoming, record};

conformance! {
    async fn a_record_is_new_then_known_then_changed_then_deleted(kind: Kind) {
        let archive = Archive::new(kind).await;
        let one = |field: fn(&mut Committed)| {
            let mut committed = Committed::default();
            field(&mut committed);
            committed
        };
        let mut call = record("a", 0);
        assert_eq!(archive.commit(std::slice::from_ref(&call)).await, one(|c| c.inserted = 1));
        call["uri"] = json!("http://elsewhere/1");
        assert_eq!(archive.commit(std::slice::from_ref(&call)).await, one(|c| c.unchanged = 1));
        call["result"] = json!("Voicemail");
        assert_eq!(archive.commit(std::slice::from_ref(&call)).await, one(|c| c.updated = 1));
        call["deleted"] = json!(true);
        assert_eq!(archive.commit(std::slice::from_ref(&call)).await, one(|c| c.deleted = 1));
        assert_eq!(archive.commit(std::slice::from_ref(&call)).await, one(|c| c.unchanged = 1));

        let key = archive.account.key;
        let versions = archive.store.versions(key, Scope::Account, "a").await.unwrap();
        let results: Vec<_> = versions
            .iter()
            .map(|version| serde_json::from_str::<serde_json::Value>(&version.json).unwrap())
            .map(|record| (record["result"].clone(), record["deleted"].clone()))
            .collect();
        assert_eq!(
            results,
            [
                (json!("Voicemail"), json!(true)),
                (json!("Voicemail"), json!(null)),
                (json!("Accepted"), json!(null))
            ]
        );
        assert_eq!(versions.iter().map(|version| version.seq).collect::<Vec<_>>(), [3, 2, 1]);
        assert!(archive.find(everything()).await.is_empty());
        assert_eq!(archive.find(CallFilter { deleted: true, ..everything() }).await, ["a"]);
    }

    async fn a_record_comes_back_byte_for_byte(kind: Kind) {
        let archive = Archive::new(kind).await;
        let json = r#"{ "id" : "a","startTime":"2024-01-01T00:00:00.000Z", "legs" : [ {"n":1E2} ],
            "billing":{"costIncluded":0.10},"x":12345678901234567890123,"e":"\u00e9é" }"#;
        let records = vec![decode(json).unwrap()];
        let batch = Batch { records, ..Batch::default() };
        archive.store.commit(&archive.lock, Scope::Account, batch).await.unwrap();
        let call = archive.store.call(archive.account.key, Scope::Account, "a").await.unwrap();
        assert_eq!(call.unwrap().json, json);
    }

    async fn an_edit_moves_a_call_to_what_it_is_now_found_by(kind: Kind) {
        let archive = Archive::new(kind).await;
        let mut call = record("a", 0);
        archive.commit(std::slice::from_ref(&call)).await;
        call["from"]["phoneNumber"] = json!("+442079460018");
        call["startTime"] = json!("2024-02-01T00:00:00Z");
        archive.commit(std::slice::from_ref(&call)).await;
        let by = |number: &str| CallFilter { keys: vec![Key::Number(number.into())], ..everything() };
        assert!(archive.find(by("+16505550100")).await.is_empty());
        assert_eq!(archive.find(by("+442079460018")).await, ["a"]);
        assert_eq!(archive.find(by("+16505550199")).await, ["a"]);
        let starts = archive.place.text("SELECT count(DISTINCT start_ms) FROM posting").await;
        assert_eq!(starts, "1");
    }

    async fn of_several_records_with_one_id_the_last_counts(kind: Kind) {
        let archive = Archive::new(kind).await;
        let (first, mut last) = (record("a", 0), record("a", 0));
        last["result"] = json!("Missed");
        assert_eq!(archive.commit(&[first, record("b", 1), last]).await.inserted, 2);
        let missed = CallFilter { result: Some("missed".into()), ..everything() };
        assert_eq!(archive.find(missed).await, ["a"]);
    }

    async fn change_numbers_have_no_gaps(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0), record("b", 1)]).await;
        archive.commit(&[record("a", 0)]).await;
        archive.commit(&[record("c", 2)]).await;
        let sql = "SELECT count(DISTINCT seq) || ' ' || min(seq) || ' ' || max(seq) FROM version";
        assert_eq!(archive.place.text(sql).await, "3 1 3");
        assert_eq!(archive.place.text("SELECT seq FROM account").await, "3");
    }

    async fn who_has_been_taken_over_commits_nothing(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.place.sql("UPDATE account SET fence = fence + 1").await;
        let batch = Batch {
            records: vec![incoming(&record("a", 0))],
            cursors: vec![("task", "{}".into())],
            ..Batch::default()
        };
        let error = archive.store.commit(&archive.lock, Scope::Account, batch).await.unwrap_err();
        assert!(matches!(error, Error::TakenOver), "{error:?}");
        assert!(archive.find(everything()).await.is_empty());
        assert_eq!(
            archive.store.cursor(archive.account.key, Scope::Account, "task").await.unwrap(),
            None
        );
    }

    async fn an_account_has_one_syncer(kind: Kind) {
        let archive = Archive::new(kind).await;
        let error = archive.store.lock_sync(archive.account.key).await.unwrap_err();
        let holder = std::process::id().to_string();
        assert!(matches!(error, Error::Locked { holder: ref by } if *by == holder), "{error:?}");
        let Archive { store, account, lock, place } = archive;
        drop(lock);
        store.lock_sync(account.key).await.unwrap();
        drop(place);
    }

    async fn the_cursor_comes_with_the_batch(kind: Kind) {
        let archive = Archive::new(kind).await;
        for state in ["1", "2"] {
            let batch = Batch { cursors: vec![("task", state.into())], ..Batch::default() };
            archive.store.commit(&archive.lock, Scope::Account, batch).await.unwrap();
            let cursor =
                archive.store.cursor(archive.account.key, Scope::Account, "task").await.unwrap();
            assert_eq!(cursor.as_deref(), Some(state));
        }
    }

    async fn what_cannot_be_read_is_kept_once(kind: Kind) {
        let archive = Archive::new(kind).await;
        for expected in [2, 0] {
            let quarantined =
                [r#"{"id":"a"}"#, r#"[1,2]"#].map(|json| decode(json).unwrap_err()).to_vec();
            let batch = Batch { quarantined, ..Batch::default() };
            let committed = archive.store.commit(&archive.lock, Scope::Account, batch).await.unwrap();
            assert_eq!(committed.quarantined, expected);
        }
        let entries = archive.store.quarantine(None).await.unwrap();
        let reasons: Vec<_> = entries.iter().map(|entry| entry.reason.as_str()).collect();
        assert_eq!(reasons, ["no readable startTime", "not a JSON object"]);
        let (_, body) = archive.store.quarantined(entries[1].number).await.unwrap().unwrap();
        assert_eq!(body, "[1,2]");
    }

    async fn a_damaged_document_is_noticed_and_blocks_nothing(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0), record("b", 1)]).await;
        archive.place.sql("UPDATE version SET simple = substr(simple, 1, 20) WHERE seq = 1").await;
        let key = archive.account.key;
        let error = archive.store.call(key, Scope::Account, "a").await.unwrap_err();
        assert!(matches!(error, Error::DamagedRecord { .. }), "{error:?}");
        let rows = archive.store.calls(key, everything(), None, 10).await.unwrap();
        let damaged: Vec<_> = rows.iter().map(|row| (row.id.as_str(), row.json.is_none())).collect();
        assert_eq!(damaged, [("b", false), ("a", true)]);
        // Gone altogether: not passed over in silence.
        archive.place.sql("DELETE FROM version WHERE seq = 2").await;
        let rows = archive.store.calls(key, everything(), None, 10).await.unwrap();
        assert!(rows.iter().all(|row| row.json.is_none()) && rows.len() == 2, "{rows:?}");

        let mut edited = record("a", 0);
        edited["from"]["phoneNumber"] = json!("+442079460018");
        assert_eq!(archive.commit(&[edited]).await.updated, 1);
        let by = |number: &str| CallFilter { keys: vec![Key::Number(number.into())], ..everything() };
        assert_eq!(archive.find(by("+16505550100")).await, ["b"]);
        assert_eq!(archive.find(by("+442079460018")).await, ["a"]);
    }

    async fn an_extension_that_is_gone_keeps_its_name_and_not_its_number(kind: Kind) {
        let archive = Archive::new(kind).await;
        let extension = |id, name: &str| Extension {
            id: ExtensionId(id),
            number: Some("101".into()),
            name: Some(name.into()),
            kind: None,
        };
        let key = archive.account.key;
        archive.list_extensions(vec![extension(1, "Ann")]).await;
        archive.list_extensions(vec![extension(2, "Bea")]).await;
        let gone = Extension { number: None, ..extension(1, "Ann") };
        assert_eq!(archive.store.extensions(key).await.unwrap(), [gone, extension(2, "Bea")]);
    }
}
