//! `callbook recordings`: what became of recordings, and listening to them.

mod get;
mod list;
mod play;
mod report;
mod verify;

use callbook_store::{Account, RecordingQuery, RecordingRow, RecordingState, Store};
use clap::{Args, Subcommand};

use crate::config::{Config, Sources};
use crate::failure::{ExitCodeNumber, Usage};

const EXAMPLES: &str = "\
Examples:
  callbook sync --recordings                                 fetch them, now and at every later sync
  callbook recordings list --queue Support --from 2024-01-01
  callbook recordings get 1662000003004                      into a file in this folder
  callbook recordings get --session s-1a2b3c -o call.mp3     a whole call's, joined in order
  callbook recordings play 1662000003004
  callbook recordings verify                                 read all of them again
  callbook recordings report                                 month by month, and what will be lost when";

/// List, play and check recordings
///
/// Upstream drops recordings after 90 days, and automatic ones earlier where an account has more than
/// 100,000. `callbook sync --recordings` keeps them beside the archive, or in a bucket.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Recordings {
    #[command(subcommand)]
    what: What,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

#[derive(Debug, Subcommand)]
enum What {
    List(list::List),
    Get(get::Get),
    Play(play::Play),
    Verify(verify::Verify),
    Report(report::Report),
}

impl Recordings {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        match self.what {
            What::List(list) => list.run(&config).await,
            What::Get(get) => get.run(&config).await,
            What::Play(play) => play.run(&config).await,
            What::Verify(verify) => verify.run(&config).await,
            What::Report(report) => report.run(&config).await,
        }
    }
}

/// A recording that is here.
async fn kept(store: &Store, account: &Account, id: &str) -> anyhow::Result<RecordingRow> {
    let mut found = store.recordings(account.key, RecordingQuery::Id(id.to_owned())).await?;
    let Some(row) = found.pop() else {
        let message = format!("no call names a recording {id}");
        return Err(Usage { message, hint: "`callbook recordings list` lists them" }.into());
    };
    let message = match row.state {
        RecordingState::Kept => return Ok(row),
        RecordingState::Wanted => format!("recording {id} has not been fetched yet"),
        RecordingState::Lost => format!("recording {id} is lost: upstream no longer had it"),
    };
    Err(Usage { message, hint: "`callbook sync --recordings` fetches what upstream still has" }
        .into())
}

/// What a file with the content of a recording is usually called.
fn file_name(stem: &str, row: &RecordingRow) -> String {
    let extension = row.object.as_deref().and_then(|object| object.rsplit_once('.'));
    format!("{stem}.{}", extension.map_or("bin", |(_, extension)| extension))
}
