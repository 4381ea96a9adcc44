//! Questions, and what may be wrong with them.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Fields, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use datafusion::prelude::DataFrame;
use futures_util::StreamExt as _;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::{Instant, timeout_at};

use crate::shared::{self, Shared};
use crate::table::retyped;
use crate::{Error, Limits};

/// Batches that wait to be taken.
const AHEAD: usize = 2;

/// The part of a question's memory that each thing may take that it names more than once.
const SHARED_PART: usize = 4;

/// How DataFusion begins to say that a question may only read.
const REFUSED: [&str; 3] = ["DDL not supported", "DML not supported", "Statement not supported"];

/// Threads for one question. It may compute for long without a pause, and whoever waits for a socket, for another
/// question, or for this one's time to be over, must not wait for that.
struct Threads(Option<Runtime>);

impl Threads {
    fn new() -> Result<Self, Error> {
        let failed = |error| Error::Tables(DataFusionError::IoError(error));
        let threads = Builder::new_multi_thread().thread_name("question").enable_all().build();
        threads.map(|threads| Self(Some(threads))).map_err(failed)
    }

    fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.0.as_ref().expect("there until dropped").spawn(work)
    }
}

impl Drop for Threads {
    /// Whatever still computes ends at its next pause, and nobody waits for it.
    fn drop(&mut self) {
        if let Some(threads) = self.0.take() {
            threads.shutdown_background();
        }
    }
}

/// Rows on their way.
pub struct Answer {
    schema: SchemaRef,
    rows: mpsc::Receiver<Result<RecordBatch, DataFusionError>>,
    /// `None` once it has ended.
    computing: Option<JoinHandle<()>>,
    threads: Arc<Threads>,
    until: Instant,
    limits: Limits,
}

impl Answer {
    pub(crate) async fn of(question: DataFrame, limits: &Limits) -> Result<Self, Error> {
        let until = Instant::now() + limits.time;
        let threads = Arc::new(Threads::new()?);
        let most_bytes = limits.memory_bytes / SHARED_PART;
        let begun = threads.spawn(async move {
            let Shared { question, held } = shared::computed(question, most_bytes).await?;
            Ok((question.execute_stream().await?, held))
        });
        let late = |_| Error::Time { limit_s: as_seconds(limits.time) };
        let begun = timeout_at(until, begun).await.map_err(late)?.map_err(gave_up)?;
        let (mut answer, held) = begun.map_err(|error| failed(error, limits))?;
        let schema = plain(&answer.schema());
        let (send, rows) = mpsc::channel(AHEAD);
        let computing = threads.spawn(async move {
            let _held = held;
            while let Some(batch) = answer.next().await {
                if send.send(batch).await.is_err() {
                    return;
                }
            }
        });
        let computing = Some(computing);
        Ok(Self { schema, rows, computing, threads, until, limits: limits.clone() })
    }

    /// The same answer several times, computed once. They are to be read side by side: none is more than a few batches
    /// ahead of another.
    #[must_use]
    pub fn split(self, many: usize) -> Vec<Self> {
        let (senders, readers): (Vec<_>, Vec<_>) = (0..many).map(|_| mpsc::channel(AHEAD)).unzip();
        let Self { schema, mut rows, computing, threads, until, limits } = self;
        threads.spawn(async move {
            while let Some(batch) = rows.recv().await {
                share(&senders, batch).await;
            }
            if let Some(computing) = computing
                && let Err(error) = computing.await
            {
                share(&senders, Err(DataFusionError::ExecutionJoin(Box::new(error)))).await;
            }
        });
        let part = |rows| {
            let (schema, threads, limits) = (schema.clone(), Arc::clone(&threads), limits.clone());
            Self { schema, rows, computing: None, threads, until, limits }
        };
        readers.into_iter().map(part).collect()
    }

