//! Seals prove what a day held.

use callbook_model::Scope;
use callbook_store::{CheckReport, FindingKind, Seal, UpstreamDay};
use jiff::civil::{Date, date};
use serde_json::json;

use crate::place::conformance;
use crate::support::{Archive, record};

const DAY: Date = date(2024, 1, 1);
const DAY_MS: i64 = 86_400_000;

async fn seal(archive: &Archive, day: Date) -> Seal {
    let upstream = Some(UpstreamDay { calls: 2, ids_hash: "abc".into() });
    archive.store.seal_day(&archive.lock, Scope::Account, day, upstream, 7).await.unwrap()
}

async fn stale(archive: &Archive) -> Vec<Date> {
    archive.store.stale_seals(archive.account.key, Scope::Account).await.unwrap()
}

async fn check(archive: &Archive) -> CheckReport {
    archive.store.check(archive.account.key, Scope::Account, |_| {}).await.unwrap()
}

conformance! {
    async fn seals_are_a_chain(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0), record("b", 1), record("c", DAY_MS)]).await;
        let one = seal(&archive, DAY).await;
        assert_eq!((one.number, one.calls, one.seq, one.sealed_ms), (1, 2, 3, 7));
        assert_eq!(one.previous, "0".repeat(64));
        let two = seal(&archive, date(2024, 1, 2)).await;
        assert_eq!((two.number, two.calls, &two.previous), (2, 1, &one.hash));
        let empty = archive.store.seal_day(&archive.lock, Scope::Account, date(2024, 1, 3), None, 8);
        let empty = empty.await.unwrap();
        assert_eq!((empty.calls, &empty.upstream), (0, &None));
        let seals = archive.store.seals(archive.account.key, Scope::Account).await.unwrap();
        assert_eq!(seals, [one, two, empty]);
        let report = check(&archive).await;
        assert_eq!((report.findings, report.seals), (vec![], 3));
    }

    async fn a_changed_day_wants_a_new_seal(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0), record("c", DAY_MS)]).await;
        let first = seal(&archive, DAY).await;
        seal(&archive, date(2024, 1, 2)).await;
        assert!(stale(&archive).await.is_empty());
        let mut edited = record("a", 0);
        edited["result"] = json!("Missed");
        archive.commit(std::slice::from_ref(&edited)).await;
        assert_eq!(stale(&archive).await, [DAY]);
        assert_eq!(check(&archive).await.stale, 1);
        let again = seal(&archive, DAY).await;
        assert_ne!(again.digest, first.digest);
        assert!(stale(&archive).await.is_empty());
        // A call that moves changes the day that it leaves as well.
        edited["startTime"] = json!("2024-01-02T10:00:00Z");
        archive.commit(&[edited]).await;
        assert_eq!(stale(&archive).await, [DAY, date(2024, 1, 2)]);
        archive.commit(&[record("n", 5 * DAY_MS)]).await;
        assert_eq!(stale(&archive).await.len(), 2);
    }

    async fn every_single_changed_thing_breaks_a_seal(kind: Kind) {
        for (sql, broken) in [
            ("UPDATE version SET received_ms = received_ms + 1 WHERE seq = 1", FindingKind::Seal),
            ("UPDATE version SET cause = 'repaired' WHERE seq = 3", FindingKind::Seal),
            ("UPDATE version SET detail = NULL WHERE seq = 1", FindingKind::Seal),
            ("UPDATE version SET seq = 4 WHERE seq = 1; UPDATE account SET seq = 4", FindingKind::Seal),
            ("UPDATE call SET deleted = 1 - deleted WHERE id = 'b'", FindingKind::Seal),
            ("UPDATE call SET id = 'x' WHERE id = 'b'", FindingKind::Seal),
            ("UPDATE call SET start_ms = start_ms + 86400000 WHERE id = 'b'", FindingKind::Seal),
            ("DELETE FROM call WHERE id = 'b'", FindingKind::Seal),
            ("UPDATE seal SET calls = calls + 1", FindingKind::SealChain),
            ("UPDATE seal SET upstream_calls = 9", FindingKind::SealChain),
            ("UPDATE seal SET upstream_ids = NULL, upstream_calls = NULL", FindingKind::SealChain),
            ("UPDATE seal SET day = '2024-01-02' WHERE number = 1", FindingKind::SealChain),
            ("UPDATE seal SET sealed_ms = 1 WHERE number = 2", FindingKind::SealChain),
            ("DELETE FROM seal WHERE number = 1", FindingKind::SealChain),
        ] {
            let archive = Archive::new(kind).await;
            let mut edited = record("a", 0);
            archive.commit(&[edited.clone(), record("b", 1)]).await;
            edited["result"] = json!("Missed");
            archive.commit(&[edited]).await;
            seal(&archive, DAY).await;
            seal(&archive, DAY).await;
            assert_eq!(check(&archive).await.findings, []);
            archive.place.sql(sql).await;
            let kinds: Vec<_> = check(&archive).await.findings.iter().map(|f| f.kind).collect();
            assert!(kinds.contains(&broken), "{sql}: {kinds:?}");
        }
    }
}
