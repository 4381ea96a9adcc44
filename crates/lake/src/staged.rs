//! Rows that no file has yet.

use std::collections::{BTreeMap, HashMap, HashSet};

use callbook_interaction::{Record, derive};
use callbook_store::SessionChanges;
use datafusion::arrow::array::{AsArray as _, BooleanArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;

use crate::Error;
use crate::directory::Directory;
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
}

impl Staged {
    /// Derives the rows of sessions that have changed.
    pub(crate) fn add(&mut self, changes: &SessionChanges, company: &Directory) {
        let mut months: BTreeMap<Month, Rows> = BTreeMap::new();
        for session in &changes.sessions {
            let places = (session.places_ms.first(), session.places_ms.last());
            let span = places.0.copied().zip(places.1.copied());
            // The first letter says what kind of id the rest is.
            self.retract(session.key.get(1..).unwrap_or_default(), span);
            let records: Vec<_> =
                session.records.iter().filter_map(|record| Record::read(&record.json)).collect();
            if let Some(derived) = derive(&records, company) {
                months.entry(Month::of(derived.interaction.started)).or_default().push(&derived);
            }
        }
        self.steps
            .push(months.into_iter().map(|(month, mut rows)| (month, rows.finish())).collect());
    }

    /// The rows of these sessions, which files have within a span, are those that are given now, or there are none.
    pub(crate) fn replace(
        &mut self,
        sessions: &[String],
        span: (i64, i64),
        now: &SessionChanges,
        company: &Directory,
    ) {
        for session in sessions {
            self.retract(session, Some(span));
        }
        self.add(now, company);
    }

    /// From this step on a session has other rows than in files, which are to be found within a span of starts.
    fn retract(&mut self, session: &str, span: Option<(i64, i64)>) {
        let before = self.newest.insert(session.to_owned(), self.steps.len());
        self.repeated |= before.is_some_and(|step| step < self.steps.len());
        if let Some((from_ms, to_ms)) = span {
            let span = self.retracted.entry(session.to_owned()).or_insert((from_ms, to_ms));
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
        let months: HashSet<Month> =
            self.steps.iter().flat_map(|step| step.keys().copied()).collect();
        let mut months: Vec<_> = months.into_iter().collect();
        months.sort_unstable();
        months
    }

    /// The rows of a table, of one month or of all.
    ///
    /// # Errors
    /// Never, if the tables have the column `session`.
    pub(crate) fn rows(
        &self,
        table: usize,
        month: Option<Month>,
    ) -> Result<Vec<RecordBatch>, Error> {
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
