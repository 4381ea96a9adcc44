//! Doing what is due.

use std::time::Duration;

use callbook_delivery::{Attempt, Entry, Outcome, Record, Turn};
use callbook_store::Store;
use callbook_sync::in_full;
use jiff::Timestamp;
use serde::Serialize;

use super::send::{Sent, work};
use super::{Job, change, jobs};
use crate::config::Config;
use crate::output::note;

/// What became of one that was due.
#[derive(Debug, Serialize)]
pub struct Done {
    pub name: String,
    #[serde(flatten)]
    pub entry: Entry,
}

/// Does everything that is due, one after the other; nothing while another process does so.
///
/// # Errors
/// When the archive cannot be read or written. What fails to be sent is noted, and tried again later.
pub async fn run_due(store: &Store, config: &Config) -> anyhow::Result<Vec<Done>> {
    let Some(_lock) = store.lock_deliveries().await? else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for job in jobs(config) {
        // What was never looked at is new from now on.
        let record = change(store, job.name(), |_| ()).await?;
        let entry = match record.turn(&job.schedule()?, Timestamp::now()) {
            None => None,
            Some(Turn::Skipped(due)) => skip(store, job, due).await?,
            Some(Turn::Due(due)) => attempt(store, config, job, due).await?,
        };
        all.extend(entry.map(|entry| Done { name: job.name().to_owned(), entry }));
    }
    Ok(all)
}

/// Does one now, whether it is due or paused or not, and lets its schedule be.
///
/// # Errors
/// When the archive cannot be read or written, or it fails.
pub async fn run_now(store: &Store, config: &Config, job: Job<'_>) -> anyhow::Result<Done> {
    let now = Timestamp::now();
    let sent = work(store, config, job, None, now).await?;
    let outcome = if sent.errors.is_empty() { Outcome::Sent } else { Outcome::Failed };
    let error = Some(sent.errors.join("; ")).filter(|error| !error.is_empty());
    let Sent { to, what, .. } = sent;
    let entry = Entry { at: now, due: None, outcome, to, what, error, tries: 1 };
    if entry.outcome == Outcome::Failed || !entry.to.is_empty() {
        let noted = entry.clone();
        change(store, job.name(), move |record| record.note(noted)).await?;
    }
    Ok(Done { name: job.name().to_owned(), entry })
}

/// Does what is due, every minute, for as long as it is awaited. Trouble with that stops nothing else.
pub async fn watch(store: &Store, config: &Config) {
    if jobs(config).is_empty() {
        return std::future::pending().await;
    }
    loop {
        match run_due(store, config).await {
            Ok(done) => done.iter().for_each(|done| note!("{}", done.sentence())),
            Err(error) => note!("warning: deliveries: {}", in_full(error.as_ref())),
        }
        let into_ms = Timestamp::now().as_millisecond().rem_euclid(60_000).unsigned_abs();
        tokio::time::sleep(Duration::from_millis(60_000 - into_ms)).await;
    }
}

impl Done {
    /// What became of it, in words.
    pub fn sentence(&self) -> String {
        let Entry { outcome, to, what, error, .. } = &self.entry;
        let to = if to.is_empty() { String::new() } else { format!(" to {}", to.join(", ")) };
        match (outcome, error) {
            (Outcome::Sent, _) if to.is_empty() => format!("{}: {what}", self.name),
            (Outcome::Sent, _) => format!("{}: sent{to}: {what}", self.name),
            (Outcome::Skipped, _) => format!("{}: left out, it is paused", self.name),
            (Outcome::Failed, error) => {
                let error = error.as_deref().unwrap_or_default();
                format!("warning: {}: sent{}: {error}", self.name, or_nobody(&to))
            }
        }
    }
}

fn or_nobody(to: &str) -> &str {
    if to.is_empty() { " to nobody" } else { to }
}

/// A paused delivery is one that somebody may miss; a paused threshold is looked at as often as not.
async fn skip(store: &Store, job: Job<'_>, due: Timestamp) -> anyhow::Result<Option<Entry>> {
    let entry = matches!(job, Job::Delivery(_)).then(|| Entry {
        at: Timestamp::now(),
        due: Some(due),
        outcome: Outcome::Skipped,
        to: Vec::new(),
        what: "paused".to_owned(),
        error: None,
        tries: 0,
    });
    let noted = entry.clone();
    change(store, job.name(), move |record| record.finished(due, noted)).await?;
    Ok(entry)
}

async fn attempt(
    store: &Store,
    config: &Config,
    job: Job<'_>,
    due: Timestamp,
) -> anyhow::Result<Option<Entry>> {
    let begin = move |record: &mut Record| drop(record.begin(due, Timestamp::now()).clone());
    let begun = change(store, job.name(), begin).await?;
    let sent = work(store, config, job, begun.attempt, due).await.unwrap_or_else(|error| Sent {
        what: job.question().to_owned(),
        errors: vec![in_full(error.as_ref())],
        ..Sent::default()
    });
    let now = Timestamp::now();
    let Sent { what, errors, .. } = sent;
    let ended = change(store, job.name(), move |record| match errors.as_slice() {
        [] => {
            let entry = record.attempt.as_ref().filter(|attempt| !attempt.to.is_empty());
            let entry = entry.map(|Attempt { to, tries, .. }| Entry {
                at: now,
                due: Some(due),
                outcome: Outcome::Sent,
                to: to.clone(),
                what,
                error: None,
                tries: *tries,
            });
            record.finished(due, entry);
        }
        errors => record.failed(due, &what, errors.join("; "), now),
    });
    let last = ended.await?.log.pop();
    Ok(last.filter(|last| last.due == Some(due)))
}
