//! Workbooks for spreadsheets, written without holding them in memory.

use std::io::Write;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::column::{COLUMNS, Column, Kind};
use crate::format::Table;
use crate::row::Row;
use crate::{Cell, Error};

/// Rows of a sheet, its heads among them: no spreadsheet takes more.
const SHEET_ROWS: u32 = 1_048_576;

/// Characters of a cell.
const CELL_LENGTH: usize = 32_767;

/// A workbook while it is written.
pub struct Sheets<W: Write + Send> {
    out: W,
    workbook: Workbook,
    name: String,
    columns: Vec<(String, f64)>,
    bold: Format,
    moment: Format,
    sheets: usize,
    /// Where the next row goes.
    row: u32,
    sheet_rows: u32,
}

impl<W: Write + Send> Sheets<W> {
    /// Begins a sheet of this name; each column has a name, and a width in characters. What does not fit goes to
    /// further sheets.
    ///
    /// # Errors
    /// When no sheet can have that name.
    pub fn new(out: W, name: &str, columns: Vec<(String, f64)>) -> Result<Self, Error> {
        Self::with_rows(out, name, columns, SHEET_ROWS)
    }

    /// A sheet has at most `sheet_rows` rows.
    fn with_rows(
        out: W,
        name: &str,
        columns: Vec<(String, f64)>,
        sheet_rows: u32,
    ) -> Result<Self, Error> {
        let bold = Format::new().set_bold();
        let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        let (workbook, name, sheets, row) = (Workbook::new(), name.to_owned(), 0, 0);
        let mut table =
            Self { out, workbook, name, columns, bold, moment, sheets, row, sheet_rows };
        table.add_sheet()?;
        Ok(table)
    }

    /// With the columns of calls.
    pub(crate) fn of_calls(out: W) -> Result<Self, Error> {
        Self::new(out, "Calls", call_columns())
    }

    fn add_sheet(&mut self) -> Result<(), XlsxError> {
        self.sheets += 1;
        let name = match self.sheets {
            1 => self.name.clone(),
            number => format!("{} {number}", self.name),
        };
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        sheet.set_name(name)?.set_freeze_panes(1, 0)?;
        for (place, (name, width)) in (0..).zip(&self.columns) {
            sheet.set_column_width(place, *width)?;
            sheet.write_string_with_format(0, place, name, &self.bold)?;
        }
        self.row = 1;
        Ok(())
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_row<'c>(
        &mut self,
        cells: impl IntoIterator<Item = Cell<'c>>,
    ) -> Result<(), Error> {
        if self.row == self.sheet_rows {
            self.add_sheet()?;
        }
        let sheet = self.workbook.worksheet_from_index(self.sheets - 1)?;
        for (place, cell) in (0..).zip(cells) {
            write_cell(sheet, (self.row, place), cell, &self.moment)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Writes all of it, and gives back what it was written to.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> Result<W, Error> {
        self.workbook.save_to_writer(&mut self.out)?;
        Ok(self.out)
    }
}

fn call_columns() -> Vec<(String, f64)> {
    COLUMNS.iter().map(|column| (column.name.to_owned(), width(column))).collect()
}

fn width(column: &Column<Row>) -> f64 {
    match column.kind {
        Kind::Moment => 19.0,
        Kind::Text => 16.0,
        Kind::Number | Kind::Flag => 12.0,
    }
}

impl<W: Write + Send> Table for Sheets<W> {
    type Out = W;

    fn write(&mut self, row: &Row) -> Result<(), Error> {
        self.write_row(COLUMNS.iter().map(|column| (column.of)(row)))
    }

    fn finish(self) -> Result<W, Error> {
        Self::finish(self)
    }
}

/// Texts are always texts, whatever they look like: ids keep their digits, and nothing is a formula.
fn write_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: Cell<'_>,
    moment: &Format,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) | Cell::Id(text) => {
            let end = text.char_indices().nth(CELL_LENGTH).map_or(text.len(), |(end, _)| end);
            sheet.write_string(row, column, &text[..end])?;
        }
        Cell::Number(number) => drop(sheet.write_number(row, column, number as f64)?),
        Cell::Flag(flag) => drop(sheet.write_boolean(row, column, flag)?),
        Cell::Float(number) => drop(sheet.write_number(row, column, number)?),
        Cell::Decimal(number) => match number.parse::<f64>() {
            Ok(number) => drop(sheet.write_number(row, column, number)?),
            Err(_) => drop(sheet.write_string(row, column, number)?),
        },
        Cell::Moment(milliseconds) | Cell::Clock(milliseconds) => {
            // Spreadsheets know no moment before 1900; a record that has one is damaged or absurd.
            if let Ok(date) = ExcelDateTime::from_timestamp(milliseconds.div_euclid(1000)) {
                sheet.write_datetime_with_format(row, column, &date, moment)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use callbook_model::{AccountId, Region, Scope, Span};
    use callbook_store::{Batch, CallFilter, Decoder, Location, Open, Store};
    use jiff::Timestamp;

    use super::*;
    use crate::row::RowReader;
    use crate::{Calls, Query, Source, View};

    #[tokio::test]
    async fn what_does_not_fit_goes_on_on_the_next_sheet() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("a.db"));
        let store = Store::open(&location, Open::OrCreate).await.unwrap();
        let account = store.put_account(AccountId(1), "http://a", None, Region::US).await.unwrap();
        let lock = store.lock_sync(account.key).await.unwrap();
        let json = |n| format!(r#"{{"id":"{n}","startTime":"2024-01-01T00:00:0{n}Z"}}"#);
        let mut decoder = Decoder::new(Region::US).unwrap();
        let records = (0..5).map(|n| decoder.decode(&json(n)).unwrap().unwrap()).collect();
        let batch = Batch { records, ..Batch::default() };
        store.commit(&lock, Scope::Account, batch).await.unwrap();

        let span = Span { from: Timestamp::MIN, to: Timestamp::MAX };
        let filter = CallFilter::new(Scope::Account, span);
        let query = Query { filter, sources: Source::All, view: View::Detailed, limit: 5 };
        let mut calls = Calls::new(&store, account.key, query).await.unwrap();
        let reader = RowReader::new(account, callbook_store::Names::default());
        // Heads and two calls each.
        let mut table = Sheets::with_rows(Vec::new(), "Calls", call_columns(), 3).unwrap();
        while let Some(listed) = calls.next().await.unwrap() {
            table.write(&reader.read(listed).unwrap()).unwrap();
        }
        let names: Vec<String> =
            table.workbook.worksheets().iter().map(|sheet| sheet.name()).collect();
        assert_eq!((names.join(","), table.row), ("Calls,Calls 2,Calls 3".to_owned(), 2));
        assert!(table.finish().unwrap().starts_with(b"PK"));
    }
}
