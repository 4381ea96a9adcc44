//! Calls as a table, CSV or JSON, read from the archive piece by piece.

use std::io::Write as _;

use anyhow::Context as _;
use callbook_exchange::{Calls, Format, Notice, Query, Source, View, write_calls};
use callbook_model::{CallRecord, Party};
use callbook_store::{Account, CallFilter, CallRow, Names, Store};
use jiff::tz::TimeZone;

use crate::output::{self, Array, CANNOT_WRITE, note};
use crate::time;

const WIDE: [&str; 7] = ["START", "DIR", "FROM", "TO", "RESULT", "LENGTH", "ID"];

/// The calls that were asked for.
pub struct Rows<'a> {
    pub store: &'a Store,
    pub account: &'a Account,
    pub filter: CallFilter,
    pub sources: Source,
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
    async fn calls(&self, view: View) -> anyhow::Result<Calls> {
        let (filter, sources, limit) = (self.filter.clone(), self.sources, self.limit);
        let query = Query { filter, sources, view, limit };
        Ok(Calls::new(self.store, self.account.key, query).await?)
    }

    /// Hands what `read` makes of each call to `print`; says which calls it can make nothing of.
    async fn each<T>(
        &self,
        read: impl Fn(&CallRow) -> Option<T>,
        mut print: impl FnMut(&CallRow, T) -> anyhow::Result<()>,
    ) -> anyhow::Result<Listed> {
        let mut calls = self.calls(View::Simple).await?;
        let mut listed = Listed::default();
        while let Some(row) = calls.next().await? {
            listed.count += 1;
            if let Some(call) = read(&row.call) {
                print(&row.call, call)?;
            } else {
                listed.damaged += 1;
                note_damaged(&row.call.id);
            }
        }
        listed.more = calls.has_more().await?;
        Ok(listed)
    }

    pub async fn print_json(&self) -> anyhow::Result<Listed> {
        let mut array = Array::new();
        let listed = self.each(|row| row.json.clone(), |_, simple| array.push(&simple)).await?;
        array.end()?;
        Ok(listed)
    }

    pub async fn print_csv(&self) -> anyhow::Result<Listed> {
        let calls = self.calls(View::Detailed).await?;
        let format = Format::Csv { byte_order_mark: false };
        let mut notice = |notice: Notice<'_>| {
            if let Notice::Damaged(id) = notice {
                note_damaged(id);
            }
        };
        let out = std::io::stdout();
        let (mut out, exported) =
            write_calls(self.store, self.account, calls, format, out, &mut notice).await?;
        out.flush().context(CANNOT_WRITE)?;
        let count = exported.records + exported.damaged;
        Ok(Listed { count, damaged: exported.damaged, more: false })
    }

    pub async fn print_table(&self, zone: &TimeZone) -> anyhow::Result<Listed> {
        // Where there is little room, who called whom has a line of its own.
        let narrow = output::is_narrow();
        let (mut table, mut below) = match narrow {
            true => (output::table(&["START", "DIR", "RESULT", "LENGTH", "ID"], &[2]), Vec::new()),
            false => (output::table(&WIDE, &[2, 3]), Vec::new()),
        };
        let names = self.store.names(self.account.key).await?;
        let print = |row: &CallRow, mut record: CallRecord| {
            name(&mut record.from, &names, record.start_ms);
            name(&mut record.to, &names, record.start_ms);
            let direction = match record.direction.as_deref() {
                Some("Inbound") => "in",
                Some("Outbound") => "out",
                _ => "?",
            };
            let recorded = if row.recorded { " ●" } else { "" };
            let result = record.result.unwrap_or_default();
            let result = if row.deleted { format!("{result} (deleted)") } else { result };
            let (from, to) = (party(&record.from), party(&record.to));
            let mut cells = vec![time::minute(record.start_ms, zone), direction.to_owned()];
            if narrow {
                below.push(format!("{from} → {to}"));
            } else {
                cells.extend([from, to]);
            }
            let length = format!("{:>7}{recorded}", time::length(row.duration_ms));
            cells.extend([result, length, row.id.clone()]);
            table.add_row(output::row(cells));
            Ok(())
        };
        let listed = self.each(|row| self.decode(row), print).await?;
        if listed.count == 0 {
            note!("no calls found");
        }
        match (table.is_empty(), narrow) {
            (true, _) => {}
            (false, true) => output::print_with(&table, &below)?,
            (false, false) => output::print(&table)?,
        }
        Ok(listed)
    }

    fn decode(&self, row: &CallRow) -> Option<CallRecord> {
        CallRecord::decode(row.json.as_deref()?, self.account.home).ok()
    }
}

/// Gives an extension that a record does not name the name that it had then.
fn name(party: &mut Party, names: &Names, at_ms: i64) {
    let extension = party.extension_id.and_then(|id| names.at(id, at_ms));
    if let (None, Some(extension)) = (&party.name, extension) {
        party.name = extension.name.clone();
    }
}

/// Says that a call cannot be shown.
pub fn note_damaged(id: &str) {
    note!("the archived record {id} is damaged: restore a copy of the archive");
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
