//! `callbook recordings get`.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use callbook_exchange::Aside;
use callbook_recordings::{Differ, Place, Sound, inspect, join};
use callbook_store::{Account, RecordingQuery, RecordingRow, RecordingState, Store};
use clap::Args;

use super::{file_name, kept};
use crate::commands::open;
use crate::config::Config;
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{CANNOT_WRITE, note};
use crate::recordings::place;

const EXAMPLES: &str = "\
Examples:
  callbook recordings get 1662000003004
  callbook recordings get --session s-1a2b3c -o call.mp3   all of a call's, joined in order";

/// Write a recording to a file, or all of a call's, one after the other
///
/// Nothing is encoded anew. Where a call's recordings differ in form, each gets a file of its own.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, group = clap::ArgGroup::new("which").required(true))]
pub struct Get {
    /// A recording's id
    #[arg(group = "which")]
    id: Option<String>,
    /// A call's session id: its recordings in the order of their starts
    #[arg(long, value_name = "ID", group = "which")]
    session: Option<String>,
    /// Where to; - for standard output [default: ID.mp3 or the like]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
    /// The account's id or registered name, where the archive holds several
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
}

/// A recording in a temporary file.
pub struct Part {
    pub row: RecordingRow,
    pub file: File,
}

impl Get {
    pub async fn run(self, config: &Config) -> anyhow::Result<ExitCodeNumber> {
        let (store, account) = open(config, self.account.as_deref()).await?;
        let place = place(config, &store)?;
        let rows = match (&self.id, &self.session) {
            (Some(id), _) => vec![kept(&store, &account, id).await?],
            (None, Some(session)) => of_session(&store, &account, session).await?,
            (None, None) => Vec::new(),
        };
        let mut parts = Vec::new();
        for row in rows {
            parts.push(fetch(&place, row).await?);
        }
        match parts.as_slice() {
            [] => {}
            [part] => {
                // An id is letters and digits, or it could not have been fetched.
                self.write(&file_name(&part.row.id, &part.row), |out| copy(part, out))?;
            }
            [first, ..] => self.write_joined(first, &parts)?,
        }
        Ok(failure::OK)
    }

    fn write_joined(&self, first: &Part, parts: &[Part]) -> anyhow::Result<()> {
        let session = self.session.clone().unwrap_or_default();
        let sounds = parts.iter().map(sound).collect::<anyhow::Result<Vec<_>>>()?;
        let name = file_name(&plain(&session), &first.row);
        if sounds.iter().all(|(sound, _)| sound.format == sounds[0].0.format) {
            return self.write(&name, |out| match join(&sounds, out) {
                Err(Differ::Copy(error)) => Err(error).context(CANNOT_WRITE),
                outcome => Ok(outcome?),
            });
        }
        if self.output.is_some() {
            let message = "the call's recordings differ in form, so one file cannot hold them";
            let hint = "leave --output out: each gets a file of its own";
            return Err(Usage { message: message.to_owned(), hint }.into());
        }
        for (place, part) in parts.iter().enumerate() {
            let stem = format!("{}-{}", plain(&session), place + 1);
            self.write(&file_name(&stem, &part.row), |out| copy(part, out))?;
        }
        Ok(())
    }

    fn write(
        &self,
        name: &str,
        content: impl FnOnce(&mut dyn std::io::Write) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let path = self.output.clone().unwrap_or_else(|| PathBuf::from(name));
        if path == Path::new("-") {
            let mut out = std::io::stdout().lock();
            content(&mut out)?;
            return out.flush().context(CANNOT_WRITE);
        }
        if path.exists() && !self.force {
            let message = format!("{} is there already", path.display());
            return Err(Usage { message, hint: "name another with --output, or --force" }.into());
        }
        let mut aside = Aside::new(&path)?;
        content(&mut aside)?;
        aside.finish()?;
        note!("written: {}", path.display());
        Ok(())
    }
}

/// What of a session id may be part of a file's name.
fn plain(session: &str) -> String {
    let plain = |each: char| if each.is_ascii_alphanumeric() { each } else { '-' };
    session.chars().map(plain).collect()
}

/// The recordings of a call, in order.
async fn of_session(
    store: &Store,
    account: &Account,
    session: &str,
) -> anyhow::Result<Vec<RecordingRow>> {
    store.find_recordings(account.key).await?;
    let query = RecordingQuery::Session(session.to_owned());
    let rows = store.recordings(account.key, query).await?;
    let (kept, others): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| row.state == RecordingState::Kept);
    if kept.is_empty() {
        let message = match others.len() {
            0 => format!("no call of session {session} has a recording"),
            count => format!("none of the {count} recordings of session {session} is here"),
        };
        return Err(Usage { message, hint: "`callbook recordings list` lists them" }.into());
    }
    for row in others {
        note!("warning: recording {} is left out: it is {}", row.id, row.state.as_str());
    }
    Ok(kept)
}

/// Brings a recording into a temporary file.
pub async fn fetch(place: &Place, row: RecordingRow) -> anyhow::Result<Part> {
    let mut file = tempfile::tempfile().context("cannot make a temporary file")?;
    let object = row.object.clone().unwrap_or_default();
    if place.write_to(&object, &mut file).await?.is_none() {
        let message = format!("recording {} is not in {place}", row.id);
        let hint = "`callbook recordings verify --repair` has it fetched again";
        return Err(Usage { message, hint }.into());
    }
    Ok(Part { row, file })
}

fn sound(part: &Part) -> anyhow::Result<(Sound, File)> {
    let file = part.file.try_clone().context(CANNOT_WRITE)?;
    let sound = inspect(&file).context("cannot read a recording")?;
    let sound = sound.with_context(|| format!("recording {} is no sound", part.row.id))?;
    Ok((sound, file))
}

fn copy(part: &Part, out: &mut dyn std::io::Write) -> anyhow::Result<()> {
    let mut file = &part.file;
    std::io::Seek::rewind(&mut file).context(CANNOT_WRITE)?;
    std::io::copy(&mut file, out).context(CANNOT_WRITE)?;
    Ok(())
}
