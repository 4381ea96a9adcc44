//! Making good what a verification or a check found.

use std::collections::BTreeSet;

use callbook_model::Scope;
use callbook_ringcentral::{Client, MAX_IDS};
use callbook_store::{Account, Finding, FindingKind, Store, SyncLock};
use serde::Serialize;

use crate::{Error, decode};

/// What a repair came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Repaired {
    /// Calls whose columns and postings were made again from their documents.
    pub reindexed: u64,
    /// Calls fetched from upstream.
    pub fetched: u64,
    /// Days sealed anew, because a repaired call began on them.
    pub sealed: u64,
    /// Ids that upstream does not have (any more).
    pub not_found: Vec<String>,
}

/// Fetches the calls that are missing or whose documents are damaged, fifty a request, and makes
/// everything else again from the documents. Without a client only the latter.
///
/// # Errors
/// When upstream or the archive fail. What was repaired stays so.
pub async fn repair(
    client: Option<&Client>,
    store: &Store,
    account: &Account,
    scope: Scope,
    missing: &[String],
    findings: &[Finding],
) -> Result<Repaired, Error> {
    let lock = store.lock_sync(account.key).await?;
    let with_id = |finding: &Finding| finding.id.clone();
    let suspects: BTreeSet<String> = findings.iter().filter_map(with_id).collect();
    let reindexed = store.reindex(&lock, scope, suspects.into_iter().collect()).await?;
    let mut repaired = Repaired { reindexed, ..Repaired::default() };
    let damaged = findings.iter().filter(|finding| is_lost(finding.kind)).filter_map(with_id);
    let wanted: BTreeSet<String> = missing.iter().cloned().chain(damaged).collect();
    let wanted: Vec<String> = wanted.into_iter().collect();
    match client {
        Some(client) => {
            for ids in wanted.chunks(MAX_IDS) {
                fetch(client, store, &lock, account, scope, ids, &mut repaired).await?;
            }
        }
        None => repaired.not_found = wanted,
    }
    for day in store.stale_seals(account.key, scope).await? {
        let now_ms = jiff::Timestamp::now().as_millisecond();
        store.seal_day(&lock, scope, day, None, now_ms).await?;
        repaired.sealed += 1;
    }
    Ok(repaired)
}

/// What only upstream can give back.
fn is_lost(kind: FindingKind) -> bool {
    matches!(kind, FindingKind::Document | FindingKind::Hash | FindingKind::Chain)
}

async fn fetch(
    client: &Client,
    store: &Store,
    lock: &SyncLock,
    account: &Account,
    scope: Scope,
    ids: &[String],
    repaired: &mut Repaired,
) -> Result<(), Error> {
    let answers = client.records_by_id(scope, ids).await?;
    let records: Vec<String> = answers.into_iter().filter_map(|answer| answer.record).collect();
    let home = account.home;
    let page =
        decode::aside(move || decode::records(records.iter().map(String::as_str), home)).await?;
    let absent = ids.iter().filter(|id| !page.ids.contains(*id)).cloned();
    repaired.not_found.extend(absent);
    repaired.fetched += page.records;
    let now_ms = client.server_time().map_or(0, jiff::Timestamp::as_millisecond);
    for mut batch in page.batches {
        batch.force = true;
        batch.observed_ms = now_ms;
        store.commit(lock, scope, batch).await?;
    }
    Ok(())
}
