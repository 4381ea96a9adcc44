//! `callbook verify`: prove that nothing is missing.

use callbook_model::Span;
use callbook_ringcentral::{Client, Connection, Retry};
use callbook_store::{Account, Store};
use callbook_sync::{DayReport, Shortfall, VerifyReport};
use clap::Args;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{open, print_json};
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{self, note, say};
use crate::progress::Bar;
use crate::time;

/// Ids of missing calls that are printed for a day; JSON has them all.
const IDS_SHOWN: usize = 5;

const EXAMPLES: &str = "\
Examples:
  callbook verify                                    everything that was synced
  callbook verify --from 2024-01-01 --to 2024-01-31  January 2024
  callbook verify --json                             each day's count and hash, both sides

Ends with exit code 3 if a call is missing. Calls that only the archive has are no gap: upstream
does not keep them for ever. Neither are calls that ended after the last sync.";

/// Compare the archive with the call log, day by day
///
/// Lists the call log once more, without details, and compares each day's count and ids (UTC) with
/// the archive's.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Verify {
    /// The first day (UTC) [default: the first that was synced]
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// The last day (UTC) [default: the moment of the last sync]
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// The account's id, where the archive holds several
    #[arg(long, value_name = "ID")]
    account: Option<u64>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

impl Verify {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        let span = time::span(self.from.as_deref(), self.to.as_deref(), &TimeZone::UTC)?;
        let connection = config.connection()?;
        let (store, account) = open(&config, self.account).await?;
        let report = compare(connection, &store, &account, span).await?;
        if self.json {
            print_json(&as_json(&report))?;
        } else {
            print(&report)?;
        }
        Ok(if report.is_complete() { failure::OK } else { failure::PARTLY })
    }
}

/// Verifies with a progress bar what was synced of `wanted`.
pub async fn compare(
    connection: Connection,
    store: &Store,
    account: &Account,
    wanted: Span,
) -> anyhow::Result<VerifyReport> {
    let client = Client::new(connection, Retry::default())?;
    let signed_in = client.account().await?.id;
    if signed_in != account.id {
        let message = format!("the sign-in is to account {signed_in}, not {}", account.id);
        return Err(Usage { message, hint: "verify with the app and user that synced it" }.into());
    }
    let bar = Bar::start("verifying");
    let report =
        callbook_sync::verify(&client, store, account, wanted, 1000, |at| bar.show(&at)).await;
    bar.finish();
    Ok(report?)
}

/// The report in words.
pub fn print(report: &VerifyReport) -> anyhow::Result<()> {
    let gaps: Vec<&DayReport> = report.days.iter().filter(|day| !day.missing.is_empty()).collect();
    for day in &gaps {
        let (missing, of) = (day.missing.len(), day.upstream.count);
        say!("{}: {missing} of {of} calls missing", day.date)?;
        for id in day.missing.iter().take(IDS_SHOWN) {
            say!("    {id}")?;
        }
        if missing > IDS_SHOWN {
            say!("    and {} more", missing - IDS_SHOWN)?;
        }
    }
    let (upstream, days) = (output::grouped(report.upstream()), report.days.len());
    if report.upstream() == 0 {
        say!("upstream has no calls of this time")?;
    } else if gaps.is_empty() {
        say!("nothing is missing: {upstream} calls on {days} days, each day's ids compared")?;
    } else {
        let missing = output::grouped(report.missing());
        say!("{missing} of {upstream} calls are missing, on {} of {days} days", gaps.len())?;
    }
    if let Some(oldest) = gaps.last() {
        note!("hint: `callbook sync --since {}` lists those days again", oldest.date);
    }
    if let Some(Shortfall { announced, listed }) = report.shortfall {
        say!("upstream announced {announced} calls and listed {listed}: verify again")?;
    }
    for (count, what) in [
        (report.days.iter().map(|day| day.not_yet).sum(), "calls ended after the last sync"),
        (report.days.iter().map(|day| day.only_in_archive).sum(), "calls are in the archive only"),
        (report.unreadable, "records upstream cannot be read"),
    ] {
        if count > 0 {
            say!("{} {what}", output::grouped(count))?;
        }
    }
    Ok(())
}

fn as_json(report: &VerifyReport) -> Value {
    let day = |day: &DayReport| {
        json!({
            "date": day.date.to_string(),
            "upstream": { "count": day.upstream.count, "hash": day.upstream.to_string() },
            "archive": { "count": day.archive.count, "hash": day.archive.to_string() },
            "missing": day.missing,
            "not_yet": day.not_yet,
            "only_in_archive": day.only_in_archive,
        })
    };
    json!({
        "from": report.span.from,
        "to": report.span.to,
        "complete": report.is_complete(),
        "upstream": report.upstream(),
        "archive": report.archive(),
        "missing": report.missing(),
        "shortfall": report.shortfall.map(|shortfall| shortfall.announced - shortfall.listed),
        "unreadable": report.unreadable,
        "requests": report.requests,
        "days": report.days.iter().map(day).collect::<Vec<_>>(),
    })
}
