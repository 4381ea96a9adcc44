//! Lists and tables. What is in their cells is checked with the programs that they are for.

use callbook_exchange::{Calls, Format, Notice, Query, Source, View, write_calls};
use callbook_model::{DirectoryKind, Scope};
use callbook_store::{Batch, State};
use jiff::Timestamp;

use crate::archive::{Archive, START_MS, everything, incoming};

fn json(id: &str, after_ms: i64, queue: u64) -> String {
    let start = Timestamp::from_millisecond(START_MS + after_ms).unwrap();
    format!(
        r#"{{"id":"{id}","startTime":"{start}","duration":60,"direction":"Inbound",
            "from":{{"phoneNumber":"+442079460{after_ms:03}"}},
            "legs":[{{"extension":{{"id":{queue}}},"recording":{{"id":7}}}}]}}"#
    )
}

/// Calls of the log at even milliseconds, and of the portal at odd ones.
async fn archive(calls: i64) -> Archive {
    let archive = Archive::new().await;
    for (after_ms, name) in [(0, "Support"), (1_000, "Help desk")] {
        let queue =
            format!(r#"{{"id":9,"extensionNumber":"900","name":"{name}","type":"Department"}}"#);
        archive.mirror(START_MS + after_ms, 0, DirectoryKind::Extension, &[&queue]).await;
    }
    let lock = archive.lock().await;
    let records = (0..calls).filter(|n| n % 2 == 0);
    let records = records.map(|n| incoming(&json(&format!("r{n}"), n, 9))).collect();
    archive.commit(&lock, Scope::Account, Batch { records, ..Batch::default() }).await;
    let rows = (0..calls).filter(|n| n % 2 == 1);
    let row = |n| State { incoming: incoming(&json(&format!("p{n}"), n, 8)), seen: None };
    let imported = archive.store.import(&lock, Scope::PORTAL, rows.map(row).collect(), START_MS);
    imported.await.unwrap();
    archive
}

async fn ids(archive: &Archive, sources: Source, limit: u32) -> (Vec<String>, bool) {
    let query = Query { filter: everything(), sources, view: View::Simple, limit };
    let mut calls = Calls::new(&archive.store, archive.account.key, query).await.unwrap();
    let mut ids = Vec::new();
    while let Some(listed) = calls.next().await.unwrap() {
        ids.push(listed.call.id);
    }
    (ids, calls.has_more().await.unwrap())
}

#[tokio::test]
async fn two_logs_are_one_list_newest_first() {
    // More than are read in one go of either.
    let archive = archive(2500).await;
    let id = |n: i64| if n % 2 == 0 { format!("r{n}") } else { format!("p{n}") };
    let all: Vec<String> = (0..2500).rev().map(id).collect();
    assert_eq!(ids(&archive, Source::All, u32::MAX).await, (all.clone(), false));
    assert_eq!(ids(&archive, Source::All, 2500).await, (all.clone(), false));
    assert_eq!(ids(&archive, Source::All, 2499).await, (all[..2499].to_vec(), true));
    assert_eq!(ids(&archive, Source::All, 0).await, (Vec::new(), true));
    let real: Vec<String> = all.iter().filter(|id| id.starts_with('r')).cloned().collect();
    assert_eq!(ids(&archive, Source::RingCentral, u32::MAX).await, (real, false));
    let (portal, _) = ids(&archive, Source::Portal, u32::MAX).await;
    assert_eq!(portal.len(), 1250);
}

/// A table of everything, newest first.
async fn csv(archive: &Archive) -> String {
    let query =
        Query { filter: everything(), sources: Source::All, view: View::Detailed, limit: u32::MAX };
    let calls = Calls::new(&archive.store, archive.account.key, query).await.unwrap();
    let format = Format::Csv { byte_order_mark: false };
    let mut notice = |_: Notice<'_>| ();
    let written =
        write_calls(&archive.store, &archive.account, calls, format, Vec::new(), &mut notice);
    String::from_utf8(written.await.unwrap().0).unwrap()
}

#[tokio::test]
async fn a_queue_is_called_as_it_was_then() {
    let archive = archive(1_002).await;
    let csv = csv(&archive).await;
    let queue = |id: &str| {
        let line = csv.lines().find(|line| line.starts_with(&format!("{id},"))).unwrap();
        line.split(',').nth(15).unwrap().to_owned()
    };
    assert_eq!((queue("r998"), queue("r1000")), ("Support".into(), "Help desk".into()));
}

#[tokio::test]
async fn a_row_has_what_its_legs_tell() {
    let archive = archive(2).await;
    let query =
        Query { filter: everything(), sources: Source::All, view: View::Detailed, limit: u32::MAX };
    let calls = Calls::new(&archive.store, archive.account.key, query).await.unwrap();
    let mut damaged = Vec::new();
    let mut notice = |notice: Notice<'_>| {
        if let Notice::Damaged(id) = notice {
            damaged.push(id.to_owned());
        }
    };
    let format = Format::Csv { byte_order_mark: false };
    let (csv, exported) =
        write_calls(&archive.store, &archive.account, calls, format, Vec::new(), &mut notice)
            .await
            .unwrap();
    assert_eq!((exported.records, exported.damaged, damaged.len()), (2, 0, 0));
    let csv = String::from_utf8(csv).unwrap();
    let lines: Vec<&str> = csv.split("\r\n").collect();
    // The portal's row, that no queue is known of, then the record's.
    let start = "2024-01-01T00:00:00.001Z";
    let of_portal =
        format!("p1,{start},,Inbound,+442079460001,,,,,,,,60000,true,false,,7,,,1,2024");
    assert!(lines[1].starts_with(&of_portal), "{csv}");
    assert!(lines[1].ends_with(",portal,400"), "{csv}");
    assert!(lines[2].contains(",true,false,Support,7,,,1,"), "{csv}");
    assert!(lines[2].ends_with(",ringcentral,400"), "{csv}");
}
