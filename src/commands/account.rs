//! `callbook account`: the accounts that `sync --all` keeps current.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use callbook_login::Logins;
use callbook_ringcentral::parse_server_url;
use callbook_store::{Account, Location, Open, Registration, Settings, Store};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::print_json;
use crate::config::{Config, SERVER_URL, Sources};
use crate::credentials;
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
the lines tells several users of one app apart.";

/// Days in a year, for retention.
const YEAR: i64 = 365;

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
struct Add {
    /// What you call it
    name: String,
    /// A file of NAME=value lines with its credentials
    #[arg(long, value_name = "FILE", required_unless_present = "credentials_command")]
    credentials: Option<PathBuf>,
    /// A command that prints such lines
    #[arg(long, value_name = "COMMAND", conflicts_with = "credentials")]
    credentials_command: Option<String>,
    /// The server [default: RC_SERVER_URL of the credentials, else RingCentral's]
    #[arg(long, value_name = "URL")]
    server_url: Option<String>,
    /// How often it is synced: 15m, 1h, 1d
    #[arg(long, value_name = "TIME", default_value = "15m")]
    every: String,
    /// Erase calls older than this, such as 7y or 90d [default: keep them for ever]
    #[arg(long, value_name = "TIME")]
    retention: Option<String>,
    /// For how long the server itself keeps calls: what is missing there after that is no deletion
    #[arg(long, value_name = "TIME", default_value = "270d")]
    upstream_retention: String,
}

#[derive(Debug, Args)]
struct Remove {
    /// Its name
    name: String,
    /// Where its calls go before they are erased: an archive of its own
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

impl Add {
    async fn run(self, store: &Store, logins: &Logins) -> anyhow::Result<ExitCodeNumber> {
        let every_s = time::length_ms(&self.every)? / 1000;
        if every_s < 60 {
            let message = "an account cannot be synced more often than once a minute".to_owned();
            return Err(Usage { message, hint: "the default is 15m" }.into());
        }
        let reference = match (&self.credentials, &self.credentials_command) {
            (Some(path), _) => format!("file:{}", absolute(path)?.display()),
            (None, command) => format!("command:{}", command.as_deref().unwrap_or_default()),
        };
        let variables = credentials::resolve(&reference)?;
        let named = variables.get("RC_SERVER_URL").map(|url| url.expose_secret().to_owned());
        let server_url = self.server_url.or(named).unwrap_or_else(|| SERVER_URL.to_owned());
        let server_url = parse_server_url(&server_url)?;
        let server_url = server_url.as_str().trim_end_matches('/').to_owned();
        // Says now what is missing, rather than at the first sync.
        credentials::connection(&variables, &server_url, logins)?;
        let settings = Settings {
            server_url,
            credentials: reference,
            every_s,
            retention_days: self.retention.as_deref().map(days).transpose()?,
            upstream_days: days(&self.upstream_retention)?,
        };
        store.put_registration(&self.name, settings).await?;
        say!("{} will be synced every {} by `callbook sync --all`", self.name, self.every)?;
        Ok(failure::OK)
    }
}

fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("cannot find {}", path.display()))
}

/// `7y` or `90d`.
fn days(text: &str) -> anyhow::Result<i64> {
    let number = |unit| text.strip_suffix(unit).and_then(|number| number.trim().parse().ok());
    let days = number('d').or_else(|| number('y').and_then(|years: i64| years.checked_mul(YEAR)));
    let wrong = || Usage {
        message: format!("'{text}' is no number of days or years"),
        hint: "write 90d or 7y",
    };
    Ok(days.filter(|days| *days > 0).ok_or_else(wrong)?)
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
    let mut table =
        output::table(&["NAME", "SERVER", "EVERY", "KEPT", "LAST SYNC", "STATE"], &[1, 5]);
    for each in &registrations {
        let kept = each
            .settings
            .retention_days
            .map_or("for ever".to_owned(), |days| format!("{days} days"));
        let last = each.last_success_ms.map_or("never".to_owned(), |ms| time::minute(ms, &zone));
        table.add_row(output::row([
            each.name.clone(),
            each.settings.server_url.clone(),
            time::length(each.settings.every_s * 1000),
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

fn as_json(registration: &Registration, accounts: &[Account]) -> Value {
    let account = accounts.iter().find(|account| Some(account.key) == registration.account);
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
        let account = accounts.iter().find(|each| Some(each.key) == registration.account);
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
                    say!("exported {} recordings beside it", output::grouped(recordings))?;
                }
            }
            let purged = store.purge(&lock, None).await?;
            say!("erased {} calls", output::grouped(purged.calls))?;
            recordings::delete_erased(config, store).await?;
        }
        store.remove_registration(&self.name).await?;
        say!("{} is removed", self.name)?;
        Ok(failure::OK)
    }
}
