//! `callbook alerts`: is the archive kept current, and does whoever should know know it?

use callbook_alert::{Change, Condition, Kind, Notice};
use callbook_store::{Open, Store};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use super::print_json;
use crate::alerts::{look, origin, tell};
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::say;

const EXAMPLES: &str = "\
Examples:
  callbook alerts check       look, tell webhook and e-mail what is new; for cron
  callbook alerts test        send a test to every channel

In callbook.toml:
  [alerts]
  stale_after_hours = 24      no sync came to its end for so long
  disk_free_mb = 2000         less is free where the archive is
  webhook = \"https://…\"       gets {\"text\": …, \"alerts\": […]} by POST
  [alerts.email]
  server = \"smtps://user:password@mail.example.com\"
  from = \"callbook@example.com\"
  to = [\"it@example.com\"]

`callbook sync --follow`, with or without --all, checks by itself every minute, and `sync --all`
at its end; a cron job with `alerts check` also notices that they have stopped.";

/// Check that the archive is kept current, and tell whoever should know
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Alerts {
    #[command(subcommand)]
    what: What,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Look now; ends with exit code 3 if something is wrong
    Check {
        /// Print as JSON
        #[arg(long)]
        json: bool,
    },
    /// Send a test to every channel
    Test,
}

impl Alerts {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        match self.what {
            What::Check { json } => check(&config, json).await,
            What::Test => test(&config).await,
        }
    }
}

async fn check(config: &Config, json: bool) -> anyhow::Result<ExitCodeNumber> {
    let store = Store::open(&config.location()?, Open::Existing).await?;
    let found = look(&store, config.alerts()).await?;
    let told = tell(&store, config.alerts(), &found).await?;
    if json {
        let condition = |Condition { kind, subject, message }: &Condition| json!({ "kind": kind, "subject": subject, "message": message });
        print_json(&found.iter().map(condition).collect::<Vec<_>>())?;
    } else if found.is_empty() {
        say!("everything is well")?;
    } else {
        found.iter().try_for_each(|condition| say!("{}", condition.message))?;
    }
    Ok(if found.is_empty() && told { failure::OK } else { failure::PARTLY })
}

async fn test(config: &Config) -> anyhow::Result<ExitCodeNumber> {
    let channels = config.alerts().channels();
    if channels.is_empty() {
        let message = "nobody is to be told".to_owned();
        let hint = "give [alerts] a webhook or [alerts.email] in callbook.toml";
        return Err(Usage { message, hint }.into());
    }
    let notice = Notice {
        change: Change::Began,
        kind: Kind::Test,
        subject: "test".to_owned(),
        message: "this is a test of Callbook's alerts: nothing is wrong".to_owned(),
        since: Timestamp::now(),
    };
    let origin = origin(&config.location()?);
    for channel in channels {
        channel.deliver(&origin, std::slice::from_ref(&notice)).await?;
        say!("{}: told", channel.name())?;
    }
    Ok(failure::OK)
}