    /// What its columns are.
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// The next rows; `None` after the last.
    ///
    /// # Errors
    /// [`Error::Time`], [`Error::Memory`], or when a file cannot be read.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        let late = |_| Error::Time { limit_s: as_seconds(self.limits.time) };
        let next = timeout_at(self.until, self.rows.recv()).await.map_err(late)?;
        if next.is_none()
            && let Some(computing) = self.computing.take()
        {
            // Rows also end where the computation broke off.
            computing.await.map_err(gave_up)?;
        }
        let next = next.map(|batch| batch.and_then(|batch| as_plain(&batch, &self.schema)));
        next.transpose().map_err(|error| failed(error, &self.limits))
    }

    /// All rows.
    ///
    /// # Errors
    /// As [`Answer::next`].
    pub async fn all(mut self) -> Result<Vec<RecordBatch>, Error> {
        let mut all = Vec::new();
        while let Some(batch) = self.next().await? {
            all.push(batch);
        }
        Ok(all)
    }
}

/// Sends a batch to all; who has gone away needs no more.
async fn share(
    to: &[mpsc::Sender<Result<RecordBatch, DataFusionError>>],
    batch: Result<RecordBatch, DataFusionError>,
) {
    let batch = batch.map_err(Arc::new);
    for each in to {
        let _ = each.send(batch.clone().map_err(DataFusionError::Shared)).await;
    }
}

/// The schema with texts in the place of words by their numbers: those are for the way there. Columns of the same name are told
/// apart: most forms of an answer can have only one of each.
fn plain(schema: &SchemaRef) -> SchemaRef {
    let is_word = |of: &DataType| matches!(of, DataType::Dictionary(..));
    let schema = retyped(schema, is_word, &DataType::Utf8View);
    let mut names: HashSet<String> =
        schema.fields().iter().map(|field| field.name().clone()).collect();
    let mut taken = HashSet::new();
    let fields = schema.fields().iter().map(|field| {
        if taken.insert(field.name()) {
            return Arc::clone(field);
        }
        let mut numbered = (1..).map(|number| format!("{}_{number}", field.name()));
        let name = numbered.find(|name| names.insert(name.clone()));
        Arc::new(field.as_ref().clone().with_name(name.unwrap_or_default()))
    });
    Arc::new(Schema::new(fields.collect::<Fields>()))
}

fn as_plain(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, DataFusionError> {
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| cast(column, field.data_type()));
    Ok(RecordBatch::try_new(Arc::clone(schema), columns.collect::<Result<_, _>>()?)?)
}

/// A computation that was dropped, or has panicked.
pub(crate) fn gave_up(error: JoinError) -> Error {
    Error::Tables(DataFusionError::ExecutionJoin(Box::new(error)))
}

fn as_seconds(time: Duration) -> u64 {
    time.as_secs().max(1)
}

/// Why a question was not answered.
fn failed(error: DataFusionError, limits: &Limits) -> Error {
    let too_large = Error::Memory { limit_bytes: limits.memory_bytes };
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => too_large,
        // The disk takes what the memory does not.
        DataFusionError::ArrowError(error, _) if matches!(**error, ArrowError::IoError(..)) => {
            too_large
        }
        _ => wrong(error),
    }
}

/// What is wrong with a question, in the words of whoever found it.
pub(crate) fn wrong(error: DataFusionError) -> Error {
    let root = error.find_root();
    let message = match root {
        DataFusionError::SQL(error, _) => error.to_string(),
        DataFusionError::Plan(message) if REFUSED.iter().any(|what| message.starts_with(what)) => {
            return Error::Writes { message: message.clone() };
        }
        DataFusionError::NotImplemented(message) | DataFusionError::Configuration(message) => {
            message.clone()
        }
        // There is one catalog, and nobody needs to know its name.
        DataFusionError::Plan(message) => message.replace("datafusion.public.", ""),
        DataFusionError::Execution(message) => message.clone(),
        DataFusionError::SchemaError(error, _) => error.to_string(),
        DataFusionError::ArrowError(error, _) => error.to_string(),
        _ => return Error::Tables(error),
    };
    Error::Question { message }
}
