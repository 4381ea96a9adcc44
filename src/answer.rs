//! Answers of the lake, in the form that was asked for.

mod table;

use std::io::{self, BufWriter, IsTerminal as _, Write as _};
use std::path::PathBuf;

use callbook_exchange::Aside;
use callbook_lake::Answer;
use callbook_report::{Format, Page, write_answer};
use clap::{Args, ValueEnum};

use crate::failure::Usage;
use crate::output::{self, CANNOT_WRITE, note};

/// In which form, and where to.
#[derive(Debug, Default, Args)]
pub struct Output {
    /// The form [default: by the name of --output, else a table]
    #[arg(long)]
    format: Option<Form>,
    /// Write to this file, in the place of one that is there
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Short for --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Table,
    Csv,
    Json,
    Xlsx,
    Parquet,
    Svg,
    Html,
}

impl Output {
    /// The file's form; none for a table.
    fn format(&self) -> Result<Option<Format>, Usage> {
        let chosen = if self.json { Some(Form::Json) } else { self.format };
        let by_name = || self.output.as_deref().map(|path| (path, Format::of_path(path)));
        Ok(match (chosen, by_name()) {
            (Some(Form::Table), _) | (None, None) => None,
            (Some(Form::Csv), _) => Some(Format::Csv),
            (Some(Form::Json), _) => Some(Format::Json),
            (Some(Form::Xlsx), _) => Some(Format::Xlsx),
            (Some(Form::Parquet), _) => Some(Format::Parquet),
            (Some(Form::Svg), _) => Some(Format::Svg),
            (Some(Form::Html), _) => Some(Format::Html),
            (None, Some((_, Some(format)))) => Some(format),
            (None, Some((path, None))) => {
                let message = format!("'{}' does not say what to write", path.display());
                let hint = "name it .csv, .json, .xlsx, .parquet, .svg or .html, or give --format";
                return Err(Usage { message, hint });
            }
        })
    }

    /// What cannot be written is said before anything is asked.
    pub fn check(&self) -> Result<(), Usage> {
        let usage = |message: &str, hint| Err(Usage { message: message.to_owned(), hint });
        match (self.format()?, &self.output) {
            (None, Some(_)) => usage("a table is for the terminal", "choose another --format"),
            (Some(Format::Xlsx | Format::Parquet), None) if io::stdout().is_terminal() => {
                usage("such a file is not for the terminal", "name one with --output")
            }
            _ => Ok(()),
        }
    }

    /// Writes the answer; how many rows it has.
    pub async fn write(&self, answer: Answer, page: &Page<'_>) -> anyhow::Result<u64> {
        let Some(format) = self.format()? else { return table::print(answer, page).await };
        let Some(path) = &self.output else {
            let out = BufWriter::new(io::stdout());
            let (mut out, rows) = write_answer(answer, page, format, out).await?;
            out.flush().map_err(|error| anyhow::Error::new(error).context(CANNOT_WRITE))?;
            return Ok(rows);
        };
        let (aside, rows) = write_answer(answer, page, format, Aside::new(path)?).await?;
        let bytes = output::bytes(aside.finish()?);
        note!("{} written to {}, {bytes}", output::counted(rows, "row"), path.display());
        Ok(rows)
    }
}
