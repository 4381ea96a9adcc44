//! The forms that calls are written in.

use std::io::Write;
use std::path::Path;

use callbook_store::{Account, Store};

use crate::column::COLUMNS;
use crate::parquet::ParquetTable;
use crate::row::{Row, RowReader};
use crate::{Calls, Csv, Error, Sheets, line};

/// A form that calls are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values; with a byte order mark, if Excel is to open it by a double click.
    Csv {
        /// Whether there is one.
        byte_order_mark: bool,
    },
    /// A record a line, as it was received.
    Jsonl,
    /// For DuckDB, pandas, Spark and so on.
    Parquet,
    /// A workbook of Excel's.
    Xlsx,
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exported {
    /// Calls, or versions of calls.
    pub records: u64,
    /// Those that what the archive holds is damaged of, and which are left out.
    pub damaged: u64,
}

/// What happens while something is written or read.
#[derive(Debug, Clone, Copy)]
pub enum Notice<'a> {
    /// So many records are done.
    Done(u64),
    /// What the archive holds of a call is damaged.
    Damaged(&'a str),
}

/// A table that is being written, row by row.
pub(crate) trait Table {
    /// What it is written to.
    type Out;

    fn write(&mut self, row: &Row) -> Result<(), Error>;

    fn finish(self) -> Result<Self::Out, Error>;
}

impl Format {
    /// The form that a file's name stands for, compressed (`.gz`) or not.
    pub fn of_path(path: &Path) -> Option<Self> {
        let packed = path.extension()?.eq_ignore_ascii_case("gz");
        let path = if packed { Path::new(path.file_stem()?) } else { path };
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv { byte_order_mark: false }),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "parquet" => Some(Self::Parquet),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

/// Writes calls, and gives back what they were written to. `calls` must give whole records.
///
/// # Errors
/// When the archive cannot be read, or `out` not be written to.
pub async fn write_calls<W: Write + Send>(
    store: &Store,
    account: &Account,
    mut calls: Calls,
    format: Format,
    mut out: W,
    notice: &mut impl FnMut(Notice<'_>),
) -> Result<(W, Exported), Error> {
    let tables = RowReader::new(account.clone(), store.names(account.key).await?);
    match format {
        Format::Csv { byte_order_mark } => {
            let names = COLUMNS.iter().map(|column| column.name);
            write_table(tables, calls, Csv::new(out, byte_order_mark, names)?, notice).await
        }
        Format::Parquet => write_table(tables, calls, ParquetTable::new(out)?, notice).await,
        Format::Xlsx => write_table(tables, calls, Sheets::of_calls(out)?, notice).await,
        Format::Jsonl => {
            let mut exported = Exported::default();
            while let Some(listed) = calls.next().await? {
                let json = listed.call.json.as_deref();
                match json {
                    Some(json) => line::write_record(&mut out, json)?,
                    None => notice(Notice::Damaged(&listed.call.id)),
                }
                exported.count(json.is_some(), notice);
            }
            Ok((out, exported))
        }
    }
}

async fn write_table<T: Table>(
    reader: RowReader,
    mut calls: Calls,
    mut table: T,
    notice: &mut impl FnMut(Notice<'_>),
) -> Result<(T::Out, Exported), Error> {
    let mut exported = Exported::default();
    while let Some(listed) = calls.next().await? {
        let row = reader.read(listed);
        match &row {
            Ok(row) => table.write(row)?,
            Err(listed) => notice(Notice::Damaged(&listed.call.id)),
        }
        exported.count(row.is_ok(), notice);
    }
    Ok((table.finish()?, exported))
}

impl Exported {
    pub(crate) fn count(&mut self, whole: bool, notice: &mut impl FnMut(Notice<'_>)) {
        self.records += u64::from(whole);
        self.damaged += u64::from(!whole);
        notice(Notice::Done(self.records));
    }
}
