//! CSV as RFC 4180 has it, without formulas.

use std::borrow::Cow;
use std::io::Write;

use jiff::Timestamp;

use crate::column::COLUMNS;
use crate::format::Table;
use crate::row::Row;
use crate::{Cell, Error};

/// Tells Excel that the text is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Comma-separated values while they are written.
pub struct Csv<W: Write> {
    out: csv::Writer<W>,
}

impl<W: Write> Csv<W> {
    /// Begins with the names of the columns; with a byte order mark, if Excel is to open it by a double click.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new<'n>(
        mut out: W,
        byte_order_mark: bool,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Self, Error> {
        if byte_order_mark {
            out.write_all(BYTE_ORDER_MARK.as_bytes())?;
        }
        let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        out.write_record(names)?;
        Ok(Self { out })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_row<'c>(
        &mut self,
        cells: impl IntoIterator<Item = Cell<'c>>,
    ) -> Result<(), Error> {
        for cell in cells {
            self.out.write_field(field(cell).as_bytes())?;
        }
        self.out.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Gives back what it was written to.
    ///
    /// # Errors
    /// When the last of it cannot be written.
    pub fn finish(self) -> Result<W, Error> {
        self.out.into_inner().map_err(|error| Error::Write(error.into_error()))
    }
}

impl<W: Write> Table for Csv<W> {
    type Out = W;

    fn write(&mut self, row: &Row) -> Result<(), Error> {
        self.write_row(COLUMNS.iter().map(|column| (column.of)(row)))
    }

    fn finish(self) -> Result<W, Error> {
        Self::finish(self)
    }
}

fn field(cell: Cell<'_>) -> Cow<'_, str> {
    match cell {
        Cell::Empty => "".into(),
        Cell::Text(text) => harmless(text),
        Cell::Id(text) => text,
        Cell::Number(number) => number.to_string().into(),
        Cell::Float(number) => number.to_string().into(),
        Cell::Decimal(number) => number.into(),
        Cell::Flag(flag) => flag.to_string().into(),
        Cell::Moment(milliseconds) => shown(milliseconds, "%Y-%m-%dT%H:%M:%S.%3fZ").into(),
        Cell::Clock(milliseconds) => shown(milliseconds, "%Y-%m-%dT%H:%M:%S.%3f").into(),
    }
}

/// Always with milliseconds: some readers take the first row's form for all.
fn shown(milliseconds: i64, form: &str) -> String {
    let moment = Timestamp::from_millisecond(milliseconds).ok();
    moment.map_or_else(String::new, |moment| moment.strftime(form).to_string())
}

/// A text that no spreadsheet takes for a formula: callers choose their names. Phone numbers stay as they are.
fn harmless(text: Cow<'_, str>) -> Cow<'_, str> {
    let mut characters = text.chars();
    let formula = match characters.next() {
        // Some spreadsheets read the wide ones as well.
        Some('=' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => true,
        Some('+' | '-') => !characters.all(|rest| rest.is_ascii_digit()),
        _ => false,
    };
    if formula { format!("'{text}").into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused_and_numbers_are_not() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-AbC1", "'-AbC1"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("＝1", "'＝1"),
            ("+16505550112", "+16505550112"),
            ("Ann", "Ann"),
            ("", ""),
        ] {
            assert_eq!(harmless(text.into()), expected);
        }
    }

    #[test]
    fn moments_have_one_form() {
        assert_eq!(field(Cell::Moment(1_704_067_200_000)), "2024-01-01T00:00:00.000Z");
        assert_eq!(field(Cell::Clock(1_704_067_200_000)), "2024-01-01T00:00:00.000");
        assert_eq!(field(Cell::Moment(i64::MAX)), "");
    }
}
