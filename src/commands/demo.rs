//! `callbook demo`: the whole way once, with nothing configured and nothing left behind.

use std::time::Instant;

use anyhow::Context as _;
use callbook_lake::{Access, Lake, Place};
use callbook_model::{Scope, Span, legs};
use callbook_report::{Asked, Catalog, Period};
use callbook_ringcentral::{Connection, Credential, parse_server_url};
use callbook_sandbox::{CompanyOptions, Options as SandboxOptions, Plan, bind};
use callbook_store::{Account, ArchivedCall, CallFilter, Open, Store};
use callbook_sync::Options;
use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::sync::{download, sentence, signed_in};
use super::verify::compare;
use super::{calls, show};
use crate::answer::Output;
use crate::failure::{self, ExitCodeNumber};
use crate::output::{self, say};
use crate::reports::Known;

/// Calls that are looked through for one with a path worth showing.
const LOOKED_AT: u32 = 200;

const EXAMPLES: &str = "\
Examples:
  callbook demo
  callbook demo --calls 2000      smaller, and sooner done";

/// See it work: a synthetic company's call log, downloaded, verified and searched
///
/// Starts a sandbox, downloads its call log over HTTP into a temporary archive, checks that nothing
/// is missing, and looks inside. Needs no account and no network, and leaves nothing behind.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Demo {
    /// Records in the company's call log
    #[arg(long, value_name = "N", default_value_t = callbook_sandbox::DEFAULT_CALLS)]
    calls: u32,
}

impl Demo {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let started = Instant::now();
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        step("A synthetic company is served over the Call Log API")?;
        let company = CompanyOptions { calls: self.calls, ..CompanyOptions::default() };
        let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let options =
            SandboxOptions { listen, company, plan: Plan::Off, ..SandboxOptions::default() };
        let sandbox = bind(options).await?;
        say!(
            "{} calls since December 2023, on {}",
            output::grouped(self.calls.into()),
            sandbox.server_url()
        )?;
        let connection = Connection {
            server_url: parse_server_url(sandbox.server_url())?,
            client_id: sandbox.credentials().client_id.clone(),
            client_secret: Some(sandbox.credentials().client_secret.clone()),
            credential: Credential::Jwt(sandbox.credentials().jwt.clone()),
        };
        let server = tokio::spawn(sandbox.run(std::future::pending()));
        let location = folder.path().join("demo.db").display().to_string().parse()?;
        let store = Store::open(&location, Open::OrCreate).await?;

        step("callbook sync: download it into an archive")?;
        let client = signed_in(connection.clone(), &store)?;
        let summary = download(&client, &connection, &store, Options::default()).await?;
        say!("{}", sentence(&summary))?;

        step("callbook verify: list it again and compare")?;
        let account =
            store.accounts().await?.into_iter().next().context("no account was synced")?;
        let span = Span { from: Timestamp::MIN, to: Timestamp::MAX };
        let client = signed_in(connection, &store)?;
        let report = compare(&client, &store, &account, Scope::Account, span).await?;
        super::verify::print(&report)?;

        step("callbook calls --limit 8: the newest calls")?;
        calls::print_newest(&store, &account, 8).await?;
        if let Some(call) = eventful_call(&store, &account).await? {
            step(&format!("callbook show {}: one call's path", call.id))?;
            show::print(&store, &account, &call, &TimeZone::system()).await?;
        }
        server.abort();

        step("callbook report answer-rate --by year: how many were answered?")?;
        let place = Place::folder(&folder.path().join("demo.lake"))?;
        let lake = Lake::new(store.clone(), account.clone(), place, Vec::new())?;
        print_answer_rate(&store, &account, &lake).await?;

        let size = output::bytes(store.status().await?.bytes);
        step("Done")?;
        say!(
            "{} calls downloaded, archived in {size} and verified: {} missing; {:.1} s in all",
            output::grouped(report.archive()),
            report.missing(),
            started.elapsed().as_secs_f64()
        )?;
        say!("next: `callbook sandbox` to develop against, `callbook sync` for your own account")?;
        Ok(if report.missing() > 0 { failure::PARTLY } else { failure::OK })
    }
}

/// Of all calls that there are.
async fn print_answer_rate(store: &Store, account: &Account, lake: &Lake) -> anyhow::Result<()> {
    let now = Timestamp::now();
    let period = Period { from: Timestamp::UNIX_EPOCH, to: now, zone: TimeZone::UTC };
    let asked = Asked { period, given: vec![("by".to_owned(), "year".to_owned())], now };
    let words = Known::read(store, account).await?;
    let catalog = Catalog::built_in();
    let report = catalog.get("answer-rate")?;
    super::report::print(report, &asked, &words, (lake, &Access::Everything), &Output::default())
        .await
}

fn step(title: &str) -> anyhow::Result<()> {
    say!("")?;
    say!("── {title}")
}

/// Among the newest calls, the one with the most legs.
async fn eventful_call(store: &Store, account: &Account) -> anyhow::Result<Option<ArchivedCall>> {
    let span = Span { from: Timestamp::MIN, to: Timestamp::MAX };
    let filter = CallFilter::new(Scope::Account, span);
    let mut best: Option<(usize, ArchivedCall)> = None;
    for row in store.calls(account.key, filter, None, LOOKED_AT).await? {
        let Some(call) = store.call(account.key, Scope::Account, &row.id).await? else { continue };
        let count = legs(&call.json).len();
        if best.as_ref().is_none_or(|(most, _)| count > *most) {
            best = Some((count, call));
        }
    }
    Ok(best.map(|(_, call)| call))
}
