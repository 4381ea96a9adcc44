//! The recordings of a bundle's calls.

use std::future::Future;
use std::io::{self, Write};

use callbook_model::Scope;
use callbook_store::{RecordingQuery, RecordingRow, RecordingState};
use jiff::Timestamp;

use super::Bundle;
use crate::{Calls, Error, Query, Source, View};

/// The folder of their contents.
pub(crate) const FOLDER: &str = "recordings";
/// A row for each, whether or not its content is there.
pub(crate) const INDEX: &str = "recordings.csv";

/// Calls whose recordings are looked up at a time.
const AT_ONCE: usize = 200;

const COLUMNS: [&str; 10] = [
    "recording_id",
    "call_id",
    "session_id",
    "start_utc",
    "duration_s",
    "type",
    "state",
    "bytes",
    "sha256",
    "file",
];

/// Where the contents of recordings are.
pub trait Contents: Sync {
    /// Writes an object's content; `false` if it is not there.
    ///
    /// # Errors
    /// When it cannot be read or written.
    fn copy(
        &self,
        object: &str,
        out: &mut (dyn Write + Send),
    ) -> impl Future<Output = io::Result<bool>> + Send;
}

/// What of the recordings is in a bundle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Contents that are there.
    pub contents: u64,
    /// Recordings that calls name, and that the archive does not have.
    pub absent: u64,
    /// Contents that are not what was kept, or are gone.
    pub damaged: u64,
}

impl Bundle<'_> {
    pub(super) async fn recordings(&mut self, contents: &impl Contents) -> Result<Recorded, Error> {
        self.folder.subfolder(FOLDER)?;
        let mut index = csv::Writer::from_writer(self.folder.file(INDEX)?);
        index.write_record(COLUMNS).map_err(io::Error::from)?;
        let mut recorded = Recorded::default();
        let (mut filter, scope) = (self.filter.clone(), self.filter.scope);
        filter.recorded = Some(true);
        let query =
            Query { filter, sources: Source::RingCentral, view: View::Simple, limit: u32::MAX };
        let mut calls = Calls::new(self.store, self.account.key, query).await?;
        loop {
            let mut ids = Vec::with_capacity(AT_ONCE);
            while ids.len() < AT_ONCE
                && let Some(listed) = calls.next().await?
            {
                ids.push(listed.call.id);
            }
            if ids.is_empty() {
                break;
            }
            for row in self.rows(scope, ids).await? {
                let file = self.content(contents, &row, &mut recorded).await?;
                index.write_record(columns(&row, &file)).map_err(io::Error::from)?;
            }
        }
        let index = index.into_inner().map_err(|error| error.into_error())?;
        self.folder.close(INDEX, index)?;
        Ok(recorded)
    }

    async fn rows(&self, scope: Scope, ids: Vec<String>) -> Result<Vec<RecordingRow>, Error> {
        let query = RecordingQuery::Calls(scope, ids);
        Ok(self.store.recordings(self.account.key, query).await?)
    }

    /// The file with a recording's content; empty if there is none.
    async fn content(
        &mut self,
        contents: &impl Contents,
        row: &RecordingRow,
        recorded: &mut Recorded,
    ) -> Result<String, Error> {
        let kept = row.object.as_deref().filter(|_| row.state == RecordingState::Kept);
        let Some(object) = kept else {
            recorded.absent += 1;
            return Ok(String::new());
        };
        // Its own name, without the folders of the days.
        let name = object.rsplit('/').next().unwrap_or(object);
        let file = format!("{FOLDER}/{name}");
        let mut out = self.folder.file(&file)?;
        let there = contents.copy(object, &mut out).await?;
        let sum = self.folder.close(&file, out)?;
        if there && row.sha256.as_deref() == Some(&sum) {
            recorded.contents += 1;
        } else {
            recorded.damaged += 1;
        }
        Ok(file)
    }
}

fn columns(row: &RecordingRow, file: &str) -> [String; 10] {
    let start = Timestamp::from_millisecond(row.start_ms).ok();
    let number = |number: Option<i64>| number.map_or_else(String::new, |number| number.to_string());
    [
        row.id.clone(),
        row.call_id.clone(),
        row.session.clone().unwrap_or_default(),
        start.map_or_else(String::new, |start| start.to_string()),
        row.duration_ms.map_or_else(String::new, |ms| format!("{}.{:03}", ms / 1000, ms % 1000)),
        row.mode.clone().unwrap_or_default(),
        row.state.as_str().to_owned(),
        number(row.bytes),
        row.sha256.clone().unwrap_or_default(),
        file.to_owned(),
    ]
}
