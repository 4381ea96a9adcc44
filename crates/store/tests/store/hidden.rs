//! What a user deletes from the own log stays in the archive.

use callbook_model::ExtensionId;
use callbook_store::Hidden;

use crate::place::conformance;
use crate::support::{Archive, START_MS, everything, record};

const ANN: ExtensionId = ExtensionId(7);
const BEA: ExtensionId = ExtensionId(8);

async fn hide(archive: &Archive, who: ExtensionId, ids: &[&str], at_ms: i64) -> u64 {
    let ids = ids.iter().map(|&id| id.to_owned()).collect();
    archive.store.hide(archive.account.key, who, ids, at_ms).await.unwrap()
}

async fn hidden(
    archive: &Archive,
    who: ExtensionId,
    from_ms: i64,
    limit: u32,
) -> Vec<(String, i64)> {
    let hidden = archive.store.hidden(archive.account.key, who, from_ms, limit).await.unwrap();
    hidden.into_iter().map(|Hidden { id, hidden_ms }| (id, hidden_ms)).collect()
}

fn at(id: &str, hidden_ms: i64) -> (String, i64) {
    (id.to_owned(), hidden_ms)
}

conformance! {
    async fn records_are_hidden_from_one_log_once_and_stay_in_the_archive(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0), record("b", 1), record("c", 2)]).await;
        assert_eq!(hide(&archive, ANN, &["a", "b"], 100).await, 2);
        assert_eq!(hide(&archive, ANN, &["b", "c"], 200).await, 1);
        assert_eq!(hide(&archive, BEA, &["b"], 300).await, 1);
        assert_eq!(hidden(&archive, ANN, 0, 9).await, [at("a", 100), at("b", 100), at("c", 200)]);
        assert_eq!(hidden(&archive, ANN, 100, 2).await, [at("a", 100), at("b", 100)]);
        assert_eq!(hidden(&archive, ANN, 101, 9).await, [at("c", 200)]);
        assert_eq!(hidden(&archive, BEA, 0, 9).await, [at("b", 300)]);
        assert_eq!(archive.find(everything()).await, ["c", "b", "a"]);
    }

    async fn what_is_erased_is_hidden_no_more(kind: Kind) {
        let archive = Archive::new(kind).await;
        archive.commit(&[record("a", 0), record("b", 86_400_000)]).await;
        hide(&archive, ANN, &["a", "b"], 100).await;
        archive.store.purge(&archive.lock, Some(START_MS + 1)).await.unwrap();
        assert_eq!(hidden(&archive, ANN, 0, 9).await, [at("b", 100)]);
        archive.store.purge(&archive.lock, None).await.unwrap();
        assert_eq!(archive.place.text("SELECT count(*) FROM hidden").await, "0");
    }
}
