//! Damage is found, named and, where the document is whole, undone.

use callbook_model::{ExtensionId, Scope};
use callbook_store::{Batch, CheckReport, FindingKind};
use serde_json::{Value, json};

use crate::place::conformance;
use crate::support::{Archive, decode, incoming, record};

async fn check(archive: &Archive) -> CheckReport {
    archive.store.check(archive.account.key, Scope::Account, |_| {}).await.unwrap()
}

fn kinds(report: &CheckReport) -> Vec<FindingKind> {
    let mut kinds: Vec<_> = report.findings.iter().map(|finding| finding.kind).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// Three calls with the change numbers 1 to 4; `a` was edited.
async fn archive(kind: crate::place::Kind) -> Archive {
    let archive = Archive::new(kind).await;
    let mut edited = record("a", 0);
    archive.commit(&[edited.clone(), record("b", 1), record("c", 2)]).await;
    edited["from"]["phoneNumber"] = json!("+442079460018");
    archive.commit(&[edited]).await;
    archive
}

/// The damage, and what is found.
const DAMAGE: [(&str, &[FindingKind]); 14] = [
    ("UPDATE call SET result = 'Missed' WHERE id = 'b'", &[FindingKind::Columns]),
    ("UPDATE call SET to_name = 'Eve' WHERE id = 'b'", &[FindingKind::Columns]),
    ("UPDATE call SET recorded = 1 - recorded WHERE id = 'b'", &[FindingKind::Columns]),
    ("UPDATE call SET deleted = 1 - deleted WHERE id = 'b'", &[FindingKind::Columns]),
    ("UPDATE call SET start_ms = 5 WHERE id = 'b'", &[FindingKind::Columns]),
    ("DELETE FROM posting WHERE key = 'ssb'", &[FindingKind::Postings]),
    ("UPDATE posting SET key = 'n+1' WHERE key = 'ssb'", &[FindingKind::Postings]),
    (
        "UPDATE posting SET start_ms = start_ms + 900000000 WHERE key = 'ssb'",
        &[FindingKind::Postings],
    ),
    (
        "INSERT INTO posting (account, scope, key, start_ms, call)
      SELECT account, scope, 'n+1', start_ms, call FROM posting WHERE key = 'ssb'",
        &[FindingKind::Postings],
    ),
    ("UPDATE version SET simple = substr(simple, 1, 20) WHERE seq = 2", &[FindingKind::Document]),
    ("UPDATE version SET simple = substr(simple, 1, 20) WHERE seq = 1", &[FindingKind::Document]),
    ("UPDATE version SET detail = NULL WHERE seq = 2", &[FindingKind::Hash, FindingKind::Postings]),
    ("DELETE FROM version WHERE seq = 1", &[FindingKind::Chain, FindingKind::Numbers]),
    ("DELETE FROM version WHERE seq = 2", &[FindingKind::Chain, FindingKind::Numbers]),
];

conformance! {
    async fn what_is_whole_has_no_findings(kind: Kind) {
        let archive = archive(kind).await;
        for hour in 0..2 {
            let observed_ms = hour * 3_600_000 + 1;
            archive.batch(Batch { absent: vec!["c".into()], observed_ms, ..Batch::default() }).await;
        }
        // Another log's calls are another's.
        let scope = Scope::Extension(ExtensionId(7));
        let batch = Batch { records: vec![incoming(&record("a", 0))], ..Batch::default() };
        archive.store.commit(&archive.lock, scope, batch).await.unwrap();
        let mut seen = Vec::new();
        let report = archive.store.check(archive.account.key, Scope::Account, |n| seen.push(n));
        let report = report.await.unwrap();
        assert_eq!(report, CheckReport { calls: 3, versions: 5, ..CheckReport::default() });
        assert_eq!(seen, [3]);
        let report = archive.store.check(archive.account.key, scope, |_| {}).await.unwrap();
        assert_eq!(report, CheckReport { calls: 1, versions: 1, ..CheckReport::default() });
        let scopes = archive.store.scopes(archive.account.key).await.unwrap();
        assert_eq!(scopes, [Scope::Account, scope]);
    }

    async fn each_damage_is_found(kind: Kind) {
        for (sql, expected) in DAMAGE {
            let archive = archive(kind).await;
            archive.place.sql(sql).await;
            let report = check(&archive).await;
            assert_eq!(kinds(&report), expected, "{sql}: {report:#?}");
        }
    }

    async fn reindexing_undoes_what_the_documents_tell(kind: Kind) {
        let repairable = [FindingKind::Columns, FindingKind::Postings];
        let of_rows = DAMAGE.iter().filter(|(_, kinds)| kinds.iter().all(|k| repairable.contains(k)));
        for (sql, _) in of_rows {
            let archive = archive(kind).await;
            archive.place.sql(sql).await;
            let again = archive.store.reindex(&archive.lock, Scope::Account, vec!["b".into()]).await;
            assert_eq!(again.unwrap(), 1, "{sql}");
            assert_eq!(check(&archive).await.findings, [], "{sql}");
        }
    }

    async fn a_row_is_made_again_from_its_versions(kind: Kind) {
        let archive = archive(kind).await;
        archive.place.sql("DELETE FROM call WHERE id = 'a'").await;
        let report = check(&archive).await;
        let lost = report.findings.iter().find(|finding| finding.kind == FindingKind::Chain).unwrap();
        assert_eq!(lost.id.as_deref(), Some("a"));
        let again = archive.store.reindex(&archive.lock, Scope::Account, vec!["a".into()]).await;
        assert_eq!(again.unwrap(), 1);
        assert_eq!(check(&archive).await.findings, []);
        let versions = archive.store.versions(archive.account.key, Scope::Account, "a").await;
        assert_eq!(versions.unwrap().len(), 2);
    }

    async fn a_damaged_document_is_found_until_a_repair_brings_it_again(kind: Kind) {
        let archive = archive(kind).await;
        archive.place.sql("UPDATE version SET simple = substr(simple, 1, 20) WHERE seq = 2").await;
        assert_eq!(kinds(&check(&archive).await), [FindingKind::Document]);
        let mut edited: Value = record("b", 1);
        edited["uri"] = json!("http://elsewhere");
        let records = vec![decode(&edited.to_string()).unwrap()];
        archive.batch(Batch { records, force: true, ..Batch::default() }).await;
        let call = archive.store.call(archive.account.key, Scope::Account, "b").await.unwrap();
        assert_eq!(call.unwrap().json, edited.to_string());
        // The damaged version stays, for versions are for ever; but it was made good.
        let report = check(&archive).await;
        assert_eq!((report.replaced, &report.findings[..]), (1, &[][..]));
    }
}
