//! Rows on the disk, where there are more than memory is to hold: sorted pieces, merged when they are read.

use std::collections::{BTreeSet, HashMap};
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray as _, RecordBatch};
use datafusion::arrow::compute::{concat_batches, sort_to_indices, take_record_batch};
use datafusion::arrow::datatypes::{DataType, SchemaRef, TimestampMillisecondType};
use datafusion::arrow::ipc::reader::StreamReader;
use datafusion::arrow::ipc::writer::StreamWriter;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion::prelude::{SessionContext, col};
use futures_util::{TryStreamExt as _, stream};
use tempfile::NamedTempFile;

use crate::context::BATCH_ROWS;
use crate::month::Month;
use crate::staged::keep;
use crate::table::schemas;
use crate::{Error, Place};

/// Which step has a session's newest rows.
pub(crate) type Newest = Arc<HashMap<String, usize>>;

/// A file that is gone when nobody needs it, and what is where in it.
pub(crate) struct Spool {
    file: Arc<NamedTempFile>,
    pieces: Vec<Piece>,
}

/// Rows of a table and month, in the order of their starts.
#[derive(Debug, Clone)]
struct Piece {
    table: usize,
    month: Month,
    /// The steps that they were derived in.
    steps: Range<usize>,
    /// The first row's start and the last one's, milliseconds since 1970-01-01T00:00:00Z.
    span_ms: (i64, i64),
    bytes: Range<u64>,
}

impl Spool {
    pub(crate) fn new(place: &Place) -> Result<Self, Error> {
        Ok(Self { file: Arc::new(place.aside()?), pieces: Vec::new() })
    }

    /// Adds rows that were derived in some steps.
    pub(crate) fn add(
        &mut self,
        (table, month): (usize, Month),
        steps: Range<usize>,
        rows: &[RecordBatch],
    ) -> Result<()> {
        let Some(first) = rows.first() else { return Ok(()) };
        let all = concat_batches(&first.schema(), rows)?;
        let started = all.column_by_name("started").expect("every table has it");
        let order = sort_to_indices(started, None, None)?;
        let mut file = self.file.as_file();
        let begin = file.stream_position()?;
        let sink = BufWriter::new(file);
        let mut writer = StreamWriter::try_new(sink, &all.schema())?;
        for at in (0..order.len()).step_by(BATCH_ROWS) {
            let some = order.slice(at, BATCH_ROWS.min(order.len() - at));
            writer.write(&compact(&take_record_batch(&all, &some)?)?)?;
        }
        writer.into_inner()?.into_inner().map_err(|error| error.into_error())?;
        let starts = started.as_primitive::<TimestampMillisecondType>();
        let at = |place: usize| starts.value(order.value(place) as usize);
        let span_ms = (at(0), at(order.len() - 1));
        let bytes = begin..file.stream_position()?;
        self.pieces.push(Piece { table, month, steps, span_ms, bytes });
        Ok(())
    }

    pub(crate) fn months(&self) -> BTreeSet<Month> {
        self.pieces.iter().map(|piece| piece.month).collect()
    }

    /// The rows of a table and month in the order of their starts, without those of sessions that came again in a
    /// later step, if any did; `None` if there are none.
    pub(crate) async fn sorted(
        &self,
        context: &SessionContext,
        (table, month): (usize, Month),
        newest: Option<&Newest>,
    ) -> Result<Option<SendableRecordBatchStream>> {
        let of = |piece: &&Piece| (piece.table, piece.month) == (table, month);
        let schema = &schemas()[table];
        let chained = chains(self.pieces.iter().filter(of).cloned().collect());
        if chained.is_empty() {
            return Ok(None);
        }
        let partitions = chained.into_iter().map(|pieces| {
            let (file, schema) = (Arc::clone(&self.file), Arc::clone(schema));
            Arc::new(Chain { file, schema, pieces, newest: newest.cloned() }) as _
        });
        let order = vec![col("started").sort(true, true)];
        let rows = StreamingTable::try_new(Arc::clone(schema), partitions.collect())?
            .with_sort_order(order.clone());
        context.read_table(Arc::new(rows))?.sort(order)?.execute_stream().await.map(Some)
    }
}

/// Puts pieces that follow each other in time behind each other, so that one of them is read at a time.
fn chains(mut pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    pieces.sort_by_key(|piece| piece.span_ms);
    let mut chains: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        let ends_before = |chain: &&mut Vec<Piece>| {
            chain.last().is_some_and(|last| last.span_ms.1 <= piece.span_ms.0)
        };
        match chains.iter_mut().find(ends_before) {
            Some(chain) => chain.push(piece),
            None => chains.push(vec![piece]),
        }
    }
    chains
}

/// Views of texts hold on to all texts of the rows that they were taken from.
fn compact(rows: &RecordBatch) -> Result<RecordBatch> {
    let columns = rows.columns().iter().map(|column| match column.data_type() {
        DataType::Utf8View => Arc::new(column.as_string_view().gc()) as ArrayRef,
        _ => Arc::clone(column),
    });
    Ok(RecordBatch::try_new(rows.schema(), columns.collect())?)
}

