//! What has changed since, session by session.

use callbook_model::{ExtensionId, Scope};
use callbook_store::{ABSENT_AFTER_MS, Batch, Imported, PurgeMark, SessionChanges, State};
use serde_json::{Value, json};

use crate::place::conformance;
use crate::support::{Archive, START_MS, incoming, record};

const DAY_MS: i64 = 86_400_000;

/// A record of a session.
pub fn of(session: &str, id: &str, after_ms: i64) -> Value {
    let mut record = record(id, after_ms);
    record["telephonySessionId"] = json!(session);
    record
}

async fn changes(archive: &Archive, after: i64, limit: u32) -> SessionChanges {
    archive.store.changed_sessions(archive.account.key, after, limit).await.unwrap()
}

/// Keys, ids of records, and places as milliseconds after the start.
fn told(changes: &SessionChanges) -> Vec<(&str, Vec<&str>, Vec<i64>)> {
    assert_eq!(changes.damaged, [""; 0]);
    let each = changes.sessions.iter().map(|session| {
        let ids = session.records.iter().map(|record| record.id.as_str()).collect();
        let places = session.places_ms.iter().map(|place| place - START_MS).collect();
        (session.key.as_str(), ids, places)
    });
    each.collect()
}

async fn are(archive: &Archive, after: i64, expected: &[(&str, &[&str], &[i64])]) {
    let found = changes(archive, after, 100).await;
    let expected = expected.iter().map(|(key, ids, places)| (*key, ids.to_vec(), places.to_vec()));
    assert_eq!(told(&found), expected.collect::<Vec<_>>());
    assert_eq!(found.upto, archive.store.newest_seq(archive.account.key).await.unwrap());
}

