//! `callbook import`: files into the archive.

use std::path::{Path, PathBuf};

use callbook_exchange::{
    BundledRecording, Clock, How, Opened, Progress, Report, bundled_recordings,
};
use callbook_recordings::{Content, adopt};
use callbook_store::{Account, Imported, Open, Store};
use clap::Args;
use serde_json::json;

use super::{choose, main_scope, print_json};
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{self, note, say};
use crate::progress::Bar;
use crate::recordings::place;
use crate::time;

/// Lines that are named one by one, of each file.
const NAMED: u64 = 10;

const EXAMPLES: &str = "\
Examples:
  callbook import case-4711       a bundle: all checksums are computed before anything is taken in,
                                  its recordings as well, if it has them
  callbook import all.jsonl.gz    what `callbook export --versions` wrote
  callbook import calls.jsonl     records alone: calls that the archive has not got
  callbook import CallLog.csv --tz America/New_York
                                  what an administrator downloaded from RingCentral's portal

Nothing that is in the archive is replaced, and importing a file again changes nothing. Calls of
the portal's CSV have no ids: where the archive has, or gets, RingCentral's own record of such a
call, it is listed, and the imported one is not. `callbook calls --source portal` lists them all.";

/// Take calls in from files: our own, or the admin portal's CSV
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Import {
    /// Files or bundles, compressed or not
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The zone of the times in the portal's CSV: the account's own, which the file does not say
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    /// Dates in the portal's CSV are 31/01/2024, not 01/31/2024
    #[arg(long, requires = "tz")]
    day_first: bool,
    /// The account's id or registered name, where the archive holds several and a file does not say
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

impl Import {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        let clock = match &self.tz {
            Some(name) => Some(Clock { zone: time::zone(Some(name))?, day_first: self.day_first }),
            None => None,
        };
        let (mut total, mut recordings) = (Report::default(), 0);
        for path in &self.files {
            let opened = Opened::open(path)?;
            if opened.is_of_the_portal() && clock.is_none() {
                let message = format!("the times of {} have no zone", path.display());
                let hint = "give the account's own with --tz, such as America/New_York";
                return Err(Usage { message, hint }.into());
            }
            let (report, kept) = self.import(&config, path, opened, clock.clone()).await?;
            total += report;
            recordings += kept;
        }
        if self.json {
            print_json(
                &json!({ "files": self.files.len(), "total": total, "recordings": recordings }),
            )?;
        }
        let partly = total.unreadable > 0 || total.imported.outdated > 0;
        Ok(if partly { failure::PARTLY } else { failure::OK })
    }

    async fn import(
        &self,
        config: &Config,
        path: &Path,
        opened: Opened,
        clock: Option<Clock>,
    ) -> anyhow::Result<(Report, u64)> {
        let open = if opened.names_account() { Open::OrCreate } else { Open::Existing };
        let store = match Store::open(&config.location()?, open).await {
            Err(callbook_store::Error::NoArchive { location }) => {
                let message = format!(
                    "{} does not say whose calls it has, and there is no archive at {location}",
                    path.display()
                );
                let hint = "take it into the account's archive; bundles and files of `export --versions` make one";
                return Err(Usage { message, hint }.into());
            }
            opened => opened?,
        };
        let account = match opened.account(&store).await? {
            Some(account) => account,
            None => choose(&store, self.account.as_deref()).await?,
        };
        let how = How { scope: main_scope(&store, &account).await?, clock };
        let bar = Bar::start("importing");
        let mut bad = 0;
        let mut progress = |progress: Progress<'_>| match progress {
            Progress::Done(records) => bar.count(records),
            Progress::Bad(line) => {
                bad += 1;
                if bad <= NAMED {
                    note!("{}, line {}: {}", path.display(), line.line, line.reason);
                }
            }
        };
        let report = opened.import(&store, &account, how, &mut progress).await;
        bar.finish();
        let report = report?;
        let recordings = take_recordings(config, &store, &account, path).await?;
        if !self.json {
            say(path, report, recordings)?;
        }
        Ok((report, recordings))
    }
}

/// Keeps the recordings of a bundle that the archive has not got; how many.
async fn take_recordings(
    config: &Config,
    store: &Store,
    account: &Account,
    bundle: &Path,
) -> anyhow::Result<u64> {
    let mut recordings = bundled_recordings(bundle).peekable();
    if recordings.peek().is_none() {
        return Ok(0);
    }
    let _lock = store.lock_recordings(account.key).await?;
    store.find_recordings(account.key).await?;
    let (place, mut kept) = (place(config, store)?, 0);
    let bar = Bar::start("recordings");
    for recording in recordings {
        let BundledRecording { id, path, sha256 } = recording?;
        kept += u64::from(adopt(store, account, &place, &Content { id, path, sha256 }).await?);
        bar.count(kept);
    }
    bar.finish();
    Ok(kept)
}

fn say(path: &Path, report: Report, recordings: u64) -> anyhow::Result<()> {
    let Report { imported: Imported { added, known, outdated }, unreadable } = report;
    let (added, known) = (output::grouped(added), output::grouped(known));
    say!("{}: {added} added, {known} there already", path.display())?;
    if recordings > 0 {
        say!("{}: {} added", path.display(), output::counted(recordings, "recording"))?;
    }
    if outdated > 0 {
        let outdated = output::counted(outdated, "version");
        note!("{outdated} left out: the archive has newer ones of their calls");
    }
    if unreadable > 0 {
        let unreadable = output::counted(unreadable, "line");
        note!("{unreadable} could not be read: see `callbook quarantine list`");
    }
    Ok(())
}
