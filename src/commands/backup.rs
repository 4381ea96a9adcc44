//! `callbook backup` and `callbook restore`: the whole archive as one file, and back.

use std::path::PathBuf;

use anyhow::Context as _;
use callbook_store::{Open, Store};
use clap::Args;

use super::open;
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{self, say};

const BACKUP_EXAMPLES: &str = "\
Examples:
  callbook backup /backup/callbook-2026-11-24.db
  callbook backup acme.db --account 400131426008
  callbook calls --database /backup/callbook-2026-11-24.db    look inside
  callbook verify --offline --database /backup/callbook-2026-11-24.db

The copy is an archive itself (a SQLite file), consistent as of the moment the backup began; syncs
may go on meanwhile. A backup of an archive on PostgreSQL is such a file as well.";

const RESTORE_EXAMPLES: &str = "\
Examples:
  callbook restore /backup/callbook.db --database sqlite:///srv/callbook.db
  callbook restore /backup/callbook.db --database postgres://callbook@db/callbook

The place must be empty. The next `callbook sync` goes on from where the backup was.";

/// Copy the archive into one file
#[derive(Debug, Args)]
#[command(after_help = BACKUP_EXAMPLES)]
pub struct Backup {
    /// The file to be written; it must not be there yet
    file: PathBuf,
    /// One account alone
    #[arg(long, value_name = "ID")]
    account: Option<u64>,
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
        let (store, account) = match self.account {
            Some(id) => {
                let (store, account) = open(&config, Some(id)).await?;
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
        Ok(failure::OK)
    }
}

impl Restore {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let location = Config::load(&self.sources)?.location()?;
        Store::restore(&self.file, &location).await?;
        let status = Store::open(&location, Open::Existing).await?.status().await?;
        let calls: i64 = status.accounts.iter().map(|account| account.calls).sum();
        say!("restored {} calls to {location}", output::grouped(calls.unsigned_abs()))?;
        Ok(failure::OK)
    }
}
