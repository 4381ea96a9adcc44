//! `callbook quarantine`: what came as a call record and could not be read.

use std::io::Write as _;

use anyhow::Context as _;
use callbook_store::{Open, QuarantineEntry, Store};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use super::print_json;
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{self, CANNOT_WRITE, note, say};
use crate::time;

const EXAMPLES: &str = "\
Examples:
  callbook quarantine list
  callbook quarantine show 3      as it came
  callbook quarantine retry       after an update of Callbook, which may read more";

/// Look at records that could not be read
///
/// A record without a readable id or start is kept aside, whole, and named here: nothing that came
/// is lost. A later Callbook may be able to read it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Quarantine {
    #[command(subcommand)]
    what: What,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List them
    List {
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Print one as it came
    Show {
        /// Its number in the list
        number: i64,
    },
    /// Try to read them again; those that can be read become calls
    Retry {
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
}

impl Quarantine {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let location = Config::load(&self.sources)?.location()?;
        let store = Store::open(&location, Open::Existing).await?;
        match self.what {
            What::List { json } => list(&store, json).await,
            What::Show { number } => show(&store, number).await,
            What::Retry { json } => retry(&store, json).await,
        }
    }
}

async fn list(store: &Store, json: bool) -> anyhow::Result<ExitCodeNumber> {
    let entries = store.quarantine(None).await?;
    let accounts = store.accounts().await?;
    let account_id = |entry: &QuarantineEntry| {
        accounts.iter().find(|account| account.key == entry.account).map(|account| account.id.0)
    };
    if json {
        let entry = |entry: &QuarantineEntry| {
            json!({
                "number": entry.number,
                "account_id": account_id(entry),
                "scope": entry.scope.to_string(),
                "reason": entry.reason,
                "received": Timestamp::from_millisecond(entry.received_ms).ok(),
            })
        };
        return print_json(&entries.iter().map(entry).collect::<Vec<_>>());
    }
    if entries.is_empty() {
        note!("nothing is in quarantine");
        return Ok(failure::OK);
    }
    let mut table = output::table(&["NUMBER", "ACCOUNT", "LOG", "RECEIVED", "REASON"], &[4]);
    for entry in &entries {
        table.add_row(output::row([
            entry.number.to_string(),
            account_id(entry).map_or_else(String::new, |id| id.to_string()),
            entry.scope.to_string(),
            time::minute(entry.received_ms, &TimeZone::system()),
            entry.reason.clone(),
        ]));
    }
    output::print(&table)?;
    Ok(failure::OK)
}

async fn show(store: &Store, number: i64) -> anyhow::Result<ExitCodeNumber> {
    let Some((_, body)) = store.quarantined(number).await? else {
        let message = format!("nothing in quarantine has the number {number}");
        return Err(Usage { message, hint: "`callbook quarantine list` shows the numbers" }.into());
    };
    writeln!(std::io::stdout(), "{body}").context(CANNOT_WRITE)?;
    Ok(failure::OK)
}

async fn retry(store: &Store, json: bool) -> anyhow::Result<ExitCodeNumber> {
    let mut readable = 0;
    for account in store.accounts().await? {
        let lock = store.lock_sync(account.key).await?;
        let done = store.retry_quarantine(&lock).await?;
        readable += done.inserted + done.updated + done.unchanged + done.deleted;
    }
    let left = store.quarantine(None).await?.len();
    if json {
        return print_json(&json!({ "readable": readable, "left": left }));
    }
    say!("{readable} can be read now, {left} cannot")?;
    Ok(if left > 0 { failure::PARTLY } else { failure::OK })
}
