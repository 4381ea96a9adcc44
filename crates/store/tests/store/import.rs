//! States that come from another archive, or from a file.

use callbook_model::{ExtensionId, Scope};
use callbook_store::{Batch, CallFilter, Cause, CheckReport, Imported, JournalEntry, Seen, State};
use serde_json::json;

use crate::place::{Kind, conformance};
use crate::support::{Archive, START_MS, decode, everything, incoming, record};

const NOW_MS: i64 = START_MS + 86_400_000;

/// A filter that nothing is left out by.
fn all() -> CallFilter {
    CallFilter { deleted: true, ..everything() }
}

async fn journal(archive: &Archive, filter: CallFilter) -> Vec<JournalEntry> {
    // In pieces, so that going on is tested as well.
    let (mut entries, mut after) = (Vec::new(), 0);
    loop {
        let some = archive.store.journal(archive.account.key, filter.clone(), after, 2).await;
        let some = some.unwrap();
        let Some(last) = some.last() else { return entries };
        after = last.seq;
        entries.extend(some);
    }
}

fn states(entries: &[JournalEntry]) -> Vec<State> {
    let state = |entry: &JournalEntry| State {
        incoming: decode(entry.json.as_deref().unwrap()).unwrap(),
        seen: Some(Seen {
            received_ms: entry.received_ms,
            cause: entry.cause,
            version: entry.version,
        }),
    };
    entries.iter().map(state).collect()
}

/// Takes the states in one by one, for a call may have one of each batch's.
async fn import(archive: &Archive, entries: &[JournalEntry]) -> Imported {
    let mut imported = Imported::default();
    for entry in entries {
        let states = states(std::slice::from_ref(entry));
        let done = archive.store.import(&archive.lock, entry.scope, states, NOW_MS).await;
        imported += done.unwrap();
    }
    imported
}

/// An edit, a call absent twice and listed again, one that upstream deleted, and another log's.
async fn eventful(kind: Kind) -> Archive {
    let archive = Archive::new(kind).await;
    let mut edited = record("a", 0);
    let observed = |records, observed_ms| Batch { records, observed_ms, ..Batch::default() };
    let first = vec![incoming(&edited), incoming(&record("b", 1)), incoming(&record("c", 2))];
    archive.batch(observed(first, START_MS)).await;
    edited["from"]["phoneNumber"] = json!("+442079460018");
    edited["startTime"] = json!("2023-11-30T23:00:00Z");
    archive.batch(observed(vec![incoming(&edited)], START_MS)).await;
    for (id, hour) in [("b", 1), ("b", 2), ("c", 1), ("c", 2)] {
        let (absent, observed_ms) = (vec![id.to_owned()], START_MS + hour * 3_600_000);
        archive.batch(Batch { absent, observed_ms, ..Batch::default() }).await;
    }
    archive.batch(observed(vec![incoming(&record("b", 1))], START_MS + 9_000_000)).await;
    let mut deleted = record("d", 3);
    deleted["deleted"] = json!(true);
    archive.batch(observed(vec![incoming(&deleted)], START_MS + 9_000_001)).await;
    let scope = Scope::Extension(ExtensionId(7));
    let batch = observed(vec![incoming(&record("a", 0))], START_MS + 9_000_002);
    archive.store.commit(&archive.lock, scope, batch).await.unwrap();
    archive
}

