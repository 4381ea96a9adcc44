//! `callbook app`: who may ask the archive over the API.

mod create;
mod credential;
mod credentials;
mod env_file;
mod list;
mod password;
mod revoke;

use std::path::PathBuf;

use anyhow::Context as _;
use callbook_model::{DirectoryKind, ExtensionId};
use callbook_store::{Account, Extension, Store};
use clap::{Args, Subcommand};
use jiff::{SignedDuration, Timestamp};

use super::filter::who;
use super::open;
use crate::config::{Config, Sources};
use crate::failure::{ExitCodeNumber, Usage};
use crate::time;

const EXAMPLES: &str = "\
Examples:
  callbook app create Wallboard --for 101 --env-file wallboard.env   an app and a JWT, ready to use
  callbook app create Portal --redirect-uri https://portal.example.com/back --mask-numbers
  callbook app create Phone --public --redirect-uri http://127.0.0.1/callback
  callbook app credential 102 --app Wallboard --expires 90d
  callbook app password 101                       for signing in with a browser
  callbook app list
  callbook app revoke Wallboard

An app may do what its scopes allow and the person who signs in to it may do. Secrets, JWTs and
generated passwords are shown once: the archive keeps only what it can recognise them by.";

/// Where `callbook serve` listens unless told otherwise.
const SERVER_URL: &str = "http://127.0.0.1:8720";

/// Manage the apps and people that may ask this archive over the Call Log API
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct AppCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Create(create::Create),
    List(list::List),
    Revoke(revoke::Revoke),
    Credential(credential::Credential),
    Credentials(credentials::Credentials),
    Password(password::Password),
}

/// Of which archive and account, and how.
#[derive(Debug, Args)]
struct Common {
    /// Print as JSON
    #[arg(long)]
    json: bool,
    /// The account's id or registered name, where the archive holds several
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// The archive: sqlite://PATH or postgres://USER@HOST/DATABASE [env: CALLBOOK_DATABASE] [default:
    /// sqlite://callbook.db]
    #[arg(long, value_name = "URL", help_heading = "Settings")]
    database: Option<String>,
    /// Settings as TOML [default: callbook.toml, if there is one]
    #[arg(long, value_name = "FILE", help_heading = "Settings")]
    config: Option<PathBuf>,
}

impl AppCommand {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        match self.what {
            What::Create(create) => create.run().await,
            What::List(list) => list.run().await,
            What::Revoke(revoke) => revoke.run().await,
            What::Credential(credential) => credential.run().await,
            What::Credentials(credentials) => credentials.run().await,
            What::Password(password) => password.run().await,
        }
    }
}

impl Common {
    async fn open(&self) -> anyhow::Result<(Store, Account)> {
        let sources = Sources::archive(self.database.clone(), self.config.clone());
        open(&Config::load(&sources)?, self.account.as_deref()).await
    }
}

/// The person that is meant: somebody who may sign in.
async fn person(store: &Store, account: &Account, wanted: &str) -> anyhow::Result<Extension> {
    let facts = store.directory_at(account.key, DirectoryKind::Extension, i64::MAX).await?;
    let entries: Vec<_> = facts.into_iter().map(|fact| fact.entry).collect();
    who::extension(who::person(&entries, wanted)?).context("the directory changed")
}

/// What people are called, by id.
async fn names(store: &Store, account: &Account) -> anyhow::Result<impl Fn(ExtensionId) -> String> {
    let extensions = store.extensions(account.key).await?;
    Ok(move |id: ExtensionId| {
        let found = extensions.iter().find(|extension| extension.id == id);
        found.map_or_else(|| id.to_string(), name)
    })
}

/// `101 Ann Smith`.
fn name(extension: &Extension) -> String {
    let parts = [extension.number.as_deref(), extension.name.as_deref()];
    let name = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    if name.is_empty() { extension.id.to_string() } else { name }
}

/// The client id of an app that is meant, by its id or name.
async fn client_id(store: &Store, account: &Account, wanted: &str) -> anyhow::Result<String> {
    let apps = store.apps(account.key).await?;
    let live = apps.iter().filter(|app| app.revoked_ms.is_none());
    let found: Vec<_> = live.filter(|app| app.client_id == wanted || app.name == wanted).collect();
    match found.as_slice() {
        [only] => Ok(only.client_id.clone()),
        [] => Err(Usage {
            message: format!("there is no app '{wanted}'"),
            hint: "`callbook app list` shows them",
        }
        .into()),
        several => {
            let ids: Vec<_> = several.iter().map(|app| app.client_id.as_str()).collect();
            let message = format!("'{wanted}' may be any of {}", ids.join(", "));
            Err(Usage { message, hint: "give one of these instead" }.into())
        }
    }
}

/// When something of such a lifetime expires: `1y`, `90d`, `12h` or `never`.
fn expiry(text: &str, now: Timestamp) -> anyhow::Result<Option<Timestamp>> {
    if text == "never" {
        return Ok(None);
    }
    let unit = |unit, days: i64| {
        let number: i64 = text.strip_suffix(unit)?.trim().parse().ok()?;
        number.checked_mul(days * 24).map(SignedDuration::from_hours)
    };
    let short = || Some(SignedDuration::from_millis(time::length_ms(text).ok()?));
    let lasts = unit('y', 365).or_else(|| unit('d', 1)).or_else(short);
    let expires = lasts.and_then(|lasts| now.checked_add(lasts).ok());
    let expires = expires.filter(|expires| *expires > now);
    let wrong = || Usage {
        message: format!("'{text}' is no lifetime"),
        hint: "write 1y, 90d, 12h or never",
    };
    Ok(Some(expires.ok_or_else(wrong)?))
}
