//! Questions, and what may be wrong with them.

use std::time::Duration;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout_at};

use crate::{Error, Limits};

/// Rows on their way.
pub struct Answer {
    rows: SendableRecordBatchStream,
    until: Instant,
    limits: Limits,
}

impl Answer {
    pub(crate) fn new(rows: SendableRecordBatchStream, limits: &Limits) -> Self {
        Self { rows, until: Instant::now() + limits.time, limits: limits.clone() }
    }

    /// What its columns are.
    pub fn schema(&self) -> SchemaRef {
        self.rows.schema()
    }

    /// The next rows; `None` after the last.
    ///
    /// # Errors
    /// [`Error::Time`], [`Error::Memory`], or when a file cannot be read.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        let late = |_| Error::Time { limit_s: as_seconds(self.limits.time) };
        let next = timeout_at(self.until, self.rows.next()).await.map_err(late)?;
        next.transpose().map_err(|error| match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => {
                Error::Memory { limit_bytes: self.limits.memory_bytes }
            }
            // The disk takes what the memory does not.
            DataFusionError::ArrowError(error, _) if matches!(**error, ArrowError::IoError(..)) => {
                Error::Memory { limit_bytes: self.limits.memory_bytes }
            }
            _ => wrong(error),
        })
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

fn as_seconds(time: Duration) -> u64 {
    time.as_secs().max(1)
}

/// What is wrong with a question, in the words of whoever found it.
pub(crate) fn wrong(error: DataFusionError) -> Error {
    let root = error.find_root();
    let message = match root {
        DataFusionError::SQL(error, _) => error.to_string(),
        DataFusionError::Plan(message) if message.contains("not supported") => {
            return Error::Writes { message: message.clone() };
        }
        DataFusionError::NotImplemented(message) | DataFusionError::Configuration(message) => {
            message.clone()
        }
        DataFusionError::Plan(message) | DataFusionError::Execution(message) => message.clone(),
        DataFusionError::SchemaError(error, _) => error.to_string(),
        DataFusionError::ArrowError(error, _) => error.to_string(),
        _ => return Error::Tables(error),
    };
    Error::Question { message }
}
