//! `callbook recordings play`.

use std::process::{Command, ExitStatus, Stdio};

use anyhow::Context as _;
use clap::Args;

use super::{file_name, kept};
use crate::commands::open;
use crate::config::Config;
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::recordings::place;

/// Players and how they are told to play one file and end, the best first.
const PLAYERS: [&[&str]; 5] = [
    &["mpv", "--no-video"],
    &["ffplay", "-nodisp", "-autoexit", "-loglevel", "warning"],
    &["play", "-q"],
    &["afplay"],
    &["vlc", "--intf", "dummy", "--play-and-exit"],
];

const EXAMPLES: &str = "\
Examples:
  callbook recordings play 1662000003004
  callbook recordings play 1662000003004 --player vlc";

/// Play a recording
///
/// With mpv, ffplay, SoX, afplay or VLC, whichever there is.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Play {
    /// A recording's id
    id: String,
    /// A program that plays the file it is given
    #[arg(long, value_name = "PROGRAM")]
    player: Option<String>,
    /// The account's id or registered name, where the archive holds several
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
}

impl Play {
    pub async fn run(self, config: &Config) -> anyhow::Result<ExitCodeNumber> {
        let (store, account) = open(config, self.account.as_deref()).await?;
        let row = kept(&store, &account, &self.id).await?;
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let path = folder.path().join(file_name(&row.id, &row));
        let mut file = std::fs::File::create(&path).context("cannot make a file")?;
        let object = row.object.clone().unwrap_or_default();
        let place = place(config, &store)?;
        if place.write_to(&object, &mut file).await?.is_none() {
            let message = format!("recording {} is not in {place}", row.id);
            let hint = "`callbook recordings verify --repair` has it fetched again";
            return Err(Usage { message, hint }.into());
        }
        let chosen = self.player.as_deref().map(|player| [player]);
        let players: Vec<&[&str]> = match &chosen {
            Some(player) => vec![player],
            None => PLAYERS.to_vec(),
        };
        for player in players {
            match run(player, &path)? {
                None => {}
                Some(ended) if ended.success() => return Ok(failure::OK),
                Some(ended) => anyhow::bail!("{} ended with {ended}", player[0]),
            }
        }
        let message = match &self.player {
            Some(player) => format!("there is no program {player}"),
            None => "there is no program to play it with".to_owned(),
        };
        Err(Usage { message, hint: "install mpv or ffplay, or name a program with --player" }
            .into())
    }
}

/// Runs a player to its end; `None` if it is not installed.
fn run(command: &[&str], path: &std::path::Path) -> anyhow::Result<Option<ExitStatus>> {
    let mut player = Command::new(command[0]);
    player.args(&command[1..]).arg(path).stdin(Stdio::inherit());
    match player.status() {
        Ok(status) => Ok(Some(status)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot run {}", command[0])),
    }
}
