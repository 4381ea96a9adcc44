//! Answers on the terminal: what fits, with bars and shades where the report has a chart.

use std::io::IsTerminal as _;
use std::iter;

use callbook_exchange::Cell;
use callbook_lake::Answer;
use callbook_report::chart::Data;
use callbook_report::{Chart, ChartKind, Column, Page, Rows, head, text};
use comfy_table::CellAlignment;

use crate::output::{self, note, say};

/// Rows that are shown; the other forms have them all.
const MOST_ROWS: usize = 200;

/// A text is cut down to so many characters, if it is longer, before a column is left out.
const TEXT: usize = 20;

/// Between columns.
const GAP: usize = 2;

/// The widest bar.
const BAR: usize = 24;

const SHADES: [char; 5] = ['·', '░', '▒', '▓', '█'];

/// Prints an answer; how many rows it has.
pub(super) async fn print(mut answer: Answer, page: &Page<'_>) -> anyhow::Result<u64> {
    let columns = Column::all(&answer.schema());
    let (mut shown, mut count) = (Vec::new(), 0);
    while let Some(batch) = answer.next().await? {
        count += batch.num_rows();
        let room = MOST_ROWS.saturating_sub(shown.iter().map(Rows::count).sum());
        shown.push(Rows::of(&batch.slice(0, room.min(batch.num_rows())))?);
    }
    if count == 0 {
        note!("nothing found");
        return Ok(0);
    }
    let width = std::io::stdout().is_terminal().then(output::width).flatten();
    let grid = Grid::of(page, &columns, &shown);
    let measured = page.chart.into_iter().flat_map(|chart| iter::once(&chart.x).chain(&chart.y));
    let measured = measured.filter_map(|name| place(&columns, name));
    let fitting = grid.fitting(width, measured);
    let bars = page.chart.zip(width).and_then(|(chart, width)| {
        bars(chart, &columns, &shown, width.saturating_sub(grid.width(&fitting)))
    });
    grid.print(&fitting, bars.as_deref())?;
    if let Some(chart) = page.chart.filter(|chart| chart.kind == ChartKind::Heat && width.is_some())
    {
        shades(&Data::of(chart, &columns, &shown)?)?;
    }
    if fitting.len() < columns.len() {
        let left_out = (0..columns.len()).filter(|column| !fitting.contains(column));
        let left_out: Vec<&str> = left_out.map(|column| grid.heads[column].as_str()).collect();
        note!("without room for: {}; a wider terminal or --format has them", left_out.join(", "));
    }
    let rows = count as u64;
    if count > MOST_ROWS {
        let count = output::grouped(rows);
        note!("the first {MOST_ROWS} of {count} rows; --format csv has them all");
    }
    Ok(rows)
}

/// Texts of all cells.
struct Grid {
    heads: Vec<String>,
    numbers: Vec<bool>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    fn of(page: &Page<'_>, columns: &[Column], shown: &[Rows]) -> Self {
        let heads = columns.iter().map(|column| head(&column.name)).collect();
        let numbers = columns.iter().map(Column::is_number).collect();
        // Sums over all have nothing from left to right.
        let whole = page.chart.map(|chart| chart.x.as_str());
        let cells = |rows: &Rows, row: usize| -> Vec<String> {
            let cells = columns.iter().zip(rows.row(row));
            let texts = cells.map(|(column, cell)| match text(&column.name, &cell, page.zone) {
                nothing if nothing.is_empty() && whole == Some(&column.name) => "all".to_owned(),
                text => text,
            });
            texts.collect()
        };
        let rows = shown.iter().flat_map(|rows| (0..rows.count()).map(move |row| (rows, row)));
        Self { heads, numbers, rows: rows.map(|(rows, row)| cells(rows, row)).collect() }
    }

    /// What a column needs: numbers all of it.
    fn needs(&self, column: usize) -> usize {
        let cells = self.rows.iter().map(|row| row[column].chars().count());
        let cells = cells.max().unwrap_or(0);
        let cells = if self.numbers[column] { cells } else { cells.min(TEXT) };
        cells.max(self.heads[column].chars().count()) + GAP
    }

