//! `callbook calls`: search the archive.

use std::io::Write as _;

use anyhow::Context as _;
use callbook_model::{CallRecord, ExtensionId, Key, Party, Region, Scope, Span, number_key};
use callbook_store::{Account, CallFilter, CallRow, Extension, Store};
use clap::{Args, ValueEnum};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::open;
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{self, CANNOT_WRITE, note};
use crate::time;

/// Rows read at a time.
const CHUNK: u32 = 1000;
/// Rows of a table, unless told otherwise.
const TABLE_ROWS: u32 = 50;

const EXAMPLES: &str = "\
Examples:
  callbook calls                                       the newest
  callbook calls --from 2024-01-01 --to 2024-01-31     January 2024
  callbook calls --number '(650) 555-0112'             with this number, however it is written
  callbook calls --queue Support --result Abandoned    who hung up on Support
  callbook calls --extension 101 --recorded --csv      as CSV, for a spreadsheet
  callbook calls --min-duration 30m --json             as JSON, records as they were received";

/// List calls of the archive, newest first
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Calls {
    /// The first day, or moment
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// The last day, or moment
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// A number that called or was called
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
    /// A user's or queue's short number, name or id
    #[arg(long, value_name = "WHO")]
    extension: Option<String>,
    /// A call queue's short number, name or id
    #[arg(long, value_name = "QUEUE")]
    queue: Option<String>,
    /// Inbound or outbound
    #[arg(long)]
    direction: Option<Direction>,
    /// How it ended, such as Accepted, Missed, Voicemail, Abandoned
    #[arg(long)]
    result: Option<String>,
    /// Calls with a recording
    #[arg(long)]
    recorded: bool,
    /// Calls that lasted at least so long: seconds, or 90s, 5m, 1h30m
    #[arg(long, value_name = "LENGTH")]
    min_duration: Option<String>,
    /// Also calls that were deleted upstream
    #[arg(long)]
    deleted: bool,
    /// How many at most; 0 for all [default: 50 in a table, else all]
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Time zone of days and times [default: this machine's]
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    /// The account's id, where the archive holds several
    #[arg(long, value_name = "ID")]
    account: Option<u64>,
    /// Print the records as a JSON array, without legs
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print as CSV
    #[arg(long)]
    csv: bool,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Direction {
    Inbound,
    Outbound,
}

impl Calls {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        let zone = time::zone(self.tz.as_deref())?;
        let mut filter = self.filter(&zone)?;
        let (store, account) = open(&config, self.account).await?;
        filter.keys = self.keys(&store, &account).await?;
        let limit = match self.limit {
            None if !self.json && !self.csv => TABLE_ROWS,
            None | Some(0) => u32::MAX,
            Some(limit) => limit,
        };
        let rows = Rows { store: &store, account: &account, filter, limit };
        match (self.json, self.csv) {
            (true, _) => rows.print_json().await?,
            (_, true) => rows.print_csv().await?,
            _ => {
                if let Some(count) = rows.print_table(&zone).await? {
                    note!("the newest {count} of more; --limit 0 shows all");
                }
            }
        }
        Ok(failure::OK)
    }

    /// Everything but the keys.
    fn filter(&self, zone: &TimeZone) -> anyhow::Result<CallFilter> {
        let span = time::span(self.from.as_deref(), self.to.as_deref(), zone)?;
        let mut filter = CallFilter::new(Scope::Account, span);
        filter.direction = self.direction.map(|direction| format!("{direction:?}"));
        filter.result = self.result.clone();
        filter.recorded = self.recorded.then_some(true);
        filter.min_duration_ms = self.min_duration.as_deref().map(time::length_ms).transpose()?;
        filter.deleted = self.deleted;
        Ok(filter)
    }

    async fn keys(&self, store: &Store, account: &Account) -> anyhow::Result<Vec<Key>> {
        let mut keys = Vec::new();
        if let Some(number) = &self.number {
            let key = number_key(number, account.home).ok_or_else(|| Usage {
                message: format!("'{number}' is no phone number"),
                hint: "write +16505550112, or as it is dialled at home",
            })?;
            keys.push(Key::Number(key));
        }
        if self.extension.is_none() && self.queue.is_none() {
            return Ok(keys);
        }
        let extensions = store.extensions(account.key).await?;
        if let Some(wanted) = &self.extension {
            keys.push(Key::Extension(find(&extensions, wanted, "extension")?));
        }
        if let Some(wanted) = &self.queue {
            let queues: Vec<_> = extensions
                .into_iter()
                .filter(|each| each.kind.as_deref() == Some("Department"))
                .collect();
            keys.push(Key::Extension(find(&queues, wanted, "queue")?));
        }
        Ok(keys)
    }
}

/// The newest calls as a table.
pub async fn print_newest(store: &Store, account: &Account, limit: u32) -> anyhow::Result<()> {
    let span = Span { from: Timestamp::MIN, to: Timestamp::MAX };
    let filter = CallFilter::new(Scope::Account, span);
    Rows { store, account, filter, limit }.print_table(&TimeZone::system()).await?;
    Ok(())
}

/// By short number, name in any case, or id.
fn find(extensions: &[Extension], wanted: &str, what: &str) -> Result<ExtensionId, Usage> {
    let by_number = |each: &&Extension| each.number.as_deref() == Some(wanted);
    let by_name = |each: &&Extension| {
        each.name.as_ref().is_some_and(|name| name.to_lowercase() == wanted.to_lowercase())
    };
    let by_id = |each: &&Extension| each.id.to_string() == wanted;
    let found = extensions.iter().find(by_number);
    let found = found.or_else(|| extensions.iter().find(by_name));
    let found = found.or_else(|| extensions.iter().find(by_id));
    found.map(|each| each.id).ok_or_else(|| Usage {
        message: format!("the archive knows no {what} '{wanted}'"),
        hint: "give its short number, its whole name or its id",
    })
}

/// The calls that were asked for, read piece by piece.
struct Rows<'a> {
    store: &'a Store,
    account: &'a Account,
    filter: CallFilter,
    limit: u32,
}

