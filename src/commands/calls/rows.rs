//! Calls as a table, CSV or JSON, read from the archive piece by piece.

use std::io::Write as _;

use anyhow::Context as _;
use callbook_model::{CallRecord, Party};
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

/// What came of a list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Listed {
    /// Calls gone through.
    pub count: u64,
    /// Those of them that could not be printed.
    pub damaged: u64,
    /// There are calls beyond the limit.
    pub more: bool,
}

impl Rows<'_> {
    /// Hands what `read` makes of each call to `print`; says which calls it can make nothing of.
    async fn each<T>(
        &self,
        read: impl Fn(&CallRow) -> Option<T>,
        mut print: impl FnMut(&CallRow, T) -> anyhow::Result<()>,
    ) -> anyhow::Result<Listed> {
        let (mut left, mut after) = (self.limit, None);
        let mut listed = Listed::default();
        loop {
            let wanted = left.saturating_add(1).min(CHUNK);
            let rows =
                self.store.calls(self.account.key, self.filter.clone(), after, wanted).await?;
            for row in rows.iter().take(left as usize) {
                listed.count += 1;
                if let Some(call) = read(row) {
                    print(row, call)?;
                } else {
                    listed.damaged += 1;
                    let id = &row.id;
                    note!("the archived record {id} is damaged: restore a copy of the archive");
                }
            }
            listed.more = rows.len() as u32 > left;
            if listed.more || (rows.len() as u32) < wanted {
                return Ok(listed);
            }
            left -= rows.len() as u32;
            after = rows.last().map(|row| row.position);
        }
    }

    pub async fn print_json(&self) -> anyhow::Result<Listed> {
        let mut out = std::io::BufWriter::new(std::io::stdout());
        let mut separator = "[\n";
        let print = |_: &CallRow, simple: String| {
            write!(out, "{separator}{simple}").context(CANNOT_WRITE)?;
            separator = ",\n";
            Ok(())
        };
        let listed = self.each(|row| row.json.clone(), print).await?;
        let end = if separator == "[\n" { "[]" } else { "\n]" };
        writeln!(out, "{end}").and_then(|()| out.flush()).context(CANNOT_WRITE)?;
        Ok(listed)
    }

    pub async fn print_csv(&self) -> anyhow::Result<Listed> {
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
            "duration_ms",
            "recorded",
            "deleted",
        ])
        .map_err(unwritten)?;
        let print = |row: &CallRow, record: CallRecord| {
            let start = Timestamp::from_millisecond(record.start_ms)?;
            // Always with milliseconds: some readers take the first row's form for all.
            let start = start.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
            let text = |text: &Option<String>| harmless(text.as_deref().unwrap_or_default());
            let CallRecord { from, to, .. } = &record;
            out.write_record([
                harmless(&row.id),
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
                record.duration_ms.to_string(),
                row.recorded.to_string(),
                row.deleted.to_string(),
            ])
            .map_err(unwritten)
        };
        let listed = self.each(|row| self.decode(row), print).await?;
        out.flush().context(CANNOT_WRITE)?;
        Ok(listed)
    }

    pub async fn print_table(&self, zone: &TimeZone) -> anyhow::Result<Listed> {
        let mut table =
            output::table(&["START", "DIR", "FROM", "TO", "RESULT", "LENGTH", "ID"], &[2, 3]);
        let who = if output::is_narrow(&table) { name_or_number } else { party };
        let print = |row: &CallRow, record: CallRecord| {
            let direction = match record.direction.as_deref() {
                Some("Inbound") => "in",
                Some("Outbound") => "out",
                _ => "?",
            };
            let recorded = if row.recorded { " ●" } else { "" };
            let result = record.result.unwrap_or_default();
            let result = if row.deleted { format!("{result} (deleted)") } else { result };
            table.add_row(output::row([
                time::minute(record.start_ms, zone),
                direction.to_owned(),
                who(&record.from),
                who(&record.to),
                result,
                format!("{:>7}{recorded}", time::length(row.duration_ms)),
                row.id.clone(),
            ]));
            Ok(())
        };
        let listed = self.each(|row| self.decode(row), print).await?;
        if listed.count == 0 {
            note!("no calls found");
        }
        if !table.is_empty() {
            output::print(&table)?;
        }
        Ok(listed)
    }

    fn decode(&self, row: &CallRow) -> Option<CallRecord> {
        CallRecord::decode(row.json.as_deref()?, self.account.home).ok()
    }
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

/// Who, where there is little room.
fn name_or_number(party: &Party) -> String {
    party.name.clone().unwrap_or_else(|| self::party(party))
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
        assert_eq!(harmless("-AbC1"), "'-AbC1");
        assert_eq!(harmless("+16505550112"), "+16505550112");
        assert_eq!(harmless("Ann"), "Ann");
    }
}
