//! The directory with dates.

use std::collections::BTreeMap;

use callbook_model::{DirectoryEntry, DirectoryKind, ExtensionId};
use callbook_store::{Error, Extension, Location, Mirrored, Open, Reading, Store};
use proptest::prelude::*;

use crate::place::{Kind, Place, conformance};
use crate::support::Archive;

const EXTENSION: DirectoryKind = DirectoryKind::Extension;

/// A complete list of people, numbered from 1.
pub fn people(names: &[&str]) -> Reading {
    let entries = names.iter().zip(1..).map(|(name, id)| person(id, name)).collect();
    Reading { kind: EXTENSION, part: 0, entries, complete: true }
}

fn person(id: u64, name: &str) -> DirectoryEntry {
    let json = format!(r#"{{"id":{id},"extensionNumber":"10{id}","name":"{name}"}}"#);
    DirectoryEntry::decode(EXTENSION, &json).unwrap()
}

impl Archive {
    async fn mirror(&self, at_ms: i64, reading: Reading) -> Mirrored {
        self.store.mirror(&self.lock, at_ms, vec![reading], None).await.unwrap()
    }

    /// Id and name of everybody, as it was at a moment.
    async fn at(&self, at_ms: i64) -> Vec<(String, String)> {
        let facts = self.store.directory_at(self.account.key, EXTENSION, at_ms).await.unwrap();
        facts.into_iter().map(|fact| (fact.entry.id, fact.entry.name.unwrap())).collect()
    }

    /// How many rows there are.
    async fn facts(&self) -> String {
        self.place.text("SELECT count(*) FROM directory").await
    }
}

conformance! {
    async fn last_months_names_stay_last_months(kind: Kind) {
        let archive = Archive::new(kind).await;
        assert_eq!(archive.mirror(100, people(&["Ann", "Bea"])).await, Mirrored { opened: 2, closed: 0 });
        assert_eq!(archive.mirror(200, people(&["Ann", "Bea"])).await, Mirrored::default());
        assert_eq!(archive.mirror(300, people(&["Ann", "Beate"])).await, Mirrored { opened: 1, closed: 1 });
        assert_eq!(archive.mirror(400, people(&["Ann"])).await, Mirrored { opened: 0, closed: 1 });
        assert_eq!(archive.mirror(500, people(&["Ann", "Bea"])).await, Mirrored { opened: 1, closed: 0 });
        let second = async |at_ms| archive.at(at_ms).await.get(1).map(|(_, name)| name.clone());
        for (at_ms, expected) in [
            (0, Some("Bea")), (299, Some("Bea")), (300, Some("Beate")), (399, Some("Beate")),
            (400, None), (500, Some("Bea")), (i64::MAX, Some("Bea")),
        ] {
            assert_eq!(second(at_ms).await.as_deref(), expected, "{at_ms}");
        }
        // A name is found at any time: of those who are gone, the last one.
        let names = archive.store.names(archive.account.key).await.unwrap();
        let name = |at_ms| names.at(ExtensionId(2), at_ms).and_then(|it| it.name.clone()).unwrap();
        let found = [-5, 299, 300, 450, 500, 900].map(name);
        assert_eq!(found, ["Bea", "Bea", "Beate", "Beate", "Bea", "Bea"]);
        assert_eq!(names.at(ExtensionId(3), 0), None);
    }

    async fn what_was_not_seen_is_not_gone(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.mirror(1, people(&["Ann", "Bea", "Cleo"])).await;
        let some = Reading { complete: false, ..people(&["Anna"]) };
        assert_eq!(archive.mirror(2, some).await, Mirrored { opened: 1, closed: 1 });
        assert_eq!(archive.at(2).await.len(), 3);
        // Each list is for itself.
        let member = |id| DirectoryEntry { id: format!("{id}"), json: "{}".into(), ..person(id, "") };
        let of = |part, ids: &[u64]| Reading {
            kind: DirectoryKind::Member,
            part,
            entries: ids.iter().map(|id| member(*id)).collect(),
            complete: true,
        };
        archive.mirror(3, of(7, &[1, 2])).await;
        archive.mirror(4, of(8, &[1])).await;
        archive.mirror(5, of(7, &[2])).await;
        let members = archive.store.directory_at(archive.account.key, DirectoryKind::Member, 9).await;
        let members: Vec<_> = members.unwrap().into_iter().map(|it| (it.part, it.entry.id)).collect();
        assert_eq!(members, [(7, "2".to_owned()), (8, "1".to_owned())]);
        // Before a list was first looked at, it counts as it was then.
        let before = archive.store.directory_at(archive.account.key, DirectoryKind::Member, 0).await;
        assert_eq!(before.unwrap().len(), 3);
    }

    async fn a_list_and_how_far_it_is_are_one(kind: Kind) {
        let archive = Archive::new(kind).await;
        let cursor = Some(("directory", "1".to_owned()));
        let readings = vec![people(&["Ann"])];
        archive.store.mirror(&archive.lock, 5, readings.clone(), cursor).await.unwrap();
        let (key, log) = (archive.account.key, callbook_model::Scope::Account);
        let cursor = archive.store.cursor(key, log, "directory").await.unwrap();
        assert_eq!(cursor.as_deref(), Some("1"));
        // What came again with other links says the same; whoever lost the lock writes nothing.
        let mut same = people(&["Ann"]);
        same.entries[0].json = same.entries[0].json.replace('{', r#"{"uri":"http://b/1","#);
        assert_eq!(archive.mirror(6, same).await, Mirrored::default());
        archive.place.sql("UPDATE account SET fence = fence + 1").await;
        let refused = archive.store.mirror(&archive.lock, 7, vec![people(&[])], None).await;
        assert!(matches!(refused, Err(Error::TakenOver)), "{refused:?}");
        assert_eq!(archive.at(9).await.len(), 1);
    }

    async fn a_clock_that_goes_back_loses_no_state(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.mirror(1_000, people(&["Ann", "Bea"])).await;
        archive.mirror(500, people(&["Anna", "Bea"])).await;
        archive.mirror(500, people(&["Annie"])).await;
        let history = archive.store.directory_history(archive.account.key, EXTENSION).await.unwrap();
        let spans: Vec<_> = history
            .iter()
            .map(|it| (it.entry.name.as_deref().unwrap(), it.valid_from_ms, it.valid_to_ms))
            .collect();
        assert_eq!(spans, [
            ("Ann", 1_000, Some(1_001)),
            ("Anna", 1_001, Some(1_002)),
            ("Annie", 1_002, None),
            ("Bea", 1_000, Some(1_002)),
        ]);
    }

    async fn odd_texts_are_kept_or_told_apart(kind: Kind) {
        let archive = Archive::new(kind).await;
        let odd = |id: String| DirectoryEntry { name: Some("A\0nn".into()), ..person(1, "x") }.with_id(id);
        let entries = vec![odd("a".repeat(5_000)), odd(format!("{}b", "a".repeat(4_999))), odd("\0".into())];
        let reading = Reading { kind: EXTENSION, part: 0, entries, complete: true };
        assert_eq!(archive.mirror(1, reading.clone()).await.opened, 3);
        assert_eq!(archive.mirror(2, reading).await, Mirrored::default());
        assert_eq!(archive.at(2).await.len(), 3);
    }

    async fn what_is_kept_long_enough_is_erased(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.mirror(100, people(&["Ann", "Bea"])).await;
        archive.mirror(200, people(&["Ann"])).await;
        archive.mirror(300, people(&["Anna"])).await;
        archive.store.purge(&archive.lock, Some(250)).await.unwrap();
        assert_eq!(archive.facts().await, "2");
        assert_eq!(archive.at(0).await[0].1, "Ann");
        assert_eq!(archive.at(300).await[0].1, "Anna");
    }

    async fn what_was_known_without_dates_becomes_whole(kind: Kind) {
        let archive = Archive::new(kind).await;
        let ann = Extension {
            id: ExtensionId(1), number: Some("101".into()), name: Some("Ann".into()), kind: None,
        };
        let bea = Extension { id: ExtensionId(2), name: Some("Bea".into()), ..ann.clone() };
        archive.list_extensions(vec![ann, bea]).await;
        archive.place.sql("UPDATE directory SET valid_from_ms = 7").await;
        let hash = if kind == Kind::Sqlite { "x''" } else { "''::bytea" };
        archive.place.sql(&format!("UPDATE directory SET hash = {hash}")).await;
        let mirrored = archive.mirror(100, people(&["Ann", "Beate"])).await;
        assert_eq!(mirrored, Mirrored { opened: 1, closed: 1 });
        let history = archive.store.directory_history(archive.account.key, EXTENSION).await.unwrap();
        assert_eq!((history[0].valid_from_ms, history[0].valid_to_ms), (7, None));
        assert_eq!(history[0].entry, person(1, "Ann"));
        assert_eq!(archive.mirror(101, people(&["Ann", "Beate"])).await, Mirrored::default());
    }

    async fn facts_of_another_archive_are_the_same_here(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.mirror(100, people(&["Ann", "Bea"])).await;
        archive.mirror(200, people(&["Anna"])).await;
        let facts = archive.store.directory_history(archive.account.key, EXTENSION).await.unwrap();
        let other = Archive::new(kind).await;
        for _ in 0..2 {
            other.store.import_facts(&other.lock, facts.clone()).await.unwrap();
        }
        let there = other.store.directory_history(other.account.key, EXTENSION).await.unwrap();
        assert_eq!(there, facts);
        assert_eq!(other.mirror(300, people(&["Anna"])).await, Mirrored::default());
    }

    async fn extensions_of_an_older_archive_are_kept(kind: Kind) {
        let old = Place::new(kind).await;
        old.schema_before_directory().await;
        old.sql(
            "INSERT INTO account (account, id, server_url, home, created_ms)
                 VALUES (1, 400, 'http://a', 'US', 77);
             INSERT INTO extension VALUES (1, 9, '101', 'Ann', 'User'), (1, 8, NULL, NULL, NULL)",
        )
        .await;
        let store = Store::open(&old.location(), Open::Existing).await.unwrap();
        let account = store.accounts().await.unwrap().remove(0);
        let history = store.directory_history(account.key, EXTENSION).await.unwrap();
        let spans = history.iter().map(|fact| (fact.entry.id.as_str(), fact.valid_from_ms));
        assert_eq!(spans.collect::<Vec<_>>(), [("8", 77), ("9", 77)]);
        let extensions = store.extensions(account.key).await.unwrap();
        assert_eq!((extensions[1].id, extensions[1].name.as_deref()), (ExtensionId(9), Some("Ann")));
        let newest = "SELECT extension_id || name FROM callbook_v1_extensions WHERE extension_number = '101'";
        assert_eq!(old.text(newest).await, "9Ann");
    }
}

impl Place {
    /// The last schema without a directory.
    async fn schema_before_directory(&self) {
        if matches!(self.location(), Location::Sqlite(_)) {
            self.sql(include_str!("../../migrations/sqlite/0001_archive.sql")).await;
            self.sql(include_str!("../../migrations/sqlite/0002_complete.sql")).await;
            self.sql("PRAGMA application_id = 0x43424b31; PRAGMA user_version = 2").await;
        } else {
            self.sql("CREATE SCHEMA callbook").await;
            self.sql(include_str!("../../migrations/postgres/0001_archive.sql")).await;
            self.sql("INSERT INTO archive VALUES ('x', 0, 1)").await;
        }
    }
}

trait WithId {
    fn with_id(self, id: String) -> Self;
}

impl WithId for DirectoryEntry {
    fn with_id(self, id: String) -> Self {
        Self { id, ..self }
    }
}

/// What an upstream's list says, and whether all of it was seen.
type Look = (BTreeMap<u64, u8>, bool);

fn looks() -> impl Strategy<Value = Vec<Look>> {
    let list = prop::collection::btree_map(1u64..6, 0u8..3, 0..5);
    prop::collection::vec((list, prop::bool::weighted(0.8)), 1..12)
}

/// What is known after each look, computed without dates.
fn known(looks: &[Look]) -> Vec<BTreeMap<u64, u8>> {
    let mut known = BTreeMap::new();
    looks
        .iter()
        .map(|(list, complete)| {
            if *complete {
                known = list.clone();
            } else {
                known.extend(list);
            }
            known.clone()
        })
        .collect()
}

async fn agrees(kind: Kind, looks: &[Look]) {
    let archive = Archive::new(kind).await;
    for ((list, complete), at) in looks.iter().zip(1i64..) {
        let entries = list.iter().map(|(id, name)| person(*id, &format!("n{name}"))).collect();
        let reading = Reading { kind: EXTENSION, part: 0, entries, complete: *complete };
        archive.mirror(at * 10, reading).await;
    }
    let states = known(looks);
    // Nothing is known of a list that was always empty until then.
    let first = states.iter().position(|state| !state.is_empty()).unwrap_or(0);
    for at_ms in 0..(looks.len() as i64 + 2) * 10 {
        let look = usize::try_from(at_ms / 10 - 1).unwrap_or(0).clamp(first, states.len() - 1);
        let expected: Vec<_> =
            states[look].iter().map(|(id, name)| (id.to_string(), format!("n{name}"))).collect();
        assert_eq!(archive.at(at_ms).await, expected, "at {at_ms}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_moment_is_as_a_naive_model_has_it(looks in looks()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            agrees(Kind::Sqlite, &looks).await;
            if Kind::Postgres.is_wanted() {
                agrees(Kind::Postgres, &looks).await;
            }
        });
    }
}
