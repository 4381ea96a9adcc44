//! An archive that was made of an export is equal to the one that was exported, whatever happened in it.

use std::fs;

use callbook_model::{DirectoryKind, ExtensionId, Scope};
use callbook_store::{Batch, Imported};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::archive::{Archive, START_MS, incoming};

/// Something that happens to an archive.
#[derive(Debug, Clone)]
enum Event {
    /// Records come: which call, what it says, and how its JSON is spelt.
    Records { log: u8, calls: Vec<(u8, u8, u8)>, force: bool },
    /// A complete list has not got a call.
    Absent { log: u8, call: u8 },
}

fn event() -> impl Strategy<Value = Event> {
    let log = 0..2u8;
    let calls = prop::collection::vec((0..6u8, 0..4u8, 0..5u8), 1..5);
    prop_oneof![
        3 => (log.clone(), calls, prop::bool::weighted(0.1))
            .prop_map(|(log, calls, force)| Event::Records { log, calls, force }),
        2 => (log, 0..6u8).prop_map(|(log, call)| Event::Absent { log, call }),
    ]
}

fn scope(log: u8) -> Scope {
    if log == 0 { Scope::Account } else { Scope::Extension(ExtensionId(7)) }
}

/// A record; what it says decides when it began, and whether upstream has deleted it.
fn json(call: u8, says: u8, spelling: u8) -> String {
    let start = Timestamp::from_millisecond(START_MS + i64::from(says) * 43_200_000).unwrap();
    let deleted = says == 3;
    let (open, between, close) = match spelling {
        0 => ("{", ",", "}"),
        1 => ("{ ", " , ", " }"),
        2 => ("{\n  ", ",\r\n  ", "\n}"),
        3 => ("\n{", ",", "}\n"),
        _ => ("{\"cost\":0.10,\"big\":12345678901234567890123,\"cost\":1e2,", ",", "}"),
    };
    [
        &format!("{open}\"id\":\"call \\u00fc {call}\""),
        &format!("\"startTime\":\"{start}\""),
        &format!(
            "\"from\":{{\"phoneNumber\":\"020 7946 001{says}\",\"name\":\"A \\\"B\\\" \u{2028}\"}}"
        ),
        &format!("\"legs\":[{{\"extension\":{{\"id\":{says}}}}}]"),
        &format!("\"deleted\":{deleted}{close}"),
    ]
    .map(String::as_str)
    .join(between)
}

async fn live(archive: &Archive, events: &[(Event, i64)]) {
    let [one, other] = [
        r#"{"id":7,"extensionNumber":"101","name":"Queue \"7\"","type":"Department"}"#,
        r#"{"id":8,"name":"A\u0000b","x":0.10}"#,
    ];
    archive.mirror(START_MS, 0, DirectoryKind::Extension, &[one, other]).await;
    archive.mirror(START_MS + 9, 0, DirectoryKind::Extension, &[one]).await;
    archive.mirror(START_MS, 7, DirectoryKind::Member, &[r#"{"id":8}"#]).await;
    archive.mirror(START_MS, 7, DirectoryKind::Hours, &[r#"{"schedule":{}}"#]).await;
    let lock = archive.lock().await;
    let mut observed_ms = START_MS;
    for (event, later_ms) in events {
        // Nobody repairs a call twice within a second.
        let repair = matches!(event, Event::Records { force: true, .. });
        observed_ms += later_ms + if repair { 1000 } else { 0 };
        let (log, batch) = match event {
            Event::Records { log, calls, force } => {
                let record =
                    |&(call, says, spelling): &(u8, u8, u8)| incoming(&json(call, says, spelling));
                let records = calls.iter().map(record).collect();
                (*log, Batch { records, force: *force, ..Batch::default() })
            }
            Event::Absent { log, call } => {
                let absent = vec![format!("call \u{fc} {call}")];
                (*log, Batch { absent, ..Batch::default() })
            }
        };
        archive.commit(&lock, scope(log), Batch { observed_ms, ..batch }).await;
    }
}

async fn findings(archive: &Archive) -> Vec<callbook_store::Finding> {
    let mut findings = Vec::new();
    for log in 0..2 {
        let report = archive.store.check(archive.account.key, scope(log), |_| ()).await.unwrap();
        findings.extend(report.findings);
    }
    findings
}

/// Out and in again, and once more; then the first half and the whole.
async fn compare(events: &[(Event, i64)]) -> Result<(), TestCaseError> {
    let original = Archive::new().await;
    live(&original, events).await;
    let (exported, journal) = (original.exported().await, original.journal().await);
    let path = original.folder.path().join("all.jsonl");
    fs::write(&path, &exported).unwrap();
    let (copy, report) = Archive::of_file(&path).await;
    let added = journal.len() as u64;
    prop_assert_eq!(report.imported, Imported { added, ..Imported::default() });
    prop_assert_eq!(report.unreadable, 0);
    prop_assert_eq!(copy.journal().await, journal.clone());
    prop_assert_eq!(copy.exported().await, exported.clone());
    prop_assert_eq!(copy.directory().await, original.directory().await);
    prop_assert_eq!(
        (copy.account.home, &copy.account.main_number),
        (original.account.home, &original.account.main_number)
    );
    prop_assert_eq!(findings(&copy).await, []);
    let again = copy.import(&path).await.imported;
    prop_assert_eq!(again, Imported { known: added, ..Imported::default() });

    // Stopped anywhere, it goes on when it is begun again.
    let text = String::from_utf8(exported).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let part = original.folder.path().join("part.jsonl");
    fs::write(&part, lines[..lines.len() - journal.len() / 2].join("\n")).unwrap();
    let (copy, _) = Archive::of_file(&part).await;
    copy.import(&path).await;
    prop_assert_eq!(copy.journal().await, journal);
    Ok(())
}

/// Files of the first form have extensions as last seen, without dates.
#[tokio::test]
async fn extensions_of_an_older_file_are_taken_in_once() {
    let archive = Archive::new().await;
    let path = archive.folder.path().join("old.jsonl");
    let account = r#"{"id":400,"server_url":"http://a","main_number":null,"home":"GB"}"#;
    let lines = [
        format!(r#"{{"callbook":"versions","format":1,"account":{account}}}"#),
        r#"{"extension":{"id":7,"number":"101","name":"Ann","type":"User"}}"#.to_owned(),
    ];
    fs::write(&path, lines.join("\n")).unwrap();
    for _ in 0..2 {
        assert_eq!(archive.import(&path).await.unreadable, 0);
        let directory = archive.directory().await;
        assert_eq!((directory.len(), directory[0].entry.name.as_deref()), (1, Some("Ann")));
    }
}

#[test]
fn an_archive_of_an_export_is_equal() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // Each has three archives on the disk.
    let config = Config { cases: 48, source_file: Some(file!()), ..Config::default() };
    // Moments may be equal, for servers tell seconds; absence needs hours.
    let later_ms = prop_oneof![Just(0), Just(1000), Just(3_600_000)];
    let events = prop::collection::vec((event(), later_ms), 0..24);
    TestRunner::new(config).run(&events, |events| runtime.block_on(compare(&events))).unwrap();
}
