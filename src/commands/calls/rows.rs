//! Calls as a table, CSV or JSON, read from the archive piece by piece.

use std::io::Write as _;

use anyhow::Context as _;
use callbook_model::{CallRecord, Party, Region};
use callbook_store::{Account, CallFilter, CallRow, Store};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::output::{self, CANNOT_WRITE, note};
use crate::time;

/// Rows read at a time.
const CHUNK: u32 = 1000;

/// The calls that were asked for, read piece by piece.
pub struct Rows<'a> {
    pub store: &'a Store,
    pub account: &'a Account,
    pub filter: CallFilter,
    /// How many at most.
    pub limit: u32,
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

    pub async fn print_json(&self) -> anyhow::Result<()> {
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

    pub async fn print_csv(&self) -> anyhow::Result<()> {
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
    pub async fn print_table(&self, zone: &TimeZone) -> anyhow::Result<Option<u64>> {
        let mut table =
            output::table(&["START", "", "FROM", "TO", "RESULT", "LENGTH", "ID"], &[2, 3]);
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
                let recorded = if row.recorded { " ●" } else { "" };
                let result = record.result.unwrap_or_default();
                let result = if row.deleted { format!("{result} (deleted)") } else { result };
                table.add_row(output::row([
                    time::minute(record.start_ms, zone),
                    arrow.to_owned(),
                    party(&record.from),
                    party(&record.to),
                    result,
                    format!("{:>7}{recorded}", time::length(row.duration_ms)),
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

/// Who, for people: what to dial, and a name. The number comes first, for tables cut the end off.
pub fn party(party: &Party) -> String {
    let number = party.phone_number.as_deref().or(party.extension_number.as_deref());
    match (&party.name, number) {
        (Some(name), Some(number)) => format!("{number} {name}"),
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
