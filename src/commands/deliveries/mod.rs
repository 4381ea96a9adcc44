//! `callbook deliveries`: reports by mail, and thresholds that alert.

mod list;
mod log;
mod pause;
mod run;

use callbook_store::{Open, Store};
use clap::{Args, Subcommand};

use crate::config::{Config, Sources};
use crate::failure::ExitCodeNumber;

const EXAMPLES: &str = "\
Examples:
  callbook deliveries list                       when each is due, and what became of the last
  callbook deliveries run weekly --dry-run       the mail, in plain text; nobody gets it
  callbook deliveries run weekly                 now, whether it is due or not
  callbook deliveries run                        whatever is due; for cron
  callbook deliveries log low-answer-rate
  callbook deliveries pause low-answer-rate --for 3d
  callbook deliveries resume low-answer-rate

In callbook.toml:
  [alerts.email]
  server = \"smtps://user:password@mail.example.com\"
  from = \"callbook@example.com\"

  [[deliveries]]
  name = \"weekly\"
  report = \"answer-rate\"
  period = \"last week\"                 today, yesterday, this month, last 7 days …
  by = \"day\"
  set = { queue = \"Support\" }
  cron = \"0 7 * * MON\"                 minute, hour, day, month, weekday
  tz = \"Europe/Berlin\"
  to = [\"boss@example.com\"]
  attach = [\"csv\", \"xlsx\"]             json, parquet, html

  [[thresholds]]
  name = \"low-answer-rate\"
  report = \"answer-rate\"               or sql = \"SELECT …\"
  period = \"today\"
  column = \"answer_rate_percent\"
  condition = \"< 80\"
  at_least = { inbound = 20 }          rows with less say nothing
  cron = \"*/15 8-18 * * MON-FRI\"
  channels = [\"webhook\", \"email\"]      those of [alerts]
  pause = \"4h\"                         between two alarms

`callbook sync --follow`, with or without --all, does by itself what is due. What was missed while
nothing ran is made up for once.";

/// Send reports by mail on a schedule, and tell when a value crosses a threshold
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Deliveries {
    #[command(subcommand)]
    what: What,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List deliveries and thresholds, and when they are due
    List(list::List),
    /// Do one now, or whatever is due
    Run(run::Run),
    /// Show what was sent to whom
    Log(log::Log),
    /// Leave one out for a while, or until it is resumed
    Pause(pause::Pause),
    /// Let a paused one go on
    Resume(pause::Resume),
}

impl Deliveries {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        let store = Store::open(&config.location()?, Open::Existing).await?;
        match self.what {
            What::List(list) => list.run(&store, &config).await,
            What::Run(run) => run.run(&store, &config).await,
            What::Log(log) => log.run(&store, &config).await,
            What::Pause(pause) => pause.run(&store, &config).await,
            What::Resume(resume) => resume.run(&store, &config).await,
        }
    }
}