conformance! {
    async fn records_that_share_a_session_come_together_as_they_came(kind: Kind) {
        let archive = Archive::new(kind).await;
        let (mut by_session, mut alone) = (record("d", 4), record("e", 5));
        by_session["telephonySessionId"] = json!(null);
        (alone["telephonySessionId"], alone["sessionId"]) = (json!(""), json!("0"));
        let records = [of("one", "b", 1), record("c", 3), of("one", "a", 0), by_session, alone];
        archive.commit(&records).await;
        are(&archive, 0, &[
            ("tone", &["a", "b"], &[]), ("ttc", &["c"], &[]), ("ssd", &["d"], &[]), ("re", &["e"], &[]),
        ]).await;
        let first = changes(&archive, 0, 100).await.sessions.remove(0).records.remove(0);
        assert_eq!((first.seq, first.start_ms), (3, START_MS));
        assert_eq!(first.json, records[2].to_string());
        are(&archive, 5, &[]).await;
    }

    async fn a_leg_of_another_session_joins_nothing(kind: Kind) {
        let archive = Archive::new(kind).await;
        let mut other = of("other", "b", 1);
        other["legs"][0]["telephonySessionId"] = json!("one");
        archive.commit(&[of("one", "a", 0), other]).await;
        are(&archive, 0, &[("tone", &["a"], &[]), ("tother", &["b"], &[])]).await;
    }

    async fn an_edit_brings_its_session_and_where_it_was(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[of("one", "a", 0), of("one", "b", 1), record("c", 2)]).await;
        archive.commit(&[of("one", "a", 3 * DAY_MS)]).await;
        are(&archive, 3, &[("tone", &["b", "a"], &[0, 1, 3 * DAY_MS])]).await;
        // To one who has seen nothing there is no place to look at.
        are(&archive, 0, &[("tone", &["b", "a"], &[]), ("ttc", &["c"], &[])]).await;
    }

    async fn a_record_that_moves_changes_both_sessions(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[of("one", "a", 0), of("one", "b", 1)]).await;
        archive.commit(&[of("two", "a", 5)]).await;
        are(&archive, 2, &[("ttwo", &["a"], &[0, 5]), ("tone", &["b"], &[0, 1, 5])]).await;
        archive.commit(&[of("three", "a", 5), of("two", "c", 9)]).await;
        are(&archive, 3, &[
            ("tthree", &["a"], &[0, 5]), ("ttwo", &["c"], &[0, 5]), ("tone", &["b"], &[0, 1, 5]),
        ]).await;
    }

    async fn a_session_without_records_is_told_with_its_places(kind: Kind) {
        let archive = Archive::new(kind).await;
        let mut deleted = of("one", "a", 0);
        archive.commit(&[deleted.clone(), record("b", 1)]).await;
        deleted["deleted"] = json!(true);
        let mut unknown = record("c", 2);
        unknown["deleted"] = json!(true);
        archive.commit(&[deleted, unknown]).await;
        are(&archive, 2, &[("tone", &[], &[0])]).await;
        for hour in 0..2 {
            let (absent, observed_ms) = (vec!["b".to_owned()], START_MS + hour * ABSENT_AFTER_MS);
            archive.batch(Batch { absent, observed_ms, ..Batch::default() }).await;
        }
        are(&archive, 4, &[("ttb", &[], &[1])]).await;
        archive.commit(&[record("b", 1)]).await;
        are(&archive, 5, &[("ttb", &["b"], &[1])]).await;
    }

    async fn a_session_goes_on_over_small_steps(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[of("one", "a", 0), record("b", 1), of("one", "c", 2), of("one", "d", 3)]).await;
        archive.commit(&[of("one", "a", 7)]).await;
        let mut steps = Vec::new();
        let mut upto = 0;
        for _ in 0..4 {
            let step = changes(&archive, upto, 1).await;
            upto = step.upto;
            let told = told(&step).into_iter().map(|(_, ids, places)| (ids.concat(), places));
            steps.push((upto, told.collect::<Vec<_>>()));
        }
        let step = |upto, ids: &str, places: &[i64]| (upto, vec![(ids.to_owned(), places.to_vec())]);
        // `a` was there before its newest state, and is not new when that has its turn.
        let expected = [
            step(2, "b", &[]), step(3, "ca", &[0, 7]), step(4, "cda", &[0, 2, 7]), step(5, "cda", &[0, 2, 3, 7]),
        ];
        assert_eq!(steps, expected);
    }

    async fn a_record_waits_for_its_turn(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[of("one", "a", 0)]).await;
        archive.commit(&[of("two", "a", 0)]).await;
        archive.commit(&[of("one", "b", 1)]).await;
        let step = changes(&archive, 1, 1).await;
        assert_eq!(told(&step), [("ttwo", vec!["a"], vec![0]), ("tone", vec![], vec![0])]);
        assert_eq!(step.upto, 2);
        are(&archive, 2, &[("tone", &["b"], &[])]).await;
    }

    async fn other_logs_do_not_count_and_imported_states_do(kind: Kind) {
        let archive = Archive::new(kind).await;
        let own = Scope::Extension(ExtensionId(8));
        let batch = || Batch { records: vec![incoming(&of("one", "x", 0))], ..Batch::default() };
        archive.store.commit(&archive.lock, own, batch()).await.unwrap();
        are(&archive, 0, &[]).await;
        let states = vec![State { incoming: incoming(&of("one", "a", 1)), seen: None }];
        let imported = archive.store.import(&archive.lock, Scope::Account, states, START_MS).await;
        assert_eq!(imported.unwrap(), Imported { added: 1, ..Imported::default() });
        are(&archive, 1, &[("tone", &["a"], &[])]).await;
    }

    async fn what_is_damaged_is_named_and_costs_nothing_else(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[of("one", "a", 0), of("one", "b", 1), of("one", "c", 2), record("d", 3)]).await;
        archive.commit(&[of("one", "c", 4)]).await;
        archive.place.sql("UPDATE version SET simple = substr(simple, 1, 20) WHERE seq IN (1, 3)").await;
        let whole = changes(&archive, 0, 100).await;
        assert_eq!(whole.damaged, ["a"]);
        let told_ids = |changes: SessionChanges| {
            told(&SessionChanges { damaged: vec![], ..changes })[0].1.concat()
        };
        assert_eq!(told_ids(whole), "bc");
        // Found under the session's key; one of `c`'s older states is damaged as well.
        let later = changes(&archive, 4, 100).await;
        assert_eq!((later.damaged.concat(), later.sessions[0].places_ms[0]), ("ac".into(), START_MS));
        assert_eq!(told_ids(later), "bc");
        archive.place.sql("DELETE FROM version WHERE seq = 2").await;
        let later = changes(&archive, 4, 100).await;
        assert_eq!(later.damaged.concat(), "abc");
        assert_eq!(told_ids(later), "c");
    }

    async fn what_is_purged_is_found_by_asking_again(kind: Kind) {
        let archive = Archive::new(kind).await;
        let (store, key) = (&archive.store, archive.account.key);
        let records = [of("one", "a", 0), of("one", "b", DAY_MS), record("c", 0), record("d", DAY_MS)];
        archive.commit(&records).await;
        assert_eq!(store.purges(key, PurgeMark::default()).await.unwrap(), []);
        archive.store.purge(&archive.lock, Some(START_MS - DAY_MS)).await.unwrap();
        assert_eq!(store.purges(key, PurgeMark::default()).await.unwrap(), []);
        archive.store.purge(&archive.lock, Some(START_MS + 1)).await.unwrap();
        let purges = store.purges(key, PurgeMark::default()).await.unwrap();
        let (cut, calls) = (START_MS + 1, 2);
        assert_eq!((purges.len(), purges[0].before_ms, purges[0].until_ms), (1, cut, cut));
        assert_eq!(purges[0].mark.calls, calls);
        assert_eq!(store.purges(key, purges[0].mark).await.unwrap(), []);
        // One that is seen half done comes again.
        let half = PurgeMark { calls: 1, ..purges[0].mark };
        assert_eq!(store.purges(key, half).await.unwrap(), purges);
        let keys = ["tone", "ttc", "ttd", "rx"].map(str::to_owned).to_vec();
        let left = store.sessions(key, keys, 4).await.unwrap();
        assert_eq!(told(&left), [("tone", vec!["b"], vec![DAY_MS]), ("ttd", vec!["d"], vec![DAY_MS])]);
        are(&archive, 4, &[]).await;
    }

    async fn a_purge_tells_of_calls_that_were_moved_back(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 5 * DAY_MS)]).await;
        archive.commit(&[record("a", 0), record("b", DAY_MS)]).await;
        archive.store.purge(&archive.lock, Some(START_MS + 2 * DAY_MS)).await.unwrap();
        let purges = archive.store.purges(archive.account.key, PurgeMark::default()).await.unwrap();
        assert_eq!(purges[0].until_ms, START_MS + 5 * DAY_MS + 1);
        let copied = archive.place.text("SELECT max(until_ms - before_ms) FROM purge").await;
        assert_eq!(copied, (3 * DAY_MS + 1).to_string());
    }

    async fn an_account_that_was_erased_begins_again(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0), record("b", 1)]).await;
        archive.store.purge(&archive.lock, None).await.unwrap();
        assert_eq!(changes(&archive, 2, 9).await.upto, 0);
    }
}
