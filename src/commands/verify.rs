//! `callbook verify`: prove that nothing is missing.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use callbook_model::{Scope, Span};
use callbook_ringcentral::Client;
use callbook_store::{Account, CheckReport, Finding, Seal, Store};
use callbook_sync::{DayReport, Repaired, Shortfall, VerifyReport, repair};
use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::sync::signed_in;
use super::{main_scope, open, print_json};
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{self, note, say};
use crate::progress::Bar;
use crate::time;

/// Findings that are printed; JSON has them all.
const FINDINGS_SHOWN: usize = 20;

/// Ids of missing calls that are printed for a day; JSON has them all.
const IDS_SHOWN: usize = 5;

const EXAMPLES: &str = "\
Examples:
  callbook verify                                    everything that was synced
  callbook verify --offline                          without asking upstream
  callbook verify --repair                           and make good what is found
  callbook verify --report 2026-11.json              for auditors: dated, with the chain's hash
  callbook verify --from 2024-01-01 --to 2024-01-31  January 2024
  callbook verify --json                             each day's count and hash, both sides

Ends with exit code 3 if a call is missing or something is damaged. Calls that only the archive has
are no gap: upstream does not keep them for ever, and the seals of their days prove that they are
what was there. Neither are calls that ended after the last sync.";

/// Prove that nothing is missing and nothing has changed
///
/// Lists the call log once more, without details, and compares each day's count and ids (UTC) with
/// the archive's; then looks at every document, column and version in the archive, and computes the
/// chain of sealed days again.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Verify {
    /// The first day (UTC) to compare, and nothing else [default: the first that was synced]
    #[arg(long, value_name = "DATE", conflicts_with = "offline")]
    from: Option<String>,
    /// The last day (UTC) to compare [default: the moment of the last sync]
    #[arg(long, value_name = "DATE", conflicts_with = "offline")]
    to: Option<String>,
    /// Look at the archive alone: no request is sent
    #[arg(long)]
    offline: bool,
    /// Fetch what is missing or damaged, fifty calls a request, and index again what can be
    #[arg(long)]
    repair: bool,
    /// Write a dated report, as JSON, to a new file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The account's id or registered name, where the archive holds several
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

/// Everything that was looked at.
struct Proof {
    /// Against upstream, unless offline.
    compared: Option<VerifyReport>,
    /// The archive itself, unless only a span was asked for.
    checked: Option<CheckReport>,
    /// What was imported from the portal, if anything was.
    imported: Option<CheckReport>,
    /// The newest entry of the chain of seals.
    head: Option<Seal>,
    repaired: Option<Repaired>,
}

impl Verify {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        let span = time::span(self.from.as_deref(), self.to.as_deref(), &TimeZone::UTC)?;
        let connection = (!self.offline).then(|| config.connection()).transpose()?;
        let (store, account) = open(&config, self.account.as_deref()).await?;
        let scope = main_scope(&store, &account).await?;
        let client = connection.map(|connection| signed_in(connection, &store)).transpose()?;
        let whole = self.from.is_none() && self.to.is_none();
        let look = async || prove(client.as_ref(), &store, &account, scope, (span, whole)).await;
        let mut proof = look().await?;
        if self.repair && !proof.is_whole() {
            let missing: Vec<String> = proof.missing().cloned().collect();
            let (client, found) = (client.as_ref(), findings(&proof.checked));
            let mut repaired = repair(client, &store, &account, scope, &missing, found).await?;
            // Upstream has no record of these.
            let found = findings(&proof.imported);
            let again = repair(None, &store, &account, Scope::PORTAL, &[], found).await?;
            repaired.reindexed += again.reindexed;
            repaired.not_found.extend(again.not_found);
            proof = Proof { repaired: Some(repaired), ..look().await? };
        }
        let whole = proof.as_json(&store, &account).await?;
        if let Some(path) = &self.report {
            write_report(path, &whole)?;
        }
        if self.json {
            print_json(&whole)?;
        } else {
            proof.print()?;
        }
        Ok(if proof.is_whole() { failure::OK } else { failure::PARTLY })
    }
}

async fn prove(
    client: Option<&Client>,
    store: &Store,
    account: &Account,
    scope: Scope,
    (span, whole): (Span, bool),
) -> anyhow::Result<Proof> {
    let compared = match client {
        Some(client) => Some(compare(client, store, account, scope, span).await?),
        None => None,
    };
    let head = store.seals(account.key, scope).await?.pop();
    if !whole {
        return Ok(Proof { compared, checked: None, imported: None, head, repaired: None });
    }
    let checked = Some(check(store, account, scope).await?);
    let has_imported = store.scopes(account.key).await?.contains(&Scope::PORTAL);
    let imported = match has_imported {
        true => Some(check(store, account, Scope::PORTAL).await?),
        false => None,
    };
    Ok(Proof { compared, checked, imported, head, repaired: None })
}

/// Looks at everything that the archive has of a log.
async fn check(store: &Store, account: &Account, scope: Scope) -> anyhow::Result<CheckReport> {
    let bar = Bar::start("checking");
    let checked = store.check(account.key, scope, |calls| bar.count(calls)).await;
    bar.finish();
    Ok(checked?)
}

