//! `callbook directory`: who and what the company has, and had.

mod history;
mod hours;
mod list;

use callbook_model::DirectoryKind;
use callbook_store::{Account, Fact, Store};
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::open;
use crate::config::{Config, Sources};
use crate::failure::ExitCodeNumber;

const EXAMPLES: &str = "\
Examples:
  callbook directory list                           the people, and the queues that they answer
  callbook directory list queues --at 2024-01-31    the queues of that day, and who answered them
  callbook directory history                        who came, went and changed names or queues
  callbook directory history people 102 --json      everything that is known of one person";

/// Show people, queues, numbers, sites and business hours, as they are or were
///
/// `callbook sync` looks at them once a day. What changed did so at some time since the look before; what was there
/// at the first look counts as having been so before.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Directory {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    List(list::List),
    History(history::History),
}

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Topic {
    People,
    Queues,
    Numbers,
    Sites,
    Hours,
}

/// Of which archive and account, and how.
#[derive(Debug, Args)]
struct Common {
    /// Time zone of days and times [default: this machine's]
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    /// The account's id or registered name, where the archive holds several
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

impl Directory {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        match self.what {
            What::List(list) => list.run().await,
            What::History(history) => history.run().await,
        }
    }
}

impl Common {
    async fn open(&self) -> anyhow::Result<(Store, Account)> {
        open(&Config::load(&self.sources)?, self.account.as_deref()).await
    }
}

impl Topic {
    fn kind(self) -> DirectoryKind {
        match self {
            Self::People => DirectoryKind::Extension,
            Self::Queues => DirectoryKind::Queue,
            Self::Numbers => DirectoryKind::Number,
            Self::Sites => DirectoryKind::Site,
            Self::Hours => DirectoryKind::Hours,
        }
    }

    /// Queues, menus and sites have extensions as well.
    fn has(self, fact: &Fact) -> bool {
        let others = ["Department", "IvrMenu", "Site"];
        self != Self::People || !fact.entry.r#type.as_deref().is_some_and(|it| others.contains(&it))
    }
}

/// A fact with its dates, and what it is as it came.
fn as_json(fact: &Fact) -> Value {
    let moment = |ms| Timestamp::from_millisecond(ms).ok();
    json!({
        "kind": fact.kind,
        "list_extension_id": Some(fact.part).filter(|part| *part != 0),
        "id": fact.entry.id,
        "extension_id": fact.entry.extension,
        "number": fact.entry.number,
        "name": fact.entry.name,
        "type": fact.entry.r#type,
        "status": fact.entry.status,
        "department": fact.entry.department,
        "site_id": fact.entry.site,
        "valid_from": moment(fact.valid_from_ms),
        "valid_to": fact.valid_to_ms.and_then(moment),
        "entry": serde_json::from_str::<Value>(&fact.entry.json).ok(),
    })
}
