//! Carrying a plan out: fetch a page, commit it with the plan's state, and so on.

use std::collections::HashSet;

use callbook_model::{Region, Scope};
use callbook_ringcentral::{CallLogPage, CallLogQuery, Client, MAX_PER_PAGE, View};
use callbook_store::{
    Account, Batch, Committed, Decoder, Extension, Quarantined, Run, Store, SyncLock,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::tally::Tally;
use crate::{Error, Outcome, Plan, Shortfall, Step};

/// The plan's name among the archive's cursors.
pub(crate) const CURSOR: &str = "list account";

/// Records in one transaction: some 20 ms of the writer's time, so that others get their turn.
const RECORDS_A_COMMIT: usize = 250;

/// What a sync is to do.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// List calls that began since then, though they were listed before; `None` for what is new.
    pub since: Option<Timestamp>,
    /// Records a page, 1 to 1000.
    pub per_page: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { since: None, per_page: MAX_PER_PAGE }
    }
}

/// How far a run has come.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Records read in this run.
    pub records: u64,
    /// How many there will be, if upstream said.
    pub total: Option<u64>,
    /// Every call that began after this has been read.
    pub reached: Timestamp,
}

/// What a run did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// RingCentral's id of the account.
    pub account_id: u64,
    /// Requests sent, sign-in and further tries included.
    pub requests: u64,
    /// Answers of status 429 among them.
    pub refused: u64,
    /// Records read.
    pub records: u64,
    /// What they changed.
    #[serde(flatten)]
    pub committed: Committed,
    /// Time spent waiting for the rate budget.
    pub throttled_ms: u64,
    /// Time in all.
    pub elapsed_ms: u64,
}

/// Lists what is not in the archive yet, and commits it.
///
/// # Errors
/// When upstream or the archive fail for good. What was committed stays; the next run goes on there.
pub async fn sync(
    client: &Client,
    store: &Store,
    server_url: &str,
    options: Options,
    mut progress: impl FnMut(Progress),
) -> Result<Summary, Error> {
    let started = Timestamp::now();
    let account = register(client, store, server_url).await?;
    let lock = store.lock_sync(account.key).await?;
    refresh_extensions(client, store, &account).await?;
    let mut plan = load_plan(store, &account).await?.unwrap_or_default();
    // The server's clock says what it can have listed; ours may be wrong.
    plan.begin(options.since, client.server_time().unwrap_or(started));
    let mut summary = Summary { account_id: account.id.0, ..Summary::default() };
    let (mut total, mut tally) = (None, Tally::default());
    let mut next = fetch(client, &plan, account.home, options.per_page).await?;
    while let Some(page) = next.take() {
        tally.add(page.step, page.total, page.ids);
        plan.apply(page.outcome)?;
        summary.records += page.outcome.records as u64;
        total = total.or(page.total);
        let step = page.step;
        // The page after this one is fetched and decoded while this one is written.
        let write = write(store, &lock, page.batches, &plan);
        let fetch = fetch(client, &plan, account.home, options.per_page);
        let (written, fetched) = tokio::join!(write, fetch);
        summary.committed += written?;
        next = fetched?;
        let reached = plan.next().map_or(step.span.from, |next| next.span.to);
        progress(Progress { records: summary.records, total, reached });
    }
    if let Some(Shortfall { announced, listed }) = tally.shortfall() {
        tracing::warn!(announced, listed, "upstream announced more calls than it listed");
    }
    let traffic = client.traffic();
    let finished = Timestamp::now();
    summary.requests = traffic.requests;
    summary.refused = traffic.refused;
    summary.throttled_ms = milliseconds(traffic.throttled.as_millis());
    summary.elapsed_ms = milliseconds(finished.duration_since(started).unsigned_abs().as_millis());
    let run = Run {
        started_ms: started.as_millisecond(),
        finished_ms: finished.as_millisecond(),
        summary: serde_json::to_string(&summary).map_err(Error::State)?,
    };
    store.put_run(account.key, run).await?;
    Ok(summary)
}

