//! What a user deletes from the own log stays in the archive.

use callbook_model::ExtensionId;
use callbook_store::Hidden;

use crate::place::conformance;
use crate::support::{Archive, START_MS, everything, record};

const ANN: ExtensionId = ExtensionId(7);
const BEA: ExtensionId = ExtensionId(8);

fn owned(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|&id| id.to_owned()).collect()
}

async fn hide(archive: &Archive, who: ExtensionId, ids: &[&str], at_ms: i64) -> u64 {
    archive.store.hide(archive.account.key, who, owned(ids), at_ms).await.unwrap()
}

async fn hidden(archive: &Archive, who: ExtensionId, after: i64) -> Vec<(String, i64)> {
    let hidden = archive.store.hidden_after(archive.account.key, who, after, 9).await.unwrap();
    assert!(hidden.is_sorted_by(|one, other| one.number < other.number));
    hidden.into_iter().map(|Hidden { id, hidden_ms, .. }| (id, hidden_ms)).collect()
}

fn at(id: &str, hidden_ms: i64) -> (String, i64) {
    (id.to_owned(), hidden_ms)
}

conformance! {
    async fn records_are_hidden_from_one_log_once_and_stay_in_the_archive(kind: Kind) {
        let archive = Archive::new(kind).await;
        let key = archive.account.key;
        archive.commit(&[record("a", 0), record("b", 1), record("c", 2)]).await;
        assert_eq!(archive.store.newest_hidden(key).await.unwrap(), 0);
        assert_eq!(hide(&archive, ANN, &["a", "b"], 100).await, 2);
        let newest = archive.store.newest_hidden(key).await.unwrap();
        assert_eq!(hide(&archive, ANN, &["b", "c"], 200).await, 1);
        assert_eq!(hide(&archive, BEA, &["b"], 300).await, 1);
        assert_eq!(hidden(&archive, ANN, 0).await, [at("a", 100), at("b", 100), at("c", 200)]);
        assert_eq!(hidden(&archive, ANN, newest).await, [at("c", 200)]);
        assert_eq!(hidden(&archive, BEA, 0).await, [at("b", 300)]);
        let of = archive.store.hidden_of(key, BEA, owned(&["a", "b", "x"])).await.unwrap();
        assert_eq!(of.into_iter().collect::<Vec<_>>(), ["b"]);
        assert_eq!(archive.find(everything()).await, ["c", "b", "a"]);
        let report = archive.store.check(key, callbook_model::Scope::Account, |_| {}).await;
        assert_eq!(report.unwrap().findings, []);
    }

    async fn what_is_erased_is_hidden_no_more_and_numbers_go_on(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0), record("b", 86_400_000)]).await;
        hide(&archive, ANN, &["b", "a"], 100).await;
        let newest = archive.store.newest_hidden(archive.account.key).await.unwrap();
        archive.store.purge(&archive.lock, Some(START_MS + 1)).await.unwrap();
        assert_eq!(hidden(&archive, ANN, 0).await, [at("b", 100)]);
        hide(&archive, ANN, &["c"], 200).await;
        assert_eq!(hidden(&archive, ANN, newest).await, [at("c", 200)]);
        archive.store.purge(&archive.lock, None).await.unwrap();
        assert_eq!(archive.place.text("SELECT count(*) FROM hidden").await, "0");
    }
}
