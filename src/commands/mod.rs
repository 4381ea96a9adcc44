//! The commands, one a file: each parses, calls a crate, and prints.

pub mod account;
pub mod alerts;
pub mod app;
pub mod backup;
pub mod calls;
pub mod completions;
pub mod config;
pub mod deliveries;
pub mod demo;
mod difference;
pub mod directory;
pub mod doctor;
pub mod export;
pub mod filter;
pub mod import;
pub mod init;
pub mod lake;
pub mod login;
pub mod logout;
pub mod man;
pub mod quarantine;
pub mod recordings;
pub mod report;
pub mod sandbox;
pub mod serve;
pub mod show;
pub mod sql;
pub mod status;
pub mod sync;
pub mod systemd;
pub mod verify;

use anyhow::Context as _;
use callbook_model::Scope;
use callbook_store::{Account, Open, Store};

use crate::cli::{Cli, Command};
use crate::config::Config;
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::CANNOT_WRITE;

/// Accounts that an error names.
const NAMED: usize = 8;

/// Carries a command out.
pub async fn run(cli: Cli) -> anyhow::Result<ExitCodeNumber> {
    match cli.command {
        Command::Demo(demo) => demo.run().await,
        Command::Init(init) => init.run().await,
        Command::Login(login) => login.run().await,
        Command::Logout(logout) => logout.run().await,
        Command::Doctor(doctor) => doctor.run().await,
        Command::Sync(sync) => sync.run().await,
        Command::Verify(verify) => verify.run().await,
        Command::Calls(calls) => calls.run().await,
        Command::Show(show) => show.run().await,
        Command::Status(status) => status.run().await,
        Command::Directory(directory) => directory.run().await,
        Command::Account(account) => account.run().await,
        Command::Recordings(recordings) => recordings.run().await,
        Command::Quarantine(quarantine) => quarantine.run().await,
        Command::App(app) => app.run().await,
        Command::Alerts(alerts) => alerts.run().await,
        Command::Deliveries(deliveries) => deliveries.run().await,
        Command::Report(report) => report.run().await,
        Command::Sql(sql) => sql.run().await,
        Command::Export(export) => export.run().await,
        Command::Import(import) => import.run().await,
        Command::Backup(backup) => backup.run().await,
        Command::Restore(restore) => restore.run().await,
        Command::Serve(serve) => serve.run().await,
        Command::Lake(lake) => lake.run().await,
        Command::Sandbox(sandbox) => sandbox.run().await,
        Command::Config(config) => config.run(),
        Command::Systemd(systemd) => systemd.run(),
        Command::Completions(completions) => completions.run(),
        Command::Man(man) => man.run(),
    }
}

/// Ctrl-C, or the request of a service manager to stop.
pub async fn shutdown_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let terminate = async {
            match signal(SignalKind::terminate()) {
                Ok(mut terminate) => drop(terminate.recv().await),
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            () = terminate => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;
}

/// Opens an archive that is there, and the account that is meant.
async fn open(config: &Config, account: Option<&str>) -> anyhow::Result<(Store, Account)> {
    let store = Store::open(&config.location()?, Open::Existing).await?;
    let account = choose(&store, account).await?;
    Ok((store, account))
}

/// The account that is meant by an id or a registered name, of those in the archive.
pub async fn choose(store: &Store, wanted: Option<&str>) -> anyhow::Result<Account> {
    let accounts = store.accounts().await?;
    let registrations = store.registrations().await?;
    let named = |account: &Account| {
        registrations.iter().find(|each| each.account == Some(account.key)).map(|each| &each.name)
    };
    let known = || {
        let known = accounts.iter().map(|account| match named(account) {
            Some(name) => format!("{name} ({})", account.id),
            None => account.id.to_string(),
        });
        shortened(known.collect())
    };
    Ok(match (wanted, accounts.as_slice()) {
        (_, []) => {
            let message = "the archive holds no account yet".to_owned();
            return Err(Usage { message, hint: "run `callbook sync` first" }.into());
        }
        (None, [account]) => account.clone(),
        (None, _) => {
            let message = format!("the archive holds several accounts: {}", known());
            return Err(Usage { message, hint: "name one with --account" }.into());
        }
        (Some(wanted), _) => {
            let registered = registrations.iter().find(|each| each.name == wanted);
            let key = registered.and_then(|each| each.account);
            let meant =
                |account: &&Account| Some(account.key) == key || account.id.to_string() == wanted;
            accounts.iter().find(meant).cloned().ok_or_else(|| Usage {
                message: format!("the archive holds no account {wanted}, but {}", known()),
                hint: "`callbook status` and `callbook account list` list them",
            })?
        }
    })
}

/// A few of them, and how many more there are.
fn shortened(mut names: Vec<String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    let text = names.join(", ");
    if more > 0 { format!("{text} and {more} more") } else { text }
}

/// The log that the archive has of an account: the company's, or that of the one user who was signed in.
async fn main_scope(store: &Store, account: &Account) -> anyhow::Result<Scope> {
    let scopes = store.scopes(account.key).await?;
    let own = scopes.iter().find(|scope| !matches!(**scope, Scope::Account | Scope::PORTAL));
    Ok(match scopes.contains(&Scope::Account) {
        true => Scope::Account,
        false => own.copied().unwrap_or(Scope::Account),
    })
}

/// Prints one JSON document.
fn print_json(value: &impl serde::Serialize) -> anyhow::Result<ExitCodeNumber> {
    use std::io::Write as _;
    let text = serde_json::to_string_pretty(value)?;
    writeln!(std::io::stdout(), "{text}").context(CANNOT_WRITE)?;
    Ok(failure::OK)
}
