//! `callbook status`: what the archive holds.

mod all;

use std::collections::BTreeMap;

use callbook_store::{AccountStatus, Open, Registration, Status as StoreStatus, Store};
use callbook_sync::{DirectoryPlan, directory_plan};
use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::commands::print_json;
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber};
use crate::output::{self, say};
use crate::recordings::{self, Standing, outlook, standing};
use crate::time;
use crate::trouble::{self, Trouble};

const EXAMPLES: &str = "\
Examples:
  callbook status
  callbook status --all           every registered account, the worst first";

/// Show what the archive holds and how fresh it is
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Status {
    /// A line for each registered account, the worst first; ends with exit code 3 if one is failing
    #[arg(long)]
    all: bool,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

impl Status {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        let store = Store::open(&config.location()?, Open::Existing).await?;
        if self.all {
            return all::run(&store, self.json).await;
        }
        let (status, keeping) = (store.status().await?, config.recordings().keeping());
        if self.json {
            let mut accounts = Vec::new();
            for account in &status.accounts {
                let directory = directory_plan(&store, &account.account).await?;
                let recordings = standing(&store, &account.account, keeping).await?;
                accounts.push(as_json(account, &directory, &recordings));
            }
            let trouble = trouble::last(&store, last_success_ms(&status)).await?;
            return print_json(&json!({
                "last_failure": trouble,
                "archive": status.archive_id,
                "path": store.location().to_string(),
                "created": Timestamp::from_millisecond(status.created_ms).ok(),
                "bytes": status.bytes,
                "accounts": accounts,
            }));
        }
        let registrations = store.registrations().await?;
        say!("archive   {}, {}", store.location(), output::bytes(status.bytes))?;
        for account in &status.accounts {
            let directory = directory_plan(&store, &account.account).await?;
            let recordings = standing(&store, &account.account, keeping).await?;
            let registration =
                registrations.iter().find(|each| each.account == Some(account.account.key));
            print(account, registration, &directory, &recordings)?;
        }
        if let Some(Trouble { at, error }) = trouble::last(&store, last_success_ms(&status)).await?
        {
            let when = time::clock(at.as_millisecond(), &TimeZone::system());
            say!("")?;
            say!("failed    the last sync, {when}: {error}")?;
        }
        if status.accounts.is_empty() {
            say!("nothing synced yet")?;
        }
        Ok(failure::OK)
    }
}

/// When a sync of any account last ended well.
fn last_success_ms(status: &StoreStatus) -> Option<i64> {
    status.accounts.iter().filter_map(|account| Some(account.last_run.as_ref()?.finished_ms)).max()
}

fn print(
    status: &AccountStatus,
    registration: Option<&Registration>,
    directory: &DirectoryPlan,
    recordings: &Standing,
) -> anyhow::Result<()> {
    let zone = TimeZone::system();
    let account = &status.account;
    say!("")?;
    let name = registration.map_or_else(String::new, |each| format!("{}, ", each.name));
    say!("account   {name}{} at {}", account.id, account.server_url)?;
    if let Some(number) = &account.main_number {
        say!("number    {number}")?;
    }
    let count = |count: i64| output::grouped(count.unsigned_abs());
    say!(
        "calls     {} ({} recorded, {} deleted upstream), {} versions",
        count(status.calls),
        count(status.recorded),
        count(status.deleted),
        count(status.versions)
    )?;
    if status.imported > 0 {
        say!("imported  {} from the portal", count(status.imported))?;
    }
    if let Some((first, last)) = status.calls_ms {
        say!("from      {}", time::clock(first, &zone))?;
        say!("to        {}", time::clock(last, &zone))?;
    }
    if status.expired > 0 {
        say!("          {} no longer listed upstream: too old", count(status.expired))?;
    }
    if status.quarantined > 0 {
        say!("          {} unreadable in quarantine", count(status.quarantined))?;
    }
    print_recordings(recordings, &zone)?;
    for (task, why) in directory.refusals() {
        say!("directory {} cannot be read: {why}", task.in_words())?;
    }
    for task in directory.failures() {
        say!("directory {} could not be read; tried again within an hour", task.in_words())?;
    }
    if let Some(error) = registration.and_then(|each| each.last_error.as_ref()) {
        let at_ms = registration.and_then(|each| each.last_attempt_ms).unwrap_or_default();
        say!("failed    the last sync, {}: {error}", time::clock(at_ms, &zone))?;
    }
    match &status.last_run {
        Some(run) => say!("synced    {}", time::clock(run.finished_ms, &zone)),
        None => say!("synced    not to the end yet: run `callbook sync` again"),
    }
}

fn print_recordings(recordings: &Standing, zone: &TimeZone) -> anyhow::Result<()> {
    let count = |count: i64| output::grouped(count.unsigned_abs());
    let sums = recordings.sums();
    if recordings.enabled || sums.kept > 0 {
        let (kept, wanted, lost) = (count(sums.kept), count(sums.wanted), count(sums.lost));
        let bytes = output::bytes(sums.kept_bytes.unsigned_abs());
        say!("recorded  {kept} recordings kept ({bytes}), {wanted} to be fetched, {lost} lost")?;
    } else if sums.wanted > 0 {
        let wanted = count(sums.wanted);
        say!("recorded  {wanted} recordings, not fetched: `callbook sync --recordings` does")?;
    }
    if recordings.wrong > 0 {
        let wrong = output::grouped(recordings.wrong);
        say!("          {wrong} missing or changed when `callbook recordings verify` last looked")?;
    }
    if let Some(forecast) = recordings.forecast.as_ref().filter(|_| recordings.enabled) {
        say!("          {}", outlook(forecast, zone))?;
    }
    if !recordings.messages.is_empty() {
        let each = recordings.messages.iter().map(|(kind, messages)| {
            let kind = if kind.is_empty() { "message" } else { kind };
            format!("{} {kind}", count(*messages))
        });
        say!("messages  not archived: {}", each.collect::<Vec<_>>().join(", "))?;
    }
    Ok(())
}

fn as_json(status: &AccountStatus, directory: &DirectoryPlan, recordings: &Standing) -> Value {
    let sums = recordings.sums();
    let messages: serde_json::Map<_, _> =
        recordings.messages.iter().map(|(kind, count)| (kind.clone(), (*count).into())).collect();
    let moment = |milliseconds| Timestamp::from_millisecond(milliseconds).ok();
    json!({
        "account_id": status.account.id.0,
        "server_url": status.account.server_url,
        "main_number": status.account.main_number,
        "calls": status.calls,
        "imported": status.imported,
        "deleted": status.deleted,
        "recorded": status.recorded,
        "versions": status.versions,
        "tombstones": status.tombstones,
        "suspects": status.suspects,
        "expired_upstream": status.expired,
        "quarantined": status.quarantined,
        "recordings": {
            "enabled": recordings.enabled,
            "kept": sums.kept,
            "kept_bytes": sums.kept_bytes,
            "wanted": sums.wanted,
            "lost": sums.lost,
            "wrong": recordings.wrong,
            "forecast": recordings.forecast.as_ref().map(recordings::as_json),
        },
        "messages_not_archived": messages,
        "directory_refused": directory.refusals().collect::<BTreeMap<_, _>>(),
        "first_call": status.calls_ms.and_then(|(first, _)| moment(first)),
        "last_call": status.calls_ms.and_then(|(_, last)| moment(last)),
        "last_sync": status.last_run.as_ref().map(|run| json!({
            "started": moment(run.started_ms),
            "finished": moment(run.finished_ms),
            "summary": serde_json::from_str::<Value>(&run.summary).ok(),
        })),
    })
}
