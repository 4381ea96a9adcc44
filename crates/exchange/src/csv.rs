//! CSV as RFC 4180 has it, without formulas.

use std::borrow::Cow;
use std::io::Write;

use jiff::Timestamp;

use crate::Error;
use crate::column::{COLUMNS, Cell};
use crate::format::Table;
use crate::row::Row;

/// Tells Excel that the text is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

pub(crate) struct CsvTable<W: Write> {
    out: csv::Writer<W>,
}

impl<W: Write> CsvTable<W> {
    pub(crate) fn new(mut out: W, byte_order_mark: bool) -> Result<Self, Error> {
        if byte_order_mark {
            out.write_all(BYTE_ORDER_MARK.as_bytes())?;
        }
        let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        out.write_record(COLUMNS.iter().map(|column| column.name))?;
        Ok(Self { out })
    }
}

impl<W: Write> Table for CsvTable<W> {
    type Out = W;

    fn write(&mut self, row: &Row) -> Result<(), Error> {
        for column in &COLUMNS {
            self.out.write_field(field((column.of)(row)).as_bytes())?;
        }
        self.out.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn finish(self) -> Result<W, Error> {
        self.out.into_inner().map_err(|error| Error::Write(error.into_error()))
    }
}

fn field(cell: Cell<'_>) -> Cow<'_, str> {
    match cell {
        Cell::Empty => "".into(),
        Cell::Text(text) => harmless(text),
        Cell::Id(text) => text,
        Cell::Number(number) => number.to_string().into(),
        Cell::Flag(flag) => flag.to_string().into(),
        Cell::Moment(milliseconds) => moment(milliseconds).into(),
    }
}

/// Always with milliseconds: some readers take the first row's form for all.
fn moment(milliseconds: i64) -> String {
    let moment = Timestamp::from_millisecond(milliseconds).ok();
    moment.map_or_else(String::new, |moment| moment.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string())
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
        assert_eq!(moment(1_704_067_200_000), "2024-01-01T00:00:00.000Z");
        assert_eq!(moment(i64::MAX), "");
    }
}
