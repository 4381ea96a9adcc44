//! The forms that an answer is written in.

mod html;
mod json;

use std::fmt;
use std::io::Write;
use std::path::Path;

use callbook_exchange::{Csv, Sheets};
use callbook_lake::Answer;
use datafusion::arrow::array::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use jiff::tz::TimeZone;

use crate::chart::{Data, svg};
use crate::{Chart, Column, Error, Rows};

/// Characters of a sheet's name.
const SHEET_NAME: usize = 24;

/// A form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// An array of objects.
    Json,
    /// A workbook of Excel's.
    Xlsx,
    /// For DuckDB, pandas, Spark and so on.
    Parquet,
    /// The chart alone.
    Svg,
    /// A page that needs nothing else: question, parameters, chart, table.
    Html,
}

/// What is said of an answer where people read it.
#[derive(Debug, Clone)]
pub struct Page<'a> {
    /// A few words.
    pub title: &'a str,
    /// What was asked.
    pub question: &'a str,
    /// With which parameters.
    pub parameters: Vec<(String, String)>,
    /// How it is drawn.
    pub chart: Option<&'a Chart>,
    /// By whose clock moments are shown.
    pub zone: &'a TimeZone,
}

impl Format {
    /// The form that a file's name stands for.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "xlsx" => Some(Self::Xlsx),
            "parquet" => Some(Self::Parquet),
            "svg" => Some(Self::Svg),
            "html" | "htm" => Some(Self::Html),
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
            Self::Svg => "svg",
            Self::Html => "html",
        })
    }
}

/// Writes an answer, and gives back what it was written to and how many rows there were. Charts and pages alone need
/// all of it at once.
///
/// # Errors
/// When the lake fails, `out` cannot be written to, or there is no chart to draw.
pub async fn write_answer<W: Write + Send>(
    answer: Answer,
    page: &Page<'_>,
    format: Format,
    out: W,
) -> Result<(W, u64), Error> {
    match format {
        Format::Csv => csv(answer, out).await,
        Format::Json => json::write(answer, out).await,
        Format::Xlsx => xlsx(answer, page.title, out).await,
        Format::Parquet => parquet(answer, out).await,
        Format::Svg => {
            let (columns, rows) = all(answer).await?;
            let chart = page.chart.ok_or(Error::NoChart)?;
            let data = Data::of(chart, &columns, &rows)?;
            let mut out = out;
            out.write_all(svg(chart.kind, page.title, &data).as_bytes())?;
            Ok((out, count(&rows)))
        }
        Format::Html => {
            let (columns, rows) = all(answer).await?;
            let mut out = out;
            html::write(page, &columns, &rows, &mut out)?;
            Ok((out, count(&rows)))
        }
    }
}

async fn csv<W: Write>(mut answer: Answer, out: W) -> Result<(W, u64), Error> {
    let columns = Column::all(&answer.schema());
    let mut csv = Csv::new(out, false, columns.iter().map(|column| column.name.as_str()))?;
    let mut count = 0;
    while let Some(rows) = next(&mut answer).await? {
        for row in 0..rows.count() {
            csv.write_row(rows.row(row))?;
        }
        count += rows.count() as u64;
    }
    Ok((csv.finish()?, count))
}

async fn xlsx<W: Write + Send>(mut answer: Answer, title: &str, out: W) -> Result<(W, u64), Error> {
    let columns = Column::all(&answer.schema()).into_iter();
    let columns = columns.map(|column| (column.name.clone(), column.width())).collect();
    let mut sheets = Sheets::new(out, &sheet_name(title), columns)?;
    let mut count = 0;
    while let Some(rows) = next(&mut answer).await? {
        for row in 0..rows.count() {
            sheets.write_row(rows.row(row))?;
        }
        count += rows.count() as u64;
    }
    Ok((sheets.finish()?, count))
}

/// Without what no sheet's name may have in it.
fn sheet_name(title: &str) -> String {
    let usual = |each: char| if each.is_alphanumeric() || each == ' ' { each } else { '-' };
    let name: String = title.chars().map(usual).take(SHEET_NAME).collect();
    if name.trim().is_empty() { "Answer".to_owned() } else { name }
}

async fn parquet<W: Write + Send>(mut answer: Answer, out: W) -> Result<(W, u64), Error> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .build();
    let mut writer = ArrowWriter::try_new(out, answer.schema(), Some(properties))?;
    let mut count = 0;
    while let Some(batch) = answer.next().await? {
        writer.write(&batch)?;
        count += batch.num_rows() as u64;
    }
    Ok((writer.into_inner()?, count))
}

async fn next(answer: &mut Answer) -> Result<Option<Rows>, Error> {
    answer.next().await?.as_ref().map(Rows::of).transpose()
}

async fn all(answer: Answer) -> Result<(Vec<Column>, Vec<Rows>), Error> {
    let columns = Column::all(&answer.schema());
    let batches: Vec<RecordBatch> = answer.all().await?;
    Ok((columns, batches.iter().map(Rows::of).collect::<Result<_, _>>()?))
}

fn count(rows: &[Rows]) -> u64 {
    rows.iter().map(|rows| rows.count() as u64).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_title_names_a_sheet() {
        assert_eq!(sheet_name("First-contact resolution/[x]"), "First-contact resolution");
        assert_eq!(sheet_name(""), "Answer");
    }
}