    fn width(&self, columns: &[usize]) -> usize {
        columns.iter().map(|column| self.needs(*column)).sum()
    }

    /// Which columns fit: what the report's chart measures before others, and those from the left.
    fn fitting(&self, width: Option<usize>, measured: impl Iterator<Item = usize>) -> Vec<usize> {
        let all: Vec<usize> = (0..self.heads.len()).collect();
        let Some(width) = width else { return all };
        let mut fitting: Vec<usize> = Vec::new();
        for column in measured.chain(all) {
            if fitting.contains(&column) {
                continue;
            }
            fitting.push(column);
            if self.width(&fitting) > width && fitting.len() > 1 {
                fitting.pop();
                break;
            }
        }
        fitting.sort_unstable();
        fitting
    }

    fn print(&self, columns: &[usize], bars: Option<&[String]>) -> anyhow::Result<()> {
        let mut heads: Vec<String> =
            columns.iter().map(|column| self.heads[*column].to_uppercase()).collect();
        heads.extend(bars.map(|_| String::new()));
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        let is_number: Vec<bool> = columns.iter().map(|column| self.numbers[*column]).collect();
        let elastic: Vec<usize> = (0..columns.len()).filter(|place| !is_number[*place]).collect();
        let mut table = output::table(&heads, &elastic);
        for (column, is_number) in table.column_iter_mut().zip(is_number) {
            if is_number {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        for (place, row) in self.rows.iter().enumerate() {
            let bar = bars.map(|bars| bars[place].clone());
            let cells = columns.iter().map(|column| row[*column].clone());
            table.add_row(output::row(cells.chain(bar)));
        }
        output::print(&table)
    }
}

fn place(columns: &[Column], name: &str) -> Option<usize> {
    columns.iter().position(|column| column.name == name)
}

/// A bar a row of the first measure, if there is room.
fn bars(chart: &Chart, columns: &[Column], shown: &[Rows], room: usize) -> Option<Vec<String>> {
    let widest = room.saturating_sub(GAP).min(BAR);
    if chart.kind == ChartKind::Heat || widest < 8 {
        return None;
    }
    let (x, y) = (place(columns, &chart.x)?, place(columns, chart.y.first()?)?);
    let rows = shown.iter().flat_map(|rows| (0..rows.count()).map(move |row| (rows, row)));
    let value = |rows: &Rows, row| match rows.cell(row, x) {
        Cell::Empty => 0.0,
        _ => rows.cell(row, y).number().filter(|number| number.is_finite()).unwrap_or(0.0),
    };
    let values: Vec<f64> = rows.map(|(rows, row)| value(rows, row)).collect();
    let most = values.iter().copied().fold(0.0, f64::max);
    Some(values.iter().map(|value| bar(*value, most, widest)).collect())
}

/// In eighths of a character.
fn bar(value: f64, most: f64, widest: usize) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if most <= 0.0 || value <= 0.0 {
        return String::new();
    }
    let eighths = (value / most * widest as f64 * 8.0).round() as usize;
    format!("{}{}", "█".repeat(eighths / 8), PARTS[eighths % 8])
}

/// A heat map of characters.
fn shades(data: &Data) -> anyhow::Result<()> {
    let values = data.series.iter().flat_map(|series| series.values.iter().flatten());
    let most = values.copied().fold(0.0, f64::max);
    let shade = |value: &Option<f64>| match value {
        Some(value) if most > 0.0 => SHADES[(value / most * 4.0).round() as usize % SHADES.len()],
        _ => ' ',
    };
    say!("")?;
    for series in &data.series {
        let line: String = series.values.iter().flat_map(|value| [shade(value); 2]).collect();
        say!("{:>10} {line}", series.name)?;
    }
    if let (Some(first), Some(last)) = (data.labels.first(), data.labels.last()) {
        let width = (data.labels.len() * 2).saturating_sub(first.len());
        say!("{:>10} {first}{last:>width$}", "")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_values() {
        assert_eq!(bar(10.0, 10.0, 4), "████");
        assert_eq!(bar(5.0, 10.0, 3), "█▌");
        assert_eq!(bar(0.0, 10.0, 3), "");
        assert_eq!(bar(3.0, 0.0, 3), "");
    }
}