conformance! {
    async fn a_copy_is_equal_and_copying_again_changes_nothing(kind: Kind) {
        let original = eventful(kind).await;
        let entries = journal(&original, all()).await;
        assert_eq!(entries.len(), 9);
        let copy = Archive::new(kind).await;
        let imported = import(&copy, &entries).await;
        assert_eq!(imported, Imported { added: 9, ..Imported::default() });
        assert_eq!(journal(&copy, all()).await, entries);
        for scope in [Scope::Account, Scope::Extension(ExtensionId(7))] {
            let filter = CallFilter { scope, ..all() };
            let of = |archive: &Archive| {
                let (store, key) = (archive.store.clone(), archive.account.key);
                let filter = filter.clone();
                async move {
                    let rows = store.whole_calls(key, filter, None, 100).await.unwrap();
                    let row = |row: callbook_store::CallRow| (
                        row.id, row.deleted, row.received_ms, row.versions, row.json,
                    );
                    rows.into_iter().map(row).collect::<Vec<_>>()
                }
            };
            assert_eq!(of(&copy).await, of(&original).await);
            let report = copy.store.check(copy.account.key, scope, |_| {}).await.unwrap();
            assert_eq!(report.findings, [], "{scope}");
        }
        let imported = import(&copy, &entries).await;
        assert_eq!(imported, Imported { known: 9, ..Imported::default() });
        assert_eq!(journal(&copy, all()).await, entries);
    }

    async fn states_that_are_older_than_what_is_known_stay_out(kind: Kind) {
        let original = eventful(kind).await;
        let entries = journal(&original, all()).await;
        let copy = Archive::new(kind).await;
        // The edit of `a` was received in the same millisecond as its first state.
        let edit = entries.iter().position(|entry| entry.seq == 4).unwrap();
        import(&copy, &entries[..edit]).await;
        let later = import(&copy, &entries[edit..]).await;
        assert_eq!(later, Imported { added: 6, ..Imported::default() });

        let copy = Archive::new(kind).await;
        let tombstone = entries.iter().position(|each| each.cause == Cause::Absent).unwrap();
        import(&copy, &entries[tombstone..=tombstone]).await;
        let imported = import(&copy, &entries).await;
        assert_eq!(imported, Imported { added: 7, known: 1, outdated: 1 });
        assert_eq!(copy.store.check(copy.account.key, Scope::Account, |_| {}).await.unwrap().findings, []);
    }

    async fn a_record_of_unknown_age_never_replaces_one(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0)]).await;
        let mut other = record("a", 0);
        other["result"] = json!("Missed");
        let unknown = |record| State { incoming: incoming(record), seen: None };
        let states = vec![unknown(&other), unknown(&record("b", 1))];
        let imported = archive.store.import(&archive.lock, Scope::Account, states, NOW_MS).await;
        assert_eq!(imported.unwrap(), Imported { added: 1, known: 1, outdated: 0 });
        let versions = |id: &'static str| archive.store.versions(archive.account.key, Scope::Account, id);
        assert_eq!(versions("a").await.unwrap().len(), 1);
        let b = versions("b").await.unwrap().remove(0);
        assert_eq!((b.cause, b.received_ms), (Cause::Imported, NOW_MS));
        // What upstream says later counts.
        let mut edited = record("b", 1);
        edited["result"] = json!("Missed");
        assert_eq!(archive.commit(&[edited]).await.updated, 1);
    }

    async fn a_journal_can_be_of_some_calls(kind: Kind) {
        let archive = eventful(kind).await;
        let seqs = async |filter| {
            let entries = journal(&archive, filter).await;
            entries.iter().map(|entry| entry.seq).collect::<Vec<_>>()
        };
        assert_eq!(seqs(CallFilter { deleted: false, ..all() }).await, [1, 2, 4, 5, 7, 9]);
        let number = callbook_model::Key::Number("+442079460018".to_owned());
        assert_eq!(seqs(CallFilter { keys: vec![number], ..all() }).await, [1, 4]);
        let span = callbook_model::Span { to: "2024-01-01T00:00:00.002Z".parse().unwrap(), ..all().span };
        assert_eq!(seqs(CallFilter { span, ..all() }).await, [1, 2, 4, 5, 7, 9]);
    }

    async fn a_row_without_an_id_gives_way_to_the_record_of_its_call(kind: Kind) {
        let archive = Archive::new(kind).await;
        let row = |id: &str, after_ms: i64, number: Option<&str>, duration: i64| {
            let mut row = record(id, after_ms);
            row["from"] = number.map_or(json!({}), |number| json!({ "phoneNumber": number }));
            row["duration"] = json!(duration);
            State { incoming: incoming(&row), seen: None }
        };
        let ours = Some("+16505550100");
        // The record began 30 s into a minute and took a minute.
        let rows = vec![
            row("same", 0, ours, 60),
            row("rounded", 0, ours, 61),
            row("no number", 0, None, 60),
            row("longer", 0, ours, 62),
            row("other number", 0, Some("+16505550101"), 60),
            row("minute before", -60_000, ours, 60),
            row("minute after", 60_000, ours, 60),
        ];
        let imported = archive.store.import(&archive.lock, Scope::PORTAL, rows, NOW_MS).await;
        assert_eq!(imported.unwrap().added, 7);
        let left = CallFilter { scope: Scope::PORTAL, unless_in: Some(Scope::Account), ..all() };
        assert_eq!(archive.find(left.clone()).await.len(), 7);
        archive.commit(&[record("real", 30_000)]).await;
        let mut found = archive.find(left).await;
        found.sort();
        assert_eq!(found, ["longer", "minute after", "minute before", "other number"]);
        // They are another log's: no list of the company's has them.
        assert_eq!(archive.find(all()).await, ["real"]);
        let report = archive.store.check(archive.account.key, Scope::PORTAL, |_| {}).await;
        assert_eq!(report.unwrap(), CheckReport { calls: 7, versions: 7, ..CheckReport::default() });
        let status = archive.store.status().await.unwrap().accounts.remove(0);
        assert_eq!((status.calls, status.imported), (1, 7));
    }
}
