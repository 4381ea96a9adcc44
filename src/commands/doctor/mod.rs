//! `callbook doctor`: is everything in place?

mod accounts;
mod archive;
mod deliveries;
mod disk;
mod finding;
mod freshness;
mod lake;
mod limits;
mod recordings;
mod server;
mod settings;
mod sign_in;

use callbook_store::Store;
use clap::Args;
use serde_json::json;

use self::finding::{Check, Finding, Verdict};
use super::print_json;
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber};
use crate::output::say;

const EXAMPLES: &str = "\
Examples:
  callbook doctor
  callbook doctor --offline       without the server
  callbook doctor --all           signs in to every registered account
  callbook doctor --json

✓ is well, ! should be looked at, ✗ does not work; → says what to do. Ends with exit code 1 if
something does not work. Nothing that it prints is secret: show it to whoever helps you.";

/// Check settings, archive, server, sign-in and permissions, and say what to do
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Doctor {
    /// Ask no server
    #[arg(long, conflicts_with = "all")]
    offline: bool,
    /// Sign in to every registered account as well
    #[arg(long)]
    all: bool,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

impl Doctor {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let findings = match Config::load(&self.sources) {
            Ok(config) => self.look(&config).await?,
            Err(error) => vec![Finding::error(Check::Settings, &error.into())],
        };
        let worst = findings.iter().map(|each| each.verdict).max().unwrap_or(Verdict::Ok);
        if self.json {
            print_json(&json!({ "verdict": worst, "findings": findings }))?;
        } else {
            findings.iter().try_for_each(print)?;
            say!("")?;
            say!("{}", in_short(&findings))?;
        }
        Ok(if worst == Verdict::Failed { failure::NOT_WELL } else { failure::OK })
    }

    async fn look(&self, config: &Config) -> anyhow::Result<Vec<Finding>> {
        let mut findings = vec![settings::sources(config)?];
        findings.extend(settings::secrets(config)?);
        let store = match config.location() {
            Ok(location) => archive::open(&location).await,
            Err(error) => Err(Finding::error(Check::Archive, &error)),
        };
        match &store {
            Ok(store) => findings.extend(in_archive(store, config).await.unwrap_or_else(|error| {
                // What else there is to say of an archive that fails while it is read.
                vec![Finding::error(Check::Archive, &error)]
            })),
            Err(finding) => findings.push(finding.clone()),
        }
        let upstream = self.upstream(config, store.as_ref().ok()).await;
        // An archive that cannot be read fails here a second time.
        let known = findings.clone();
        findings.extend(upstream.into_iter().filter(|each| !known.contains(each)));
        findings.push(freshness::told(config.alerts()));
        if let Ok(store) = &store {
            findings.extend(deliveries::sent(store, config).await?);
        }
        Ok(findings)
    }

    /// The server of the settings, and the registered accounts.
    async fn upstream(&self, config: &Config, store: Option<&Store>) -> Vec<Finding> {
        let mut findings = self.server(config).await;
        let reached = findings.iter().all(|each| each.verdict != Verdict::Failed);
        let registrations = match store {
            Some(store) => store.registrations().await.unwrap_or_else(|error| {
                findings.push(Finding::error(Check::Archive, &error.into()));
                Vec::new()
            }),
            None => Vec::new(),
        };
        match config.connection() {
            Ok(connection) if reached && !self.offline => {
                findings.extend(sign_in::works(connection, store).await);
            }
            Ok(_) => {}
            // It has been said, or registered accounts need no settings of their own.
            Err(_) if config.server_url().is_err() || !registrations.is_empty() => {}
            Err(error) => findings.push(Finding::error(Check::SignIn, &error)),
        }
        if let Some(store) = store.filter(|_| !registrations.is_empty()) {
            findings.extend(match config.logins() {
                Ok(logins) => accounts::credentials(store, &registrations, logins, self.all).await,
                Err(error) => vec![Finding::error(Check::SignIn, &error)],
            });
        }
        findings
    }

    async fn server(&self, config: &Config) -> Vec<Finding> {
        match config.server_url() {
            Err(error) => vec![Finding::error(Check::Server, &error.into())],
            Ok(_) if self.offline => Vec::new(),
            Ok(server_url) => server::reachable(&server_url).await,
        }
    }
}

async fn in_archive(store: &Store, config: &Config) -> anyhow::Result<Vec<Finding>> {
    let status = store.status().await?;
    let mut findings = vec![archive::whole(store, &status).await?];
    findings.extend(archive::syncers(store, &status).await?);
    findings.extend(recordings::kept(store, &status, config).await?);
    findings.extend(lake::read(store, &status, config).await?);
    findings.extend(disk::space(store, &status, config).await?);
    findings.extend(freshness::current(store, &status, config.alerts()).await?);
    findings.push(limits::seen(store).await?);
    Ok(findings)
}

fn print(finding: &Finding) -> anyhow::Result<()> {
    let Finding { check, verdict, message, advice } = finding;
    say!("{} {:<12} {message}", verdict.sign(), check.name())?;
    advice.iter().try_for_each(|advice| say!("{:14} → {advice}", ""))
}

fn in_short(findings: &[Finding]) -> String {
    let count = |verdict| findings.iter().filter(|each| each.verdict == verdict).count();
    match (count(Verdict::Failed), count(Verdict::Warning)) {
        (0, 0) => "everything is well".to_owned(),
        (0, warnings) => format!("it works; {warnings} to be looked at"),
        (1, warnings) => format!("1 does not work, {warnings} to be looked at"),
        (failed, warnings) => format!("{failed} do not work, {warnings} to be looked at"),
    }
}
