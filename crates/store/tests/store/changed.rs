//! What has changed since a change number, and places far down a list.

use callbook_model::{ExtensionId, Key, Scope};
use callbook_store::{Batch, CallFilter, View};
use serde_json::{Value, json};

use crate::place::conformance;
use crate::support::{Archive, START_MS, everything, incoming, record};

/// Ids and change numbers of what changed after a number.
async fn changed(archive: &Archive, after: i64) -> Vec<(String, i64, bool)> {
    let (store, key) = (&archive.store, archive.account.key);
    let found = store.changed(key, Scope::Account, after, 100, View::Simple).await.unwrap();
    let each = found.into_iter().map(|call| {
        let record: Value = serde_json::from_str(&call.json.unwrap()).unwrap();
        assert!(record.get("legs").is_none());
        (record["id"].as_str().unwrap().to_owned(), call.seq, call.deleted)
    });
    each.collect()
}

fn are(found: &[(String, i64, bool)], expected: &[(&str, i64, bool)]) {
    let found: Vec<_> = found.iter().map(|(id, seq, gone)| (id.as_str(), *seq, *gone)).collect();
    assert_eq!(found, expected);
}

conformance! {
    async fn a_call_is_told_once_by_its_newest_state(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0), record("b", 1), record("c", 2)]).await;
        let (mut edited, mut deleted) = (record("a", 0), record("b", 1));
        edited["result"] = json!("Missed");
        deleted["deleted"] = json!(true);
        archive.commit(&[edited, deleted]).await;
        let own = Scope::Extension(ExtensionId(8));
        let batch = Batch { records: vec![incoming(&record("x", 0))], ..Batch::default() };
        archive.store.commit(&archive.lock, own, batch).await.unwrap();
        are(&changed(&archive, 0).await, &[("c", 3, false), ("a", 4, false), ("b", 5, true)]);
        are(&changed(&archive, 4).await, &[("b", 5, true)]);
        are(&changed(&archive, 6).await, &[]);
        assert_eq!(archive.store.newest_seq(archive.account.key).await.unwrap(), 6);
    }

    async fn a_moment_is_found_among_the_change_numbers(kind: Kind) {
        let archive = Archive::new(kind).await;
        let key = archive.account.key;
        assert_eq!(archive.store.seq_before(key, START_MS).await.unwrap(), 0);
        for (place, after_ms) in [10, 20, 20, 30, 40].into_iter().enumerate() {
            let records = vec![incoming(&record(&format!("c{place}"), 0))];
            let observed_ms = START_MS + after_ms;
            archive.batch(Batch { records, observed_ms, ..Batch::default() }).await;
        }
        for (after_ms, seq) in [(0, 0), (10, 0), (11, 1), (20, 1), (30, 3), (40, 4), (41, 5)] {
            let found = archive.store.seq_before(key, START_MS + after_ms).await.unwrap();
            assert_eq!(found, seq, "{after_ms}");
        }
        let received = [archive.store.received_ms(key, 3).await, archive.store.received_ms(key, 6).await];
        assert_eq!(received.map(Result::unwrap), [Some(START_MS + 20), None]);
    }

    async fn a_list_goes_on_behind_calls_that_were_skipped(kind: Kind) {
        let archive = Archive::new(kind).await;
        let mut records: Vec<Value> = (0..30).map(|n| record(&format!("c{n}"), n / 3)).collect();
        records[4]["deleted"] = json!(true);
        for number in [1, 7, 20] {
            records[number]["from"]["phoneNumber"] = json!("+442079460018");
        }
        archive.commit(&records).await;
        let number = vec![Key::Number("+442079460018".to_owned())];
        for filter in [everything(), CallFilter { keys: number, ..everything() }] {
            let whole = archive.find(filter.clone()).await;
            for count in [1, 2, whole.len(), whole.len() + 1] {
                let (store, key) = (&archive.store, archive.account.key);
                let place = store.skip_calls(key, filter.clone(), count as u64).await.unwrap();
                assert_eq!(place.is_some(), count <= whole.len());
                let rest = match place {
                    Some(place) => store.calls(key, filter.clone(), Some(place), 100).await.unwrap(),
                    None => Vec::new(),
                };
                let rest: Vec<_> = rest.into_iter().map(|row| row.id).collect();
                assert_eq!(rest, whole[count.min(whole.len())..]);
            }
        }
    }
}
