//! `callbook export`: calls as files for other programs.

use std::io::{self, BufWriter, Stdout, Write};
use std::path::{Path, PathBuf};

use callbook_exchange::{
    Bundled, Calls, Contents, Exported, Format, Notice, Packed, Query, Recorded, Source, View,
    write_bundle, write_calls, write_versions,
};
use callbook_recordings::Place;
use clap::{Args, ValueEnum};
use serde_json::json;

use super::calls::note_damaged;
use super::filter::{Filter, Meant};
use super::print_json;
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{self, note};
use crate::progress::Bar;
use crate::recordings::place;

const EXAMPLES: &str = "\
Examples:
  callbook export calls.parquet                        for DuckDB, pandas, Spark
  callbook export 2024.xlsx --from 2024-01-01 --to 2024-12-31
  callbook export support.csv --queue Support --bom    for Excel, by a double click
  callbook export - --format jsonl | jq .result        records as they were received
  callbook export all.jsonl.gz --versions              `callbook import` makes it an equal archive
  callbook export --bundle case-4711 --number '(650) 555-0112'
                                                       checkable without Callbook: sha256sum -c
  callbook export --bundle case-4711 --with-recordings --number '(650) 555-0112'

A file appears once it is whole. docs/export.md describes every format and column.";

/// Write calls to a file: CSV, JSON lines, Parquet, a workbook, or a bundle
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Export {
    /// The file to be written; - for the standard output
    #[arg(required_unless_present = "bundle", conflicts_with = "bundle")]
    file: Option<PathBuf>,
    /// What to write [default: by the file's name]
    #[arg(long, conflicts_with = "bundle")]
    format: Option<Form>,
    /// Every version of the calls, deleted ones as well, with when and why: JSON lines
    #[arg(long, conflicts_with = "bundle")]
    versions: bool,
    /// A new folder: records, every version, deleted calls as well, an index, and checksums of all
    #[arg(long, value_name = "DIR")]
    bundle: Option<PathBuf>,
    /// The sound of the calls' recordings as well, as far as it is here
    #[arg(long, requires = "bundle")]
    with_recordings: bool,
    /// Begin CSV with a byte order mark, so that Excel takes it for UTF-8
    #[arg(long, conflicts_with_all = ["bundle", "versions"])]
    bom: bool,
    /// Replace a file that is there
    #[arg(long, conflicts_with = "bundle")]
    force: bool,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten, next_help_heading = "Which calls")]
    filter: Filter,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Csv,
    Jsonl,
    Parquet,
    Xlsx,
}

/// Where an export goes to.
enum Target {
    File(Packed),
    Stdout(BufWriter<Stdout>),
}