async fn register(client: &Client, store: &Store, server_url: &str) -> Result<Account, Error> {
    let upstream = client.account().await?;
    let main_number = upstream.main_number.as_deref();
    Ok(store.put_account(upstream.id, server_url, main_number, upstream.home).await?)
}

/// Names are welcome, not indispensable: an app without the right to read them still archives calls.
async fn refresh_extensions(
    client: &Client,
    store: &Store,
    account: &Account,
) -> Result<(), Error> {
    let extensions = match client.extensions().await {
        Ok(extensions) => extensions,
        Err(error @ callbook_ringcentral::Error::Forbidden { .. }) => {
            tracing::warn!(%error, "the extensions' names stay as they are");
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    let extensions = extensions
        .into_iter()
        .map(|info| Extension {
            id: info.id,
            number: info.extension_number,
            name: info.name,
            kind: info.r#type,
        })
        .collect();
    Ok(store.put_extensions(account.key, extensions).await?)
}

/// What an account's earlier runs have left.
pub(crate) async fn load_plan(store: &Store, account: &Account) -> Result<Option<Plan>, Error> {
    let cursor = store.cursor(account.key, Scope::Account, CURSOR).await?;
    cursor.map(|json| serde_json::from_str(&json).map_err(Error::Cursor)).transpose()
}

/// A page, ready to be written.
struct Page {
    step: Step,
    /// Pieces for one commit each.
    batches: Vec<Batch>,
    outcome: Outcome,
    /// Records in the whole list, if upstream says.
    total: Option<u64>,
    /// The records' ids; one without stands for itself.
    ids: HashSet<String>,
}

async fn fetch(
    client: &Client,
    plan: &Plan,
    home: Region,
    per_page: u32,
) -> Result<Option<Page>, Error> {
    let Some(step) = plan.next() else { return Ok(None) };
    let Step { span, page, .. } = step;
    let query = CallLogQuery { scope: Scope::Account, view: View::Detailed, span, page, per_page };
    let page = client.call_log(&query).await?;
    // Aside: this task has the page before to write.
    match tokio::task::spawn_blocking(move || decode(&page, home, step, per_page)).await {
        Ok(page) => page.map(Some),
        Err(join) => match join.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down.
            Err(_) => std::future::pending().await,
        },
    }
}

/// A page's records in pieces, and what the plan wants to know of them.
fn decode(page: &CallLogPage, home: Region, step: Step, per_page: u32) -> Result<Page, Error> {
    let mut decoder = Decoder::new(home)?;
    let mut outcome = Outcome::of_page(page, per_page);
    let (mut batches, mut batch) = (Vec::new(), Batch::default());
    let mut ids = HashSet::with_capacity(outcome.records);
    for json in page.records() {
        match decoder.decode(json)? {
            Ok(incoming) => {
                outcome.saw(step.span, incoming.record().start_ms);
                ids.insert(incoming.record().id.clone());
                batch.records.push(incoming);
            }
            Err(quarantined) => {
                warn(&quarantined);
                ids.insert(json.to_owned());
                batch.quarantined.push(quarantined);
            }
        }
        if batch.records.len() + batch.quarantined.len() >= RECORDS_A_COMMIT {
            batches.push(std::mem::take(&mut batch));
        }
    }
    // An empty page has a piece too: the plan's state goes with the last one.
    if batches.is_empty() || !(batch.records.is_empty() && batch.quarantined.is_empty()) {
        batches.push(batch);
    }
    Ok(Page { step, batches, outcome, total: page.total, ids })
}

fn warn(quarantined: &Quarantined) {
    tracing::warn!(reason = quarantined.reason(), "a record cannot be read; kept in quarantine");
}

/// Commits a page; the plan's state goes with its last piece.
async fn write(
    store: &Store,
    lock: &SyncLock,
    mut batches: Vec<Batch>,
    plan: &Plan,
) -> Result<Committed, Error> {
    if let Some(last) = batches.last_mut() {
        let state = serde_json::to_string(plan).map_err(Error::State)?;
        last.cursors.push((CURSOR, state));
    }
    let mut committed = Committed::default();
    for batch in batches {
        committed += store.commit(lock, Scope::Account, batch).await?;
    }
    Ok(committed)
}

fn milliseconds(count: u128) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
