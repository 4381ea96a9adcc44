//! `callbook account`: the accounts that `sync --all` keeps current.

mod add;

use std::path::PathBuf;

use callbook_store::{Account, Location, Open, Registration, Store};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use self::add::{Add, in_words};
use super::print_json;
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{self, note, say};
use crate::recordings;
use crate::time;

const EXAMPLES: &str = "\
Examples:
  callbook account add acme --credentials /etc/callbook/acme.env
  callbook account add bolt --credentials-command 'pass show ringcentral/bolt' --every 1h
  callbook account add cole --credentials cole.env --retention 7y
  callbook account list
  callbook account pause acme
  callbook account remove acme --export acme.db
  callbook sync --all --follow

Credentials are lines RC_APP_CLIENT_ID=…, RC_APP_CLIENT_SECRET=… and RC_USER_JWT=…, in a file or
printed by a command; RC_SERVER_URL=… may be among them. The archive keeps only where they are.
Without a JWT, `callbook login --env-file FILE` signs in with a browser; CALLBOOK_LOGIN=NAME among
the lines tells several users of one app apart. What `add` is not told
of an account that is there already stays as it was.";

/// Manage the accounts that `callbook sync --all` keeps current
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct AccountCommand {
    #[command(subcommand)]
    what: What,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Add an account, or change what is known of it
    Add(Add),
    /// List the accounts
    List {
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Leave an account out until it is resumed
    Pause {
        /// Its name
        name: String,
    },
    /// Sync a paused account again
    Resume {
        /// Its name
        name: String,
    },
    /// Export an account's calls, then erase them and the account
    Remove(Remove),
}

#[derive(Debug, Args)]
struct Remove {
    /// Its name
    name: String,
    /// Where its calls go before they are erased: an archive of its own; or give --no-export
    #[arg(long, value_name = "FILE", required_unless_present = "no_export")]
    export: Option<PathBuf>,
    /// Erase them without a copy
    #[arg(long, conflicts_with = "export")]
    no_export: bool,
}

impl AccountCommand {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        let location = config.location()?;
        match self.what {
            What::Add(add) => {
                let logins = config.logins()?;
                add.run(&Store::open(&location, Open::OrCreate).await?, &logins).await
            }
            What::List { json } => list(&existing(&location).await?, json).await,
            What::Pause { name } => pause(&existing(&location).await?, &name, true).await,
            What::Resume { name } => pause(&existing(&location).await?, &name, false).await,
            What::Remove(remove) => remove.run(&config, &existing(&location).await?).await,
        }
    }
}

async fn existing(location: &Location) -> anyhow::Result<Store> {
    Ok(Store::open(location, Open::Existing).await?)
}

async fn list(store: &Store, json: bool) -> anyhow::Result<ExitCodeNumber> {
    let registrations = store.registrations().await?;
    if json {
        let accounts = store.accounts().await?;
        let as_json = |registration| as_json(registration, &accounts);
        return print_json(&registrations.iter().map(as_json).collect::<Vec<_>>());
    }
    if registrations.is_empty() {
        note!("no accounts yet: `callbook account add NAME --credentials FILE`");
        return Ok(failure::OK);
    }
    let zone = TimeZone::system();
    let accounts = store.accounts().await?;
    let header = ["NAME", "ACCOUNT", "SERVER", "EVERY", "KEPT", "LAST SYNC", "STATE"];
    let mut table = output::table(&header, &[2, 6]);
    for each in &registrations {
        let kept = each.settings.retention_days.map_or("for ever".to_owned(), in_words);
        let last = each.last_success_ms.map_or("never".to_owned(), |ms| time::minute(ms, &zone));
        table.add_row(output::row([
            each.name.clone(),
            account_of(each, &accounts).map_or_else(String::new, |account| account.id.to_string()),
            each.settings.server_url.clone(),
            time::interval(each.settings.every_s),
            kept,
            last,
            state(each),
        ]));
    }
    output::print(&table)?;
    Ok(failure::OK)
}

/// How an account is, in a word or its last error.
pub fn state(registration: &Registration) -> String {
    match (&registration.last_error, registration.last_attempt_ms) {
        _ if registration.paused => "paused".to_owned(),
        (Some(error), _) => format!("failing: {error}"),
        (None, Some(_)) => "ok".to_owned(),
        (None, None) => "new".to_owned(),
    }
}

fn account_of<'a>(registration: &Registration, accounts: &'a [Account]) -> Option<&'a Account> {
    accounts.iter().find(|account| Some(account.key) == registration.account)
}

fn as_json(registration: &Registration, accounts: &[Account]) -> Value {
    let account = account_of(registration, accounts);
    let moment = |ms: Option<i64>| ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    json!({
        "name": registration.name,
        "server_url": registration.settings.server_url,
        "credentials": registration.settings.credentials,
        "every_s": registration.settings.every_s,
        "retention_days": registration.settings.retention_days,
        "upstream_days": registration.settings.upstream_days,
        "paused": registration.paused,
        "account_id": account.map(|account| account.id.0),
        "last_attempt": moment(registration.last_attempt_ms),
        "last_success": moment(registration.last_success_ms),
        "last_error": registration.last_error,
        "failures": registration.failures,
    })
}

async fn pause(store: &Store, name: &str, paused: bool) -> anyhow::Result<ExitCodeNumber> {
    if !store.set_paused(name, paused).await? {
        return Err(unknown(name).into());
    }
    say!("{name} is {}", if paused { "paused" } else { "synced again" })?;
    Ok(failure::OK)
}

fn unknown(name: &str) -> Usage {
    let message = format!("there is no account named '{name}'");
    Usage { message, hint: "`callbook account list` shows them" }
}

impl Remove {
    /// Export, purge, forget: stopped anywhere, it can be run again.
    async fn run(self, config: &Config, store: &Store) -> anyhow::Result<ExitCodeNumber> {
        let registrations = store.registrations().await?;
        let found = registrations.iter().find(|each| each.name == self.name);
        let registration = found.ok_or_else(|| unknown(&self.name))?;
        let accounts = store.accounts().await?;
        let account = account_of(registration, &accounts);
        // Another name may be for the same account.
        let shared = registrations.iter().any(|each| {
            each.name != self.name && each.account.is_some() && each.account == registration.account
        });
        if let Some(account) = account.filter(|_| !shared) {
            let lock = store.lock_sync(account.key).await?;
            if let Some(path) = &self.export {
                store.backup(path, Some(account.key)).await?;
                say!("exported to {}: `callbook calls --database {0}` reads it", path.display())?;
                let recordings = recordings::copy_beside(config, store, account, path).await?;
                if recordings > 0 {
                    say!("exported {} beside it", output::counted(recordings, "recording"))?;
                }
            }
            let purged = store.purge(&lock, None).await?;
            say!("erased {}", output::counted(purged.calls, "call"))?;
            recordings::delete_erased(config, store).await?;
        }
        store.remove_registration(&self.name).await?;
        say!("{} is removed", self.name)?;
        Ok(failure::OK)
    }
}