impl Export {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        let bar = Bar::start("exporting");
        let mut notice = |notice: Notice<'_>| match notice {
            Notice::Done(records) => bar.count(records),
            Notice::Damaged(id) => note_damaged(id),
        };
        let (path, exported, bytes) = match (&self.bundle, &self.file) {
            (Some(path), _) => {
                let meant = self.filter.open(&config).await?;
                let Meant { store, account, filter, .. } = of_all_sources(meant)?;
                if self.with_recordings {
                    store.find_recordings(account.key).await?;
                }
                let place = self.with_recordings.then(|| place(&config, &store)).transpose()?;
                let sounds = place.map(Sounds);
                let sounds = sounds.as_ref();
                let bundled =
                    write_bundle(&store, &account, &filter, path, sounds, &mut notice).await?;
                let Bundled { calls, versions, recordings } = bundled;
                let recordings = recordings.unwrap_or_default();
                note_recordings(recordings);
                let damaged = calls.damaged.max(versions.damaged) + recordings.damaged;
                (path, Exported { records: calls.records, damaged }, None)
            }
            (None, Some(path)) => {
                let format = self.format(path)?;
                let target = Target::new(path, self.force)?;
                let meant = self.filter.open(&config).await?;
                let (target, exported) = self.write(meant, format, target, &mut notice).await?;
                (path, exported, target.finish()?)
            }
            (None, None) => return Ok(failure::OK),
        };
        bar.finish();
        self.report(path, exported, bytes)
    }

    fn format(&self, path: &Path) -> anyhow::Result<Format> {
        let format = match self.format {
            Some(Form::Csv) => Some(Format::Csv { byte_order_mark: false }),
            Some(Form::Jsonl) => Some(Format::Jsonl),
            Some(Form::Parquet) => Some(Format::Parquet),
            Some(Form::Xlsx) => Some(Format::Xlsx),
            None if self.versions && path == Path::new("-") => Some(Format::Jsonl),
            None => Format::of_path(path),
        };
        let usage = |message: String, hint| Err(Usage { message, hint }.into());
        match format {
            None => {
                let message = format!("'{}' does not say what to write", path.display());
                usage(message, "name it .csv, .jsonl, .parquet or .xlsx, or give --format")
            }
            Some(Format::Csv { .. }) if !self.versions => {
                Ok(Format::Csv { byte_order_mark: self.bom })
            }
            Some(_) if self.bom => {
                usage("--bom is for CSV".to_owned(), "leave it out: no other format needs it")
            }
            Some(format) if self.versions && format != Format::Jsonl => {
                let message = "versions can only be written as JSON lines".to_owned();
                usage(message, "name the file .jsonl, or give --format jsonl")
            }
            Some(format) => Ok(format),
        }
    }

    async fn write(
        &self,
        meant: Meant,
        format: Format,
        mut target: Target,
        notice: &mut impl FnMut(Notice<'_>),
    ) -> anyhow::Result<(Target, Exported)> {
        if self.versions {
            let Meant { store, account, mut filter, .. } = of_all_sources(meant)?;
            filter.deleted = true;
            let done = write_versions(&store, &account, &filter, &mut target, notice).await?;
            return Ok((target, done));
        }
        let Meant { store, account, filter, sources, .. } = meant;
        let query = Query { filter, sources, view: View::Detailed, limit: u32::MAX };
        let calls = Calls::new(&store, account.key, query).await?;
        Ok(write_calls(&store, &account, calls, format, target, notice).await?)
    }

    /// `bytes` are none where there is no one file.
    fn report(
        &self,
        path: &Path,
        exported: Exported,
        bytes: Option<u64>,
    ) -> anyhow::Result<ExitCodeNumber> {
        let Exported { records, damaged } = exported;
        let what = if self.versions { "versions" } else { "calls" };
        if self.json && path != Path::new("-") {
            print_json(
                &json!({ what: records, "damaged": damaged, "bytes": bytes, "path": path }),
            )?;
        } else {
            let size =
                bytes.map_or_else(String::new, |bytes| format!(", {}", output::bytes(bytes)));
            let records = output::counted(records, what.trim_end_matches('s'));
            let place = match path == Path::new("-") {
                true => "standard output".to_owned(),
                false => path.display().to_string(),
            };
            note!("{records} written to {place}{size}");
        }
        Ok(if damaged > 0 { failure::PARTLY } else { failure::OK })
    }
}

/// The place of recordings, for a bundle.
struct Sounds(Place);

impl Contents for Sounds {
    async fn copy(&self, object: &str, out: &mut (dyn Write + Send)) -> io::Result<bool> {
        let copied = self.0.write_to(object, out).await.map_err(io::Error::other)?;
        Ok(copied.is_some())
    }
}

fn note_recordings(Recorded { contents, absent, damaged }: Recorded) {
    if contents + absent + damaged > 0 {
        let contents = output::grouped(contents);
        note!("{contents} recordings with their sound; {absent} are not in the archive");
    }
    if damaged > 0 {
        note!(
            "warning: {damaged} recordings are not as they were kept: `callbook recordings verify`"
        );
    }
}

/// Versions are of every log.
fn of_all_sources(meant: Meant) -> Result<Meant, Usage> {
    if meant.sources == Source::All {
        return Ok(meant);
    }
    let message = "versions and bundles have calls of every source".to_owned();
    Err(Usage { message, hint: "leave --source out" })
}

impl Target {
    fn new(path: &Path, force: bool) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            return Ok(Self::Stdout(BufWriter::new(io::stdout())));
        }
        if !force && path.exists() {
            let message = format!("{} is there already", path.display());
            return Err(
                Usage { message, hint: "name a new file, or replace it with --force" }.into()
            );
        }
        Ok(Self::File(Packed::new(path)?))
    }

    fn finish(self) -> anyhow::Result<Option<u64>> {
        match self {
            Self::File(packed) => Ok(Some(packed.finish()?)),
            Self::Stdout(mut out) => {
                out.flush().map_err(callbook_exchange::Error::Write)?;
                Ok(None)
            }
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File(packed) => packed.write(bytes),
            Self::Stdout(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File(packed) => packed.flush(),
            Self::Stdout(out) => out.flush(),
        }
    }
}
