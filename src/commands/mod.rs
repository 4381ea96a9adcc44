//! The commands, one a file: each parses, calls a crate, and prints.

pub mod account;
pub mod alerts;
pub mod app;
pub mod backup;
pub mod calls;
pub mod completions;
pub mod config;
pub mod demo;
mod difference;
pub mod directory;
pub mod doctor;
pub mod export;
mod filter;
pub mod import;
pub mod init;
pub mod login;
pub mod logout;
pub mod man;
pub mod quarantine;
pub mod recordings;
pub mod sandbox;
pub mod serve;
pub mod show;
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
        Command::Export(export) => export.run().await,
        Command::Import(import) => import.run().await,
        Command::Backup(backup) => backup.run().await,
        Command::Restore(restore) => restore.run().await,
        Command::Serve(serve) => serve.run().await,
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
async fn open(config: &Config, account: Option<u64>) -> anyhow::Result<(Store, Account)> {
    let store = Store::open(&config.location()?, Open::Existing).await?;
    let account = choose(&store, account).await?;
    Ok((store, account))
}

/// The account that is meant, of those in the archive.
async fn choose(store: &Store, account: Option<u64>) -> anyhow::Result<Account> {
    let accounts = store.accounts().await?;
    let known = |accounts: &[Account]| {
        let ids: Vec<_> = accounts.iter().map(|account| account.id.to_string()).collect();
        ids.join(", ")
    };
    Ok(match (account, accounts.as_slice()) {
        (_, []) => {
            let message = "the archive holds no account yet".to_owned();
            return Err(Usage { message, hint: "run `callbook sync` first" }.into());
        }
        (None, [account]) => account.clone(),
        (None, _) => {
            let message = format!("the archive holds several accounts: {}", known(&accounts));
            return Err(Usage { message, hint: "name one with --account" }.into());
        }
        (Some(id), _) => {
            let account = accounts.iter().find(|account| account.id.0 == id).cloned();
            account.ok_or_else(|| Usage {
                message: format!("the archive holds no account {id}, but {}", known(&accounts)),
                hint: "`callbook status` lists them",
            })?
        }
    })
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
