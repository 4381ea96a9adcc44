//! Rows that no file has yet.

use std::collections::{BTreeMap, HashMap, HashSet};

use callbook_interaction::{Company, Record, derive};
use callbook_store::{ChangedSession, SessionChanges};
use datafusion::arrow::array::{AsArray as _, BooleanArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;

use crate::Error;
use crate::month::Month;
use crate::table::Rows;

/// What has changed since the files were written: new rows of sessions, and which sessions' rows in the files
/// they are in the place of.
#[derive(Default)]
pub(crate) struct Staged {
    /// Which step has a session's newest rows.
    newest: HashMap<String, usize>,
    /// Whether any session came in more than one step.
    repeated: bool,
    steps: Vec<BTreeMap<Month, [RecordBatch; 5]>>,
    /// Sessions that files may have rows of, and the span of starts to look for them in.
    pub(crate) retracted: HashMap<String, (i64, i64)>,
    /// Records that could not be read.
    pub(crate) unread: u64,
}

impl Staged {
    /// Derives the rows of sessions that have changed.
    pub(crate) fn add(&mut self, changes: &SessionChanges, company: &dyn Company) {
        let mut months: BTreeMap<Month, Rows> = BTreeMap::new();
        for session in &changes.sessions {
            self.retract(session);
            let records: Vec<_> =
                session.records.iter().filter_map(|record| Record::read(&record.json)).collect();
            self.unread += (session.records.len() - records.len()) as u64;
            if let Some(derived) = derive(&records, company) {
                months.entry(Month::of(derived.interaction.started)).or_default().push(&derived);
            }
        }
        self.steps.push(months.into_iter().map(|(month, mut rows)| (month, rows.finish())).collect());
    }

    fn retract(&mut self, session: &ChangedSession) {
        // The first letter says what kind of id the rest is.
        let key = session.key.get(1..).unwrap_or_default();
        self.repeated |= self.newest.insert(key.to_owned(), self.steps.len()).is_some();
        let places = (session.places_ms.first(), session.places_ms.last());
        if let (Some(&from_ms), Some(&to_ms)) = places {
            let span = self.retracted.entry(key.to_owned()).or_insert((from_ms, to_ms));
            *span = (span.0.min(from_ms), span.1.max(to_ms));
        }
    }

    /// How many sessions have changed.
    pub(crate) fn sessions(&self) -> usize {
        self.newest.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.newest.is_empty()
    }

    pub(crate) fn months(&self) -> Vec<Month> {
        let months: HashSet<Month> = self.steps.iter().flat_map(|step| step.keys().copied()).collect();
        let mut months: Vec<_> = months.into_iter().collect();
        months.sort_unstable();
        months
    }

    /// The rows of a table, of one month or of all.
    ///
    /// # Errors
    /// Never, if the tables have the column `session`.
    pub(crate) fn rows(&self, table: usize, month: Option<Month>) -> Result<Vec<RecordBatch>, Error> {
        let wanted = |of: &Month| month.is_none_or(|month| month == *of);
        let mut rows = Vec::new();
        for (step, months) in self.steps.iter().enumerate() {
            for (_, batches) in months.iter().filter(|(month, _)| wanted(month)) {
                let batch = &batches[table];
                let current = match self.repeated {
                    true => self.current(batch, step)?,
                    false => batch.clone(),
                };
                rows.push(current);
            }
        }
        rows.retain(|batch| batch.num_rows() > 0);
        Ok(rows)
    }

    /// Without the rows of sessions that came again in a later step.
    fn current(&self, batch: &RecordBatch, step: usize) -> Result<RecordBatch, Error> {
        keep(batch, |session| self.newest.get(session) == Some(&step))
    }
}

/// The rows of the sessions that are wanted.
pub(crate) fn keep(
    batch: &RecordBatch,
    wanted: impl Fn(&str) -> bool,
) -> Result<RecordBatch, Error> {
    let sessions = batch.column(0).as_string_view();
    let mask: BooleanArray =
        sessions.iter().map(|session| Some(session.is_some_and(&wanted))).collect();
    Ok(filter_record_batch(batch, &mask).map_err(datafusion::error::DataFusionError::from)?)
}
