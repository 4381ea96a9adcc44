//! Segments: files of a month's rows, written from memory or from other segments.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use callbook_store::Account;
use datafusion::arrow::array::{AsArray as _, RecordBatch};
use datafusion::arrow::compute::{concat_batches, sort_to_indices, take_record_batch};
use datafusion::arrow::datatypes::{SchemaRef, TimestampMillisecondType};
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::prelude::{DataFrame, Expr, SessionContext, col};
use futures_util::TryStreamExt as _;
use tokio::task::spawn_blocking;

use crate::manifest::{File, Segment};
use crate::month::Month;
use crate::parquet::Writer;
use crate::question::gave_up;
use crate::staged::{Staged, keep};
use crate::table::{TABLES, schemas};
use crate::{Error, Place, scan};

/// Where the rows of an account are written.
pub(crate) struct Shelf<'a> {
    pub(crate) place: &'a Place,
    pub(crate) folder: &'a str,
    /// For work with files.
    pub(crate) context: &'a SessionContext,
}

impl<'a> Shelf<'a> {
    /// The folder of an account's files.
    pub(crate) fn folder(account: &Account) -> String {
        account.id.0.to_string()
    }

    /// Writes what is staged of a month.
    pub(crate) async fn put(
        &self,
        staged: &Staged,
        month: Month,
    ) -> Result<Option<Segment>, Error> {
        let mut tables = Vec::new();
        for (table, schema) in schemas().into_iter().enumerate() {
            let (rows, place) = (staged.rows(table, Some(month))?, self.place.clone());
            tables.push(spawn_blocking(move || written(&place, &schema, &rows)));
        }
        let mut writing = Writing::new(self, month.to_string());
        for (table, file) in tables.into_iter().enumerate() {
            let (rows, file) = file.await.map_err(gave_up)??;
            writing.note(table, &rows);
            writing.publish(table, file).await?;
        }
        Ok(writing.finish())
    }

    /// Writes segments of one month anew, as one, without the rows of some sessions; `None` if nothing is left.
    pub(crate) async fn merge(
        &self,
        segments: &[&Segment],
        without: &HashSet<&str>,
    ) -> Result<Option<Segment>, Error> {
        let Some(first) = segments.first() else { return Ok(None) };
        let mut writing = Writing::new(self, first.month.clone());
        for (table, schema) in schemas().into_iter().enumerate() {
            let files = segments.iter().filter_map(|segment| segment.files.get(TABLES[table]));
            let mut file = Writer::new(self.place, Arc::clone(&schema))?;
            let all = scan::files(self.context, self.place, &schema, files)?;
            if let Some(all) = all {
                let mut rows =
                    all.sort(vec![col("started").sort(true, true)])?.execute_stream().await?;
                while let Some(batch) = rows.try_next().await? {
                    let batch = keep(&batch, |session| !without.contains(session))?;
                    writing.note(table, &batch);
                    file.write(&batch)?;
                }
            }
            writing.publish(table, file).await?;
        }
        Ok(writing.finish())
    }

    /// The sessions of a segment's rows of a table that something is so of, in the column `session`; `None` if there is
    /// nothing to look for, or at.
    pub(crate) fn sessions(
        &self,
        segment: &Segment,
        table: &str,
        of: Option<Expr>,
    ) -> Result<Option<DataFrame>, Error> {
        let Some(of) = of else { return Ok(None) };
        let schemas = TABLES.into_iter().zip(schemas());
        let schema = schemas.filter(|(name, _)| *name == table).map(|(_, schema)| schema).next();
        let schema = schema.ok_or_else(|| Error::NoTable { name: table.to_owned() })?;
        let all = scan::files(self.context, self.place, &schema, segment.files.get(table))?;
        let found = all.map(|all| all.filter(of)?.select_columns(&["session"])).transpose()?;
        Ok(found)
    }

    /// Whether a segment has rows of any of these sessions.
    pub(crate) async fn has(
        &self,
        segment: &Segment,
        sessions: &HashSet<&str>,
    ) -> Result<bool, Error> {
        let [interactions, ..] = schemas();
        let files = segment.files.get(TABLES[0]);
        let Some(all) = scan::files(self.context, self.place, &interactions, files)? else {
            return Ok(false);
        };
        let mut rows = all.select_columns(&["session"])?.execute_stream().await?;
        while let Some(batch) = rows.try_next().await? {
            if keep(&batch, |session| sessions.contains(session))?.num_rows() > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Names of sessions, some at a time.
pub(crate) struct Sessions(Option<SendableRecordBatchStream>);

impl Sessions {
    /// Those in the column `session`.
    pub(crate) async fn of(found: Option<DataFrame>) -> Result<Self, Error> {
        Ok(Self(match found {
            Some(found) => Some(found.execute_stream().await?),
            None => None,
        }))
    }

    pub(crate) async fn next(&mut self) -> Result<Option<Vec<String>>, Error> {
        let Some(rows) = &mut self.0 else { return Ok(None) };
        let batch = rows.try_next().await?;
        let names = |batch: RecordBatch| -> Vec<String> {
            batch.column(0).as_string_view().iter().flatten().map(str::to_owned).collect()
        };
        Ok(batch.map(names))
    }
}

/// A segment while its files are written.
struct Writing<'a> {
    shelf: &'a Shelf<'a>,
    month: String,
    span: Option<(i64, i64)>,
    sessions: u64,
    files: BTreeMap<String, File>,
}

impl<'a> Writing<'a> {
    fn new(shelf: &'a Shelf<'a>, month: String) -> Self {
        Self { shelf, month, span: None, sessions: 0, files: BTreeMap::new() }
    }

    /// Rows of interactions say how many there are, and of when.
    fn note(&mut self, table: usize, rows: &RecordBatch) {
        if table != 0 {
            return;
        }
        self.sessions += rows.num_rows() as u64;
        let starts = rows.column(1).as_primitive::<TimestampMillisecondType>();
        for ms in starts.values() {
            let span = self.span.get_or_insert((*ms, *ms));
            *span = (span.0.min(*ms), span.1.max(*ms));
        }
    }

    async fn publish(&mut self, table: usize, file: Writer) -> Result<(), Error> {
        if file.is_empty() {
            return Ok(());
        }
        let folder = format!("{}/{}", self.shelf.folder, TABLES[table]);
        let written = file.publish(self.shelf.place, &folder, &self.month).await?;
        self.files.insert(TABLES[table].to_owned(), written);
        Ok(())
    }

    fn finish(self) -> Option<Segment> {
        let (from_ms, to_ms) = self.span?;
        let Self { month, sessions, files, .. } = self;
        Some(Segment { month, from_ms, to_ms, sessions, files })
    }
}

/// Rows, and the file that they are in.
fn written(
    place: &Place,
    schema: &SchemaRef,
    rows: &[RecordBatch],
) -> Result<(RecordBatch, Writer), Error> {
    let rows = sorted(schema, rows)?;
    let mut file = Writer::new(place, Arc::clone(schema))?;
    file.write(&rows)?;
    Ok((rows, file))
}

/// All rows in the order of their starts.
fn sorted(schema: &SchemaRef, rows: &[RecordBatch]) -> Result<RecordBatch, Error> {
    let all = concat_batches(schema, rows).map_err(DataFusionError::from)?;
    let starts = all.column_by_name("started").expect("every table has it");
    let order = sort_to_indices(starts, None, None).map_err(DataFusionError::from)?;
    Ok(take_record_batch(&all, &order).map_err(DataFusionError::from)?)
}
