//! The views that people query by themselves: what `docs/views.md` promises.

use callbook_model::{ExtensionId, Scope};
use callbook_store::{Extension, Open, Store};
use jiff::civil::date;

use crate::place::{Kind, Place, conformance};
use crate::support::{Archive, START_MS, everything, record};

/// The first schema, and a call in it.
const SCHEMA_1: &str = include_str!("../../migrations/sqlite/0001_archive.sql");

conformance! {
    async fn the_views_say_what_the_records_say(kind: Kind) {
        let archive = Archive::new(kind).await;
        let mut call = record("a", 0);
        call["from"]["name"] = "Ann".into();
        archive.commit(&[call, record("b", 1)]).await;
        let recorded = crate::recordings::recorded("r", -1, "501");
        archive.commit(&[recorded]).await;
        archive.store.find_recordings(archive.account.key).await.unwrap();
        crate::recordings::keep(&archive, "501", "400/501.mp3").await;
        let extension = Extension {
            id: ExtensionId(7),
            number: Some("101".into()),
            name: Some("Bea".into()),
            kind: Some("User".into()),
        };
        archive.list_extensions(vec![extension]).await;
        let log = Scope::Account;
        archive.store.set_upstream_from(&archive.lock, log, START_MS + 1).await.unwrap();
        let day = date(2024, 1, 1);
        archive.store.seal_day(&archive.lock, log, day, None, START_MS).await.unwrap();
        for (sql, expected) in [
            ("SELECT account_id || server_url || home_country FROM callbook_v1_accounts",
             "400http://aUS"),
            ("SELECT account_id || '/' || extension_id || extension_number || name || type
              FROM callbook_v1_extensions", "400/7101BeaUser"),
            ("SELECT extension_id || extension_number || name || type || counts_from_ms || valid_from_ms
              FROM callbook_v1_directory_extensions WHERE valid_to IS NULL AND valid_from IS NOT NULL",
             "7101BeaUser01704067200000"),
            ("SELECT count(*) FROM callbook_v1_directory_members", "0"),
            ("SELECT account_id || kind || id FROM callbook_v1_directory WHERE list_extension_id IS NULL",
             "400extension7"),
            ("SELECT account_id || call_id || coalesce(log_extension_id, 0) || type || direction
                 || result || action || from_number || from_name || to_number
              FROM callbook_v1_calls WHERE call_id = 'a'",
             "400a0VoiceInboundAcceptedPhone Call+16505550100Ann+16505550199"),
            ("SELECT start_ms || '/' || duration_ms FROM callbook_v1_calls WHERE call_id = 'a'",
             "1704067200000/60000"),
            ("SELECT count(*) FROM callbook_v1_calls WHERE from_extension IS NULL
                 AND to_extension IS NULL AND to_name IS NULL", "3"),
            ("SELECT sum(CASE WHEN CAST(expired_upstream AS INTEGER) = 1 THEN 1 ELSE 0 END)
              FROM callbook_v1_calls", "2"),
            ("SELECT count(*) FROM callbook_v1_calls
              WHERE CAST(deleted AS INTEGER) + CAST(recorded AS INTEGER) = 0", "2"),
            ("SELECT min(number) || max(number) || count(*) FROM callbook_v1_call_numbers
              WHERE call_id = 'a'", "+16505550100+165055501992"),
            ("SELECT min(extension_id) || '-' || max(extension_id)
              FROM callbook_v1_call_extensions WHERE call_id = 'b'", "7-8"),
            ("SELECT day || '/' || calls || '/' || number FROM callbook_v1_seals", "2024-01-01/2/1"),
            ("SELECT recording_id || call_id || mode || state || bytes || object
              FROM callbook_v1_recordings", "501rAutomatickept1000400/501.mp3"),
        ] {
            assert_eq!(archive.place.text(sql).await, expected, "{sql}");
        }
    }
}

#[tokio::test]
async fn an_archive_of_the_first_schema_is_filled() {
    let archive = Archive::new(Kind::Sqlite).await;
    archive.commit(&[record("a", 0), record("b", 100_000_000)]).await;
    let old = Place::new(Kind::Sqlite).await;
    let rows = format!(
        "ATTACH '{}' AS new;
         INSERT INTO archive SELECT * FROM new.archive;
         INSERT INTO dictionary SELECT * FROM new.dictionary;
         INSERT INTO account SELECT account, id, server_url, main_number, home, seq, fence, created_ms
             FROM new.account;
         INSERT INTO call SELECT call, account, scope, id, version, hash, start_ms, duration_ms,
             call_type, direction, result, recorded, deleted FROM new.call;
         INSERT INTO version SELECT version, account, seq, call, previous, received_ms, simple,
             detail FROM new.version;
         INSERT INTO posting SELECT * FROM new.posting;
         INSERT INTO cursor VALUES (1, 'task', '7', 0);
         PRAGMA application_id = {}; PRAGMA user_version = 1",
        archive.place.location(),
        0x43_42_4b_31,
    );
    old.sql(SCHEMA_1).await;
    old.sql(&rows).await;
    let store = Store::open(&old.location(), Open::Existing).await.unwrap();
    let key = archive.account.key;
    let report = store.check(key, Scope::Account, |_| {}).await.unwrap();
    assert_eq!((report.calls, report.findings), (2, vec![]));
    assert_eq!(store.cursor(key, Scope::Account, "task").await.unwrap().as_deref(), Some("7"));
    assert_eq!(store.calls(key, everything(), None, 9).await.unwrap().len(), 2);
    for place in [&old, &archive.place] {
        let days = place.text("SELECT group_concat(day || '/' || seq) FROM day").await;
        assert_eq!(days, "2024-01-01/1,2024-01-02/2");
        let numbers = "SELECT count(*) FROM call WHERE from_number = '+16505550100'";
        assert_eq!(place.text(numbers).await, "2");
    }
}
