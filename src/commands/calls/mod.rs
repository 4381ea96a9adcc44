//! `callbook calls`: search the archive.

mod rows;

use callbook_exchange::Source;
use callbook_store::{Account, CallFilter, Store};
use clap::Args;
use jiff::tz::TimeZone;

use self::rows::Rows;
pub use self::rows::{note_damaged, party};
use super::filter::{Filter, Meant, everything};
use super::main_scope;
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber};
use crate::output::note;

/// Rows of a table, unless told otherwise.
const TABLE_ROWS: u32 = 50;

const EXAMPLES: &str = "\
Examples:
  callbook calls                                       the newest
  callbook calls --from 2024-01-01 --to 2024-01-31     January 2024
  callbook calls --number '(650) 555-0112'             with this number
  callbook calls --queue Support --result Abandoned    who hung up on Support
  callbook calls --extension 101 --recorded --csv      as CSV, for a spreadsheet
  callbook calls --min-duration 30m --json             as JSON, records as they were received";

/// List calls of the archive, newest first
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Calls {
    #[command(flatten)]
    filter: Filter,
    /// How many at most; 0 for all [default: 50 in a table, else all]
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Print the records as a JSON array, without legs
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print as CSV, with the columns of `callbook export`
    #[arg(long)]
    csv: bool,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

impl Calls {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        let meant = self.filter.open(&config).await?;
        let as_table = !self.json && !self.csv;
        let limit = match self.limit {
            None if as_table => TABLE_ROWS,
            None | Some(0) => u32::MAX,
            Some(limit) => limit,
        };
        let Meant { store, account, filter, sources, zone } = meant;
        let result = filter.result.clone().map(|result| (result, filter.scope));
        let rows = Rows { store: &store, account: &account, filter, sources, limit };
        let listed = match (self.json, self.csv) {
            (true, _) => rows.print_json().await?,
            (_, true) => rows.print_csv().await?,
            _ => rows.print_table(&zone).await?,
        };
        if let Some((result, scope)) = result.filter(|_| listed.count == 0) {
            let any = CallFilter { scope, result: Some(result.clone()), ..everything() };
            if store.calls(account.key, any, None, 1).await?.is_empty() {
                note!(
                    "no call of the archive ever ended as '{result}': Accepted, Missed and so on"
                );
            }
        }
        if as_table && listed.more {
            note!("the newest {} of more; --limit 0 shows all", listed.count);
        }
        Ok(if listed.damaged > 0 { failure::PARTLY } else { failure::OK })
    }
}

/// The newest calls as a table.
pub async fn print_newest(store: &Store, account: &Account, limit: u32) -> anyhow::Result<()> {
    let mut filter = everything();
    filter.scope = main_scope(store, account).await?;
    let rows = Rows { store, account, filter, sources: Source::All, limit };
    rows.print_table(&TimeZone::system()).await?;
    Ok(())
}