/// Pieces of which each begins when the one before has ended.
#[derive(Debug)]
struct Chain {
    file: Arc<NamedTempFile>,
    schema: SchemaRef,
    pieces: Vec<Piece>,
    newest: Option<Newest>,
}

impl PartitionStream for Chain {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let (file, newest) = (Arc::clone(&self.file), self.newest.clone());
        let pieces = self.pieces.clone().into_iter();
        let opened = pieces.map(move |piece| piece.rows(&file, newest.clone()).map(stream::iter));
        let rows = stream::iter(opened).try_flatten();
        Box::pin(RecordBatchStreamAdapter::new(Arc::clone(&self.schema), rows))
    }
}

impl Piece {
    /// The rows; if it is known which step has a session's newest ones, those only.
    fn rows(
        &self,
        file: &NamedTempFile,
        newest: Option<Newest>,
    ) -> Result<impl Iterator<Item = Result<RecordBatch>> + use<>> {
        let mut file = file.reopen()?;
        file.seek(SeekFrom::Start(self.bytes.start))?;
        let bytes = file.take(self.bytes.end - self.bytes.start);
        let steps = self.steps.clone();
        let current = move |rows: RecordBatch| match &newest {
            None => Ok(rows),
            Some(newest) => {
                keep(&rows, |session| newest.get(session).is_some_and(|step| steps.contains(step)))
            }
        };
        Ok(StreamReader::try_new_buffered(bytes, None)?.map(move |rows| current(rows?)))
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{StringArray, TimestampMillisecondArray, new_null_array};
    use jiff::Timestamp;

    use super::*;
    use crate::context;
    use crate::table::TABLES;

    const RECORDINGS: usize = TABLES.len() - 1;

    fn rows(of: &[(&str, i64)]) -> RecordBatch {
        let schema = Arc::clone(&schemas()[RECORDINGS]);
        let column = |name: &str, data_type: &DataType| -> ArrayRef {
            match name {
                "session" => Arc::new(StringArray::from_iter_values(of.iter().map(|row| row.0))),
                "started" => {
                    let starts =
                        TimestampMillisecondArray::from_iter_values(of.iter().map(|row| row.1));
                    Arc::new(starts.with_timezone("UTC"))
                }
                _ => new_null_array(data_type, of.len()),
            }
        };
        let columns = schema.fields().iter().map(|field| column(field.name(), field.data_type()));
        RecordBatch::try_new(Arc::clone(&schema), columns.collect()).unwrap()
    }

    async fn read(spool: &Spool, month: Month, newest: Option<&Newest>) -> Vec<(String, i64)> {
        let folder = tempfile::tempdir().unwrap();
        let context = context::for_merging(&Place::folder(folder.path()).unwrap(), 2).unwrap();
        let sorted = spool.sorted(&context, (RECORDINGS, month), newest).await.unwrap();
        let Some(sorted) = sorted else { return Vec::new() };
        let batches: Vec<RecordBatch> = sorted.try_collect().await.unwrap();
        let rows = batches.iter().flat_map(|batch| {
            let sessions = batch["session"].as_string::<i32>().iter().flatten().map(str::to_owned);
            let starts = batch["started"].as_primitive::<TimestampMillisecondType>().values();
            sessions.zip(starts.iter().copied()).collect::<Vec<_>>()
        });
        rows.collect()
    }

    #[tokio::test]
    async fn pieces_are_read_in_order_and_each_session_once() {
        let folder = tempfile::tempdir().unwrap();
        let month = Month::of(Timestamp::UNIX_EPOCH);
        let mut spool = Spool::new(&Place::folder(folder.path()).unwrap()).unwrap();
        // More than a batch, in no order, over which another piece lies, and one that begins where both have ended.
        let many: Vec<_> = (0..5_000).map(|n| ("many", n * 7 % 5_000)).collect();
        let pieces =
            [vec![rows(&many[..2_000]), rows(&many[2_000..])], vec![rows(&[("again", 9)])]];
        for (step, piece) in pieces.iter().enumerate() {
            spool.add((RECORDINGS, month), step..step + 1, piece).unwrap();
        }
        let last = rows(&[("last", 6_000), ("again", 5_001)]);
        spool.add((RECORDINGS, month), 2..4, &[last]).unwrap();

        assert_eq!(spool.months(), BTreeSet::from([month]));
        let all = read(&spool, month, None).await;
        assert_eq!(all.len(), 5_003);
        assert!(all.is_sorted_by_key(|row| row.1));
        let steps = [("many", 0), ("again", 2), ("last", 3)];
        let newest = Arc::new(steps.map(|(session, step)| (session.to_owned(), step)).into());
        let current = read(&spool, month, Some(&newest)).await;
        assert_eq!(current.len(), 5_002);
        assert_eq!(current[5_000..], [("again".to_owned(), 5_001), ("last".to_owned(), 6_000)]);
        let other = Month::of(Timestamp::MAX);
        assert_eq!(read(&spool, other, None).await, []);
    }
}
