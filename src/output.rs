//! Lines, tables and numbers for people.

use std::io::{BufWriter, Stdout, Write as _};

use anyhow::Context as _;
use comfy_table::{ColumnConstraint, ContentArrangement, Row, Table, Width, presets};

use crate::progress;

/// Prints a line of data. `println!` would panic when its reader has gone or the disk is full.
macro_rules! say {
    ($($text:tt)*) => { $crate::output::line(&format!($($text)*)) };
}

/// Prints a line about what happens; without anybody to read it, there is nothing to be done.
macro_rules! note {
    ($($text:tt)*) => { $crate::output::note_line(&format!($($text)*)) };
}

pub(crate) use {note, say};

/// What an error in writing data is about.
pub const CANNOT_WRITE: &str = "cannot write the output";

/// See [`say`].
pub fn line(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout(), "{}", printable(text)).context(CANNOT_WRITE)
}

/// See [`note`].
pub fn note_line(text: &str) {
    let _ = progress::aside(|| writeln!(std::io::stderr(), "{}", printable(text)));
}

/// A JSON array of many values, printed one after the other.
pub struct Array {
    out: BufWriter<Stdout>,
    empty: bool,
}

impl Array {
    pub fn new() -> Self {
        Self { out: BufWriter::new(std::io::stdout()), empty: true }
    }

    /// Adds a value, as JSON.
    pub fn push(&mut self, json: &str) -> anyhow::Result<()> {
        let separator = if self.empty { "[\n" } else { ",\n" };
        self.empty = false;
        write!(self.out, "{separator}{json}").context(CANNOT_WRITE)
    }

    pub fn end(mut self) -> anyhow::Result<()> {
        let end = if self.empty { "[]" } else { "\n]" };
        writeln!(self.out, "{end}").and_then(|()| self.out.flush()).context(CANNOT_WRITE)
    }
}

/// One line without anything that moves a terminal's cursor: callers choose their names, and a
/// server its messages.
pub fn printable(text: &str) -> String {
    text.chars().map(|each| if each.is_control() { ' ' } else { each }).collect()
}

/// Columns that are cut keep so many characters, and the blanks behind: fewer say nothing.
const LEAST: u16 = 10;

/// A table no wider than the terminal: what does not fit is cut off the `elastic` columns, so that a
/// row stays a line. Off a terminal there is no width to fit into, and nothing is cut.
pub fn table(header: &[&str], elastic: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_truncation_indicator("…");
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header.iter().copied());
    let is_terminal = table.width().is_some();
    for (place, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        match elastic.contains(&place) {
            true if is_terminal => {
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(LEAST)));
            }
            true => {}
            false => {
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
    }
    table
}

/// Characters of a line of the terminal; `None` off a terminal.
pub fn width() -> Option<usize> {
    Table::new().width().map(usize::from)
}

/// Whether the terminal leaves a table little room.
pub fn is_narrow() -> bool {
    Table::new().width().is_some_and(|width| width < 110)
}

/// A row of one line.
pub fn row<I: IntoIterator<Item = String>>(cells: I) -> Row {
    let mut row = Row::from(cells.into_iter().map(|cell| printable(&cell)).collect::<Vec<_>>());
    row.max_height(1);
    row
}

/// Prints a table without the blanks at the ends of its lines.
pub fn print(table: &Table) -> anyhow::Result<()> {
    table.trim_fmt().lines().try_for_each(line)
}

/// Prints a table with a line of its own below each row, for what has no room in it.
pub fn print_with(table: &Table, below: &[String]) -> anyhow::Result<()> {
    let text = table.trim_fmt();
    let mut lines = text.lines();
    lines.next().map_or(Ok(()), line)?;
    lines
        .zip(below)
        .try_for_each(|(row, below)| line(row).and_then(|()| line(&format!("    {below}"))))
}

/// `1234567` as `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && place % 3 == first {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 call`, `1,234 calls`.
pub fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

/// `1536000` bytes as `1.5 MB`.
pub fn bytes(bytes: u64) -> String {
    let mut amount = bytes as f64;
    for unit in ["bytes", "kB", "MB", "GB"] {
        if amount < 1000.0 {
            return if unit == "bytes" {
                format!("{bytes} bytes")
            } else {
                format!("{amount:.1} {unit}")
            };
        }
        amount /= 1000.0;
    }
    format!("{amount:.1} TB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_move_the_cursor() {
        assert_eq!(printable("Ann\u{1b}[2J\nBob\u{9b}1A"), "Ann [2J Bob 1A");
    }

    #[test]
    fn numbers() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(counted(1, "call"), "1 call");
        assert_eq!(counted(1_000, "call"), "1,000 calls");
        assert_eq!(bytes(12), "12 bytes");
        assert_eq!(bytes(1_536_000), "1.5 MB");
    }
}
