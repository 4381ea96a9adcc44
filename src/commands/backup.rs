//! `callbook backup` and `callbook restore`: the whole archive as one file, and back.

use std::path::PathBuf;

use anyhow::Context as _;
use callbook_store::{AccountKey, Open, Store};
use clap::Args;

use super::open;
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{self, note, say};
use crate::recordings::{kept_of, place, place_name};

const BACKUP_EXAMPLES: &str = "\
Examples:
  callbook backup /backup/callbook-2026-11-24.db
  callbook backup acme.db --account 400131426008
  callbook calls --database /backup/callbook-2026-11-24.db    look inside
  callbook verify --offline --database /backup/callbook-2026-11-24.db

Recordings are not in it: copy their folder as well, `callbook.recordings` beside the archive, or
their bucket. The copy is an archive itself (a SQLite file), consistent as of the moment the backup
began; syncs may go on meanwhile. A backup of an archive on PostgreSQL is such a file as well.";

const RESTORE_EXAMPLES: &str = "\
Examples:
  callbook restore /backup/callbook.db --database sqlite:///srv/callbook.db
  callbook restore /backup/callbook.db --database postgres://callbook@db/callbook

The place must be empty. Recordings are not in a backup: copy their folder beside the new archive,
or set CALLBOOK_RECORDINGS to where they are. The next `callbook sync` goes on from where the backup
was.";

/// Copy the archive into one file
#[derive(Debug, Args)]
#[command(after_help = BACKUP_EXAMPLES)]
pub struct Backup {
    /// The file to be written; it must not be there yet
    file: PathBuf,
    /// One account alone: its id or registered name
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

/// Make an archive from a backup
#[derive(Debug, Args)]
#[command(after_help = RESTORE_EXAMPLES)]
pub struct Restore {
    /// The backup
    file: PathBuf,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

impl Backup {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        let (store, account) = match &self.account {
            Some(wanted) => {
                let (store, account) = open(&config, Some(wanted)).await?;
                (store, Some(account.key))
            }
            None => (Store::open(&config.location()?, Open::Existing).await?, None),
        };
        if self.file.exists() {
            let message = format!("{} is there already", self.file.display());
            return Err(Usage { message, hint: "name a new file: no backup is overwritten" }.into());
        }
        store.backup(&self.file, account).await?;
        let size = std::fs::metadata(&self.file).context("cannot find the backup")?.len();
        say!("backed up to {}, {}", self.file.display(), output::bytes(size))?;
        if let Some(kept) = kept(&store, account).await? {
            let place = place(&config, &store)?;
            note!("its {kept} are not in it: copy {place} as well");
        }
        Ok(failure::OK)
    }
}

impl Restore {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        let location = config.location()?;
        if !self.file.is_file() {
            let message = format!("there is no backup at {}", self.file.display());
            return Err(Usage { message, hint: "name a file that `callbook backup` wrote" }.into());
        }
        Store::restore(&self.file, &location).await?;
        let store = Store::open(&location, Open::Existing).await?;
        let accounts = store.status().await?.accounts;
        let calls: i64 = accounts.iter().map(|account| account.calls).sum();
        say!("restored {} to {location}", output::counted(calls.unsigned_abs(), "call"))?;
        if let Some(kept) = kept(&store, None).await? {
            let place = place_name(&config, &store);
            note!(
                "its {kept} are not in a backup: copy them to {place}, or say where they are with \
                 CALLBOOK_RECORDINGS; `callbook recordings verify` compares them"
            );
        }
        Ok(failure::OK)
    }
}

/// What there is of recordings, in words, if there are any.
async fn kept(store: &Store, account: Option<AccountKey>) -> anyhow::Result<Option<String>> {
    let mut accounts = store.status().await?.accounts;
    accounts.retain(|each| account.is_none_or(|account| each.account.key == account));
    let (count, bytes) = kept_of(store, &accounts).await?;
    let recordings =
        || format!("{} ({})", output::counted(count, "recording"), output::bytes(bytes));
    Ok((count > 0).then(recordings))
}
