//! Segments: files of a month's rows, written from what is staged or from other segments.

use std::collections::{BTreeMap, HashSet};
use std::future::ready;

use callbook_store::Account;
use datafusion::arrow::array::{AsArray as _, RecordBatch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::prelude::{DataFrame, Expr, SessionContext, col};
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
            batch.column(0).as_string::<i32>().iter().flatten().map(str::to_owned).collect()
        };
        Ok(batch.map(names))
    }
}

/// A segment while its files are written.
struct Writing<'a> {
    shelf: &'a Shelf<'a>,
    month: String,
    files: BTreeMap<String, File>,
}

impl<'a> Writing<'a> {
    fn new(shelf: &'a Shelf<'a>, month: String) -> Self {
        Self { shelf, month, files: BTreeMap::new() }
    }

    async fn publish(&mut self, table: usize, written: Writer) -> Result<(), Error> {
        if written.rows() == 0 {
            return Ok(());
        }
        let folder = format!("{}/{}", self.shelf.folder, TABLES[table]);
        let file = written.publish(self.shelf.place, (&folder, &self.month), None).await?;
        self.files.insert(TABLES[table].to_owned(), file);
        Ok(())
    }

    fn finish(self) -> Option<Segment> {
        let interactions = self.files.get(TABLES[0])?;
        let ((from_ms, to_ms), sessions) = (interactions.span_ms?, interactions.rows);
        Some(Segment { month: self.month, from_ms, to_ms, sessions, files: self.files })
    }
}

/// Writes rows, which come in the order of their starts.
async fn written(
    place: Place,
    schema: SchemaRef,
    mut rows: impl Stream<Item = Result<RecordBatch, DataFusionError>> + Unpin,
) -> Result<Writer, Error> {
    let mut file = Writer::new(&place, schema)?;
    while let Some(batch) = rows.try_next().await? {
        file.write(&batch)?;
    }
    Ok(file)
}