impl Rows<'_> {
    /// Hands each call to `print`; says whether there are more.
    async fn each(
        &self,
        mut print: impl FnMut(&CallRow) -> anyhow::Result<()>,
    ) -> anyhow::Result<bool> {
        let (mut left, mut after) = (self.limit, None);
        loop {
            let wanted = left.saturating_add(1).min(CHUNK);
            let rows =
                self.store.calls(self.account.key, self.filter.clone(), after, wanted).await?;
            for row in rows.iter().take(left as usize) {
                print(row)?;
            }
            if rows.len() as u32 > left {
                return Ok(true);
            }
            if (rows.len() as u32) < wanted {
                return Ok(false);
            }
            left -= rows.len() as u32;
            after = rows.last().map(|row| row.position);
        }
    }

    async fn print_json(&self) -> anyhow::Result<()> {
        let mut out = std::io::BufWriter::new(std::io::stdout());
        let mut separator = "[\n";
        self.each(|row| {
            write!(out, "{separator}{}", row.simple).context(CANNOT_WRITE)?;
            separator = ",\n";
            Ok(())
        })
        .await?;
        let end = if separator == "[\n" { "[]" } else { "\n]" };
        writeln!(out, "{end}").and_then(|()| out.flush()).context(CANNOT_WRITE)
    }

    async fn print_csv(&self) -> anyhow::Result<()> {
        let mut out = csv::Writer::from_writer(std::io::stdout());
        out.write_record([
            "id",
            "start",
            "type",
            "direction",
            "from_number",
            "from_extension",
            "from_name",
            "to_number",
            "to_extension",
            "to_name",
            "action",
            "result",
            "duration_seconds",
            "recorded",
            "deleted",
        ])
        .map_err(unwritten)?;
        self.each(|row| {
            let Some(record) = decode(row, self.account.home) else { return Ok(()) };
            let start = Timestamp::from_millisecond(record.start_ms)?.to_string();
            let seconds = (record.duration_ms as f64 / 1000.0).to_string();
            let text = |text: &Option<String>| harmless(text.as_deref().unwrap_or_default());
            let CallRecord { from, to, .. } = &record;
            out.write_record([
                row.id.clone(),
                start,
                text(&record.call_type),
                text(&record.direction),
                text(&from.phone_number),
                text(&from.extension_number),
                text(&from.name),
                text(&to.phone_number),
                text(&to.extension_number),
                text(&to.name),
                text(&record.action),
                text(&record.result),
                seconds,
                row.recorded.to_string(),
                row.deleted.to_string(),
            ])
            .map_err(unwritten)
        })
        .await?;
        out.flush().context(CANNOT_WRITE)
    }

    /// How many were printed, if there are more.
    async fn print_table(&self, zone: &TimeZone) -> anyhow::Result<Option<u64>> {
        let mut table =
            output::table(&["START", "", "FROM", "TO", "RESULT", "LENGTH", "REC", "ID"]);
        let mut count = 0u64;
        let more = self
            .each(|row| {
                let Some(record) = decode(row, self.account.home) else { return Ok(()) };
                count += 1;
                let arrow = match record.direction.as_deref() {
                    Some("Inbound") => "→",
                    Some("Outbound") => "←",
                    _ => "?",
                };
                let result = record.result.unwrap_or_default();
                let result = if row.deleted { format!("{result} (deleted)") } else { result };
                table.add_row(output::row([
                    time::clock(record.start_ms, zone),
                    arrow.to_owned(),
                    party(&record.from),
                    party(&record.to),
                    result,
                    time::length(row.duration_ms),
                    if row.recorded { "●" } else { "" }.to_owned(),
                    row.id.clone(),
                ]));
                Ok(())
            })
            .await?;
        if count == 0 {
            note!("no calls found");
            return Ok(None);
        }
        output::print(&table)?;
        Ok(more.then_some(count))
    }
}

fn decode(row: &CallRow, home: Region) -> Option<CallRecord> {
    CallRecord::decode(&row.simple, home).ok()
}

/// What went wrong in writing, which the CSV writer wraps.
fn unwritten(error: csv::Error) -> anyhow::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(source) => anyhow::Error::new(source).context(CANNOT_WRITE),
        kind => anyhow::anyhow!("{CANNOT_WRITE}: {kind:?}"),
    }
}

/// Who, for people: a name and what to dial.
pub fn party(party: &Party) -> String {
    let number = party.phone_number.as_deref().or(party.extension_number.as_deref());
    match (&party.name, number) {
        (Some(name), Some(number)) => format!("{name} {number}"),
        (Some(name), None) => name.clone(),
        (None, Some(number)) => number.to_owned(),
        (None, None) => "unknown".to_owned(),
    }
}

/// A cell that no spreadsheet takes for a formula: callers choose their names.
fn harmless(text: &str) -> String {
    let mut characters = text.chars();
    let formula = match characters.next() {
        Some('=' | '@' | '\t' | '\r') => true,
        Some('+' | '-') => !characters.all(|rest| rest.is_ascii_digit()),
        _ => false,
    };
    if formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn formulas_are_defused_and_numbers_are_not() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("+1+cmd|' /C calc'!A0"), "'+1+cmd|' /C calc'!A0");
        assert_eq!(harmless("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(harmless("+16505550112"), "+16505550112");
        assert_eq!(harmless("Ann"), "Ann");
    }
}
