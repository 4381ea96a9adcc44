//! `callbook show`: the path of one call, leg by leg.

mod history;

use std::io::Write as _;

use anyhow::Context as _;
use callbook_model::{CallRecord, Leg, Scope, legs};
use callbook_store::{Account, ArchivedCall, Extension, Names, Store};
use clap::Args;
use jiff::tz::TimeZone;

use crate::commands::calls::party;
use crate::commands::{main_scope, open};
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{self, CANNOT_WRITE, say};
use crate::time;

/// Width of the picture of a leg's place in the call, in characters; and where there is little room.
const BAR: i64 = 24;
const NARROW_BAR: i64 = 10;

const EXAMPLES: &str = "\
Examples:
  callbook show IWvNToLkbo-7zUA              its path, leg by leg
  callbook show IWvNToLkbo-7zUA --json       the record as it was received, byte for byte
  callbook show IWvNToLkbo-7zUA --history    every state it was seen in, and what changed";

/// Show one call's path, leg by leg
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Show {
    /// The record's id, as `callbook calls` lists it
    #[arg(allow_hyphen_values = true)]
    id: String,
    /// Time zone of the times [default: this machine's]
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    /// The account's id or registered name, where the archive holds several
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Print every state that it was seen in, and what changed from one to the next
    #[arg(long)]
    history: bool,
    /// Print the record as it was received; with --history, an array of them all
    #[arg(long)]
    json: bool,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

impl Show {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        let zone = time::zone(self.tz.as_deref())?;
        let (store, account) = open(&config, self.account.as_deref()).await?;
        let mut scope = main_scope(&store, &account).await?;
        let mut call = store.call(account.key, scope, &self.id).await?;
        if call.is_none() {
            scope = Scope::PORTAL;
            call = store.call(account.key, scope, &self.id).await?;
        }
        let Some(call) = call else {
            let message = format!("the archive has no call '{}'", self.id);
            return Err(Usage { message, hint: "`callbook calls` lists ids" }.into());
        };
        if self.history {
            history::print(&store, &account, scope, &self.id, &zone, self.json).await?;
        } else if self.json {
            writeln!(std::io::stdout(), "{}", call.json).context(CANNOT_WRITE)?;
        } else {
            print(&store, &account, &call, &zone).await?;
            if scope == Scope::PORTAL {
                say!("imported from the portal's CSV; --json shows its row")?;
            }
        }
        Ok(failure::OK)
    }
}

/// The call's path in words and a picture.
pub async fn print(
    store: &Store,
    account: &Account,
    call: &ArchivedCall,
    zone: &TimeZone,
) -> anyhow::Result<()> {
    let record = CallRecord::decode(&call.json, account.home)?;
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "?".to_owned());
    say!(
        "{} {} call, {}, {} long",
        time::clock(record.start_ms, zone),
        text(&record.direction).to_lowercase(),
        text(&record.result),
        time::length(record.duration_ms),
    )?;
    say!("from  {}", party(&record.from))?;
    say!("to    {}", party(&record.to))?;
    if call.deleted {
        say!("deleted upstream; kept here")?;
    }
    let legs = legs(&call.json);
    if legs.is_empty() {
        say!("no legs were recorded")?;
        return Ok(());
    }
    let names = store.names(account.key).await?;
    let ends = legs.iter().filter_map(|leg| Some(leg.start_ms? + leg.duration_ms));
    let end_ms = ends.chain([record.start_ms + record.duration_ms]).max().unwrap_or(0);
    let length_ms = (end_ms - record.start_ms).max(1);
    let mut table = output::table(&["AFTER", "", "WHO", "LEG", "RESULT", "LENGTH"], &[2, 4]);
    let width = if output::is_narrow() { NARROW_BAR } else { BAR };
    for leg in &legs {
        let after_ms = leg.start_ms.map_or(0, |start_ms| start_ms - record.start_ms);
        let result = match (&leg.result, &leg.reason) {
            (Some(result), Some(reason)) if result != reason => format!("{result} ({reason})"),
            (Some(result), _) => result.clone(),
            (None, reason) => text(reason),
        };
        let recorded = if leg.recorded { " ●" } else { "" };
        table.add_row(output::row([
            time::length(after_ms),
            bar(after_ms, leg.duration_ms, length_ms, width),
            who(leg, &names, leg.start_ms.unwrap_or(record.start_ms)),
            text(&leg.leg_type),
            format!("{result}{recorded}"),
            time::length(leg.duration_ms),
        ]));
    }
    say!("")?;
    output::print(&table)
}

/// Whose leg it is: an extension's name at that moment, or the far end.
fn who(leg: &Leg, names: &Names, at_ms: i64) -> String {
    let extension = leg.extension_id.and_then(|id| names.at(id, at_ms));
    match extension {
        Some(Extension { name: Some(name), number: Some(number), .. }) => {
            format!("{number} {name}")
        }
        Some(Extension { name: Some(name), .. }) => name.clone(),
        _ => party(&leg.to),
    }
}

/// Where in the call a leg lies.
fn bar(after_ms: i64, duration_ms: i64, length_ms: i64, width: i64) -> String {
    let place = |milliseconds: i64| (milliseconds.clamp(0, length_ms) * width / length_ms) as usize;
    let (start, end) = (place(after_ms).min(width as usize - 1), place(after_ms + duration_ms));
    let filled = end.saturating_sub(start).max(1);
    format!(
        "{}{}{}",
        "·".repeat(start),
        "█".repeat(filled),
        "·".repeat(width as usize - start - filled)
    )
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn a_leg_has_its_place_in_the_call() {
        assert_eq!(bar(0, 60_000, 60_000, 24), "█".repeat(24));
        assert_eq!(
            bar(30_000, 30_000, 60_000, 24),
            format!("{}{}", "·".repeat(12), "█".repeat(12))
        );
        assert_eq!(bar(60_000, 0, 60_000, 24), format!("{}█", "·".repeat(23)));
        assert_eq!(bar(-5, 90_000, 60_000, 24), "█".repeat(24));
    }
}
