//! `callbook sandbox call`, `clock`, `edit`, `delete`, `reset`: what happens in a running sandbox.

use std::path::PathBuf;

use callbook_sandbox::{Control, Scenario};
use clap::{Args, Subcommand};
use jiff::tz::TimeZone;

use crate::config::{Config, ConfigError, Sources};
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{note, say};
use crate::time;

/// What a running sandbox is told.
#[derive(Debug, Subcommand)]
pub enum Action {
    Call(Call),
    Watch(super::watch::Watch),
    Clock(Clock),
    Edit(Edit),
    Delete(Delete),
    Directory(super::directory::Directory),
    Reset(Reset),
    Fill(super::fill::Fill),
}

/// Which sandbox.
#[derive(Debug, Args)]
pub struct Running {
    /// What `callbook sandbox --env-file` wrote [default: the environment]
    #[arg(long, value_name = "FILE", global = true)]
    env_file: Option<PathBuf>,
}

/// Make a call in a running sandbox
///
/// The call begins now; its records show up 15 to 30 seconds after it ends. One line for each record is
/// printed: its id, and when the call begins, ends, and shows up.
#[derive(Debug, Args)]
pub struct Call {
    /// How it goes, such as answered, voicemail or transfer-warm; --list has all
    #[arg(required_unless_present = "list", value_parser = scenario)]
    scenario: Option<Scenario>,
    /// List the ways that a call can go
    #[arg(long)]
    list: bool,
    /// The call has just ended, instead of just begun
    #[arg(long)]
    ended: bool,
    /// Its records show up this much later, such as 3h
    #[arg(long, value_name = "LENGTH")]
    late: Option<String>,
    #[command(flatten)]
    running: Running,
}

/// Read or turn the clock of a running sandbox
///
/// Everything in it goes by this clock: what has shown up, tokens, rate limits, the Date header. It is turned
/// forward only; `callbook sandbox reset` takes it back.
#[derive(Debug, Args)]
pub struct Clock {
    /// Turn it forward by this much, such as 90s, 12h or 1d
    #[arg(long, value_name = "LENGTH", conflicts_with = "set")]
    advance: Option<String>,
    /// Turn it forward to a moment
    #[arg(long, value_name = "DATE")]
    set: Option<String>,
    #[command(flatten)]
    running: Running,
}

/// Edit a record of a running sandbox
///
/// The record changes in every log that it stands in, and its lastModifiedTime moves.
#[derive(Debug, Args)]
pub struct Edit {
    /// Its id, in any log
    #[arg(allow_hyphen_values = true)]
    id: String,
    #[command(flatten)]
    running: Running,
}

/// Delete a record of a running sandbox
///
/// It is deleted from every log, and listed as deleted for those who ask for such.
#[derive(Debug, Args)]
pub struct Delete {
    /// Its id, in any log
    #[arg(allow_hyphen_values = true)]
    id: String,
    /// Without a trace: nothing lists it any more
    #[arg(long)]
    silent: bool,
    #[command(flatten)]
    running: Running,
}

/// Make a running sandbox forget all that has happened in it
///
/// Calls made since it was started are gone, edits and deletions undone, and its clock is this machine's.
#[derive(Debug, Args)]
pub struct Reset {
    #[command(flatten)]
    running: Running,
}

impl Action {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        match self {
            Self::Call(call) => call.run().await?,
            Self::Watch(watch) => watch.run().await?,
            Self::Clock(clock) => clock.run().await?,
            Self::Edit(edit) => edit.running.control()?.edit(&edit.id).await?,
            Self::Delete(delete) => {
                delete.running.control()?.delete(&delete.id, delete.silent).await?;
            }
            Self::Directory(directory) => directory.run().await?,
            Self::Reset(reset) => reset.running.control()?.reset().await?,
            Self::Fill(fill) => return fill.run().await,
        }
        Ok(failure::OK)
    }
}

impl Call {
    async fn run(self) -> anyhow::Result<()> {
        let Some(scenario) = self.scenario.filter(|_| !self.list) else {
            for scenario in Scenario::ALL {
                say!("{scenario}")?;
            }
            return Ok(());
        };
        let late_ms = self.late.as_deref().map_or(Ok(0), length_ms)?;
        let late_s = late_ms.unsigned_abs() / 1_000;
        let played = self.running.control()?.play(scenario, self.ended, late_s).await?;
        for call in played.calls {
            say!("{}  {:.3}  {:.3}  {:.3}", call.id, call.start, call.end, call.shown)?;
        }
        note!("id, begins, ends, shows up; `callbook sandbox clock --advance` saves waiting");
        Ok(())
    }
}

impl Clock {
    async fn run(self) -> anyhow::Result<()> {
        let control = self.running.control()?;
        let now = match (self.advance, self.set) {
            (Some(length), _) => control.advance(length_ms(&length)?).await?,
            (None, Some(date)) => {
                control.set_clock(time::beginning(&date, &TimeZone::UTC)?).await?
            }
            (None, None) => control.clock().await?,
        };
        say!("{now:.3}")
    }
}

impl Running {
    pub fn control(&self) -> anyhow::Result<Control> {
        let config = Config::load(&Sources::env_file(self.env_file.clone()))?;
        let connection = config.connection()?;
        let secret = connection.client_secret;
        let secret = secret.ok_or(ConfigError::Missing { name: "RC_APP_CLIENT_SECRET" })?;
        Ok(Control::new(connection.server_url.as_str(), &connection.client_id, secret)?)
    }
}

fn scenario(name: &str) -> Result<Scenario, String> {
    name.parse().map_err(|error| format!("{error}; `callbook sandbox call --list` has all"))
}

/// Milliseconds of `90s`, `12h`, `1d`.
fn length_ms(text: &str) -> anyhow::Result<i64> {
    let days = text.strip_suffix('d').and_then(|days| days.parse::<u32>().ok());
    match days {
        Some(days) => Ok(i64::from(days) * 86_400_000),
        None => time::length_ms(text).map_err(|_| {
            let message = format!("'{text}' is no length of time");
            Usage { message, hint: "write seconds, or 90s, 5m, 12h, 1d" }.into()
        }),
    }
}
