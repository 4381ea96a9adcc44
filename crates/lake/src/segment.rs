//! Segments: files of a month's rows, written from what is staged or from other segments.

use std::collections::{BTreeMap, HashSet};
use std::future::ready;

use callbook_store::Account;
use datafusion::arrow::array::{AsArray as _, RecordBatch};
use datafusion::arrow::datatypes::{SchemaRef, TimestampMillisecondType};
use datafusion::common::ScalarValue;
use datafusion::error::DataFusionError;
use datafusion::prelude::{SessionContext, col, lit};
use futures_util::{Stream, TryStreamExt as _};

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
            if let Some(rows) = staged.sorted(self.context, (table, month)).await? {
                tables.push((table, tokio::spawn(written(self.place.clone(), schema, rows))));
            }
        }
        let mut writing = Writing::new(self, month.to_string());
        for (table, written) in tables {
            writing.publish(table, written.await.map_err(gave_up)??).await?;
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
            let Some(all) = scan::files(self.context, self.place, &schema, files)? else {
                continue;
            };
            let rows = all.sort(vec![col("started").sort(true, true)])?.execute_stream().await?;
            let wanted = |session: &str| !without.contains(session);
            let rows = rows.and_then(|rows| ready(keep(&rows, wanted)));
            writing.publish(table, written(self.place.clone(), schema, rows).await?).await?;
        }
        Ok(writing.finish())
    }

    /// A segment's sessions that began before a moment, in milliseconds since 1970-01-01T00:00:00Z.
    pub(crate) async fn sessions_before(
        &self,
        segment: &Segment,
        until_ms: i64,
    ) -> Result<Vec<String>, Error> {
        let mut found = Vec::new();
        if segment.from_ms >= until_ms {
            return Ok(found);
        }
        let [interactions, ..] = schemas();
        let files = segment.files.get(TABLES[0]);
        let Some(all) = scan::files(self.context, self.place, &interactions, files)? else {
            return Ok(found);
        };
        let until = ScalarValue::TimestampMillisecond(Some(until_ms), Some("UTC".into()));
        let early = all.filter(col("started").lt(lit(until)))?.select_columns(&["session"])?;
        let mut rows = early.execute_stream().await?;
        while let Some(batch) = rows.try_next().await? {
            let sessions = batch.column(0).as_string_view().iter().flatten();
            found.extend(sessions.map(str::to_owned));
        }
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

/// A segment while its files are written.
struct Writing<'a> {
    shelf: &'a Shelf<'a>,
    month: String,
    span: Option<(i64, i64)>,
    files: BTreeMap<String, File>,
}

impl<'a> Writing<'a> {
    fn new(shelf: &'a Shelf<'a>, month: String) -> Self {
        Self { shelf, month, span: None, files: BTreeMap::new() }
    }

    async fn publish(&mut self, table: usize, written: Written) -> Result<(), Error> {
        if written.file.rows() == 0 {
            return Ok(());
        }
        if table == 0 {
            self.span = written.span;
        }
        let folder = format!("{}/{}", self.shelf.folder, TABLES[table]);
        let file = written.file.publish(self.shelf.place, (&folder, &self.month), None).await?;
        self.files.insert(TABLES[table].to_owned(), file);
        Ok(())
    }

    fn finish(self) -> Option<Segment> {
        let (from_ms, to_ms) = self.span?;
        let sessions = self.files.get(TABLES[0])?.rows;
        Some(Segment { month: self.month, from_ms, to_ms, sessions, files: self.files })
    }
}

/// A file that has its rows.
struct Written {
    file: Writer,
    /// The first row's start and the last one's, milliseconds since 1970-01-01T00:00:00Z.
    span: Option<(i64, i64)>,
}

/// Writes rows, which come in the order of their starts.
async fn written(
    place: Place,
    schema: SchemaRef,
    mut rows: impl Stream<Item = Result<RecordBatch, DataFusionError>> + Unpin,
) -> Result<Written, Error> {
    let mut file = Writer::new(&place, schema)?;
    let mut span = None;
    while let Some(batch) = rows.try_next().await? {
        let started = batch.column_by_name("started").expect("every table has it");
        let starts = started.as_primitive::<TimestampMillisecondType>().values();
        if let (Some(first), Some(last)) = (starts.first(), starts.last()) {
            span = Some((span.map_or(*first, |(from, _)| from), *last));
        }
        file.write(&batch)?;
    }
    Ok(Written { file, span })
}