/// Verifies with a progress bar what was synced of `wanted`.
pub async fn compare(
    client: &Client,
    store: &Store,
    account: &Account,
    scope: Scope,
    wanted: Span,
) -> anyhow::Result<VerifyReport> {
    let signed_in = client.account().await?.id;
    if signed_in != account.id {
        let message = format!("the sign-in is to account {signed_in}, not {}", account.id);
        return Err(Usage { message, hint: "verify with the app and user that synced it" }.into());
    }
    let bar = Bar::start("verifying");
    let show = |at| bar.show(&at);
    let report = callbook_sync::verify(client, store, account, scope, wanted, 1000, show).await;
    bar.finish();
    Ok(report?)
}

/// An auditor's report is never overwritten.
fn write_report(path: &Path, report: &Value) -> anyhow::Result<()> {
    let cannot = || format!("cannot write the report to {}", path.display());
    let text = serde_json::to_string_pretty(report)? + "\n";
    match callbook_files::write(path, &text, false) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let message = format!("{} is there already", path.display());
            Err(Usage { message, hint: "name a new file: no report is overwritten" }.into())
        }
        written => written.with_context(cannot),
    }
}

impl Proof {
    fn is_whole(&self) -> bool {
        let complete = self.compared.as_ref().is_none_or(VerifyReport::is_complete);
        complete && findings(&self.checked).is_empty() && findings(&self.imported).is_empty()
    }

    fn missing(&self) -> impl Iterator<Item = &String> {
        self.compared.iter().flat_map(|report| &report.days).flat_map(|day| &day.missing)
    }

    fn print(&self) -> anyhow::Result<()> {
        if let Some(repaired) = &self.repaired {
            say!(
                "repaired: {} fetched, {} indexed again; upstream does not have {}",
                output::grouped(repaired.fetched),
                output::grouped(repaired.reindexed),
                output::grouped(repaired.not_found.len() as u64),
            )?;
        }
        if let Some(compared) = &self.compared {
            print(compared)?;
        }
        if let Some(checked) = &self.checked {
            print_checked("the archive", checked)?;
        }
        if let Some(imported) = &self.imported {
            print_checked("what was imported from the portal", imported)?;
        }
        if let Some(Seal { number, day, hash, .. }) = &self.head {
            let number = output::grouped(number.unsigned_abs());
            say!("chain of seals: {number} entries, the last of {day}: {hash}")?;
        }
        if !self.is_whole() && self.repaired.is_none() {
            note!("hint: `callbook verify --repair` fetches what upstream still has");
        }
        Ok(())
    }

    async fn as_json(&self, store: &Store, account: &Account) -> anyhow::Result<Value> {
        let status = store.status().await?;
        let mut whole = self.compared.as_ref().map_or_else(|| json!({}), as_json);
        whole["date"] = json!(Timestamp::now());
        whole["callbook"] = json!(env!("CARGO_PKG_VERSION"));
        whole["archive_id"] = json!(status.archive_id);
        whole["account_id"] = json!(account.id.0);
        whole["complete"] = json!(self.is_whole());
        whole["asked_upstream"] = json!(self.compared.is_some());
        whole["checked"] = json!(self.checked);
        whole["imported"] = json!(self.imported);
        whole["seal"] = json!(self.head);
        whole["repaired"] = json!(self.repaired);
        Ok(whole)
    }
}

fn findings(checked: &Option<CheckReport>) -> &[Finding] {
    checked.as_ref().map_or(&[], |checked| &checked.findings)
}

fn print_checked(what: &str, checked: &CheckReport) -> anyhow::Result<()> {
    let CheckReport { calls, versions, seals, replaced, findings, .. } = checked;
    for finding in findings.iter().take(FINDINGS_SHOWN) {
        let day = finding.day.map(|day| day.to_string());
        let place: Vec<String> = day.into_iter().chain(finding.id.clone()).collect();
        say!("{}: {}", place.join(" "), finding.what)?;
    }
    if findings.len() > FINDINGS_SHOWN {
        say!("and {} more; --json has them all", findings.len() - FINDINGS_SHOWN)?;
    }
    if *replaced > 0 {
        say!("{replaced} damaged versions were replaced by a repair")?;
    }
    let verdict = if findings.is_empty() { "as it was taken in" } else { "damaged" };
    say!(
        "{what} is {verdict}: {} in {}, {}",
        output::counted(*calls, "call"),
        output::counted(*versions, "version"),
        output::counted(*seals, "sealed day"),
    )
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
    let (upstream, days) = (report.upstream(), report.days.len() as u64);
    let days = output::counted(days, "day");
    if report.upstream() == 0 {
        say!("upstream has no calls of this time")?;
    } else if gaps.is_empty() {
        let calls = output::counted(upstream, "call");
        say!("nothing is missing: {calls} on {days}, each day's ids compared")?;
    } else {
        let missing = output::grouped(report.missing());
        let upstream = output::counted(upstream, "call");
        say!("{missing} of {upstream} missing, on {} of {days}", gaps.len())?;
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
