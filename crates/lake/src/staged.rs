//! Rows that no file has yet.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use callbook_interaction::{Record, derive};
use callbook_store::SessionChanges;
use datafusion::arrow::array::{AsArray as _, BooleanArray, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::error::Result;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::prelude::SessionContext;

use crate::directory::Directory;
use crate::month::Month;
use crate::spool::{Newest, Spool};
use crate::table::{Rows, TABLES};
use crate::{Error, Place};

/// What has changed since the files were written: new rows of sessions, and which sessions' rows in the files
/// they are in the place of.
#[derive(Default)]
pub(crate) struct Staged {
    newest: Newest,
    /// Whether any session came in more than one step.
    repeated: bool,
    /// Rows of the first steps that are not in memory any more, and of how many steps.
    spool: Option<Spool>,
    spooled: usize,
    /// The steps since.
    steps: Vec<BTreeMap<Month, [RecordBatch; 5]>>,
    /// Sessions that files may have rows of, and the span of starts to look for them in.
    pub(crate) retracted: HashMap<String, (i64, i64)>,
}

/// Rows of sessions that have changed, derived together.
pub(crate) struct Step {
    /// All changes up to this number are in it, or in steps before.
    pub(crate) upto: i64,
    /// The sessions, and the span of starts that files may have rows of them in.
    pub(crate) sessions: Vec<(String, Option<(i64, i64)>)>,
    months: BTreeMap<Month, [RecordBatch; 5]>,
}

impl Step {
    /// Derives the rows of sessions that have changed.
    pub(crate) fn derive(changes: &SessionChanges, company: &Directory) -> Self {
        for record in &changes.damaged {
            tracing::warn!(record, "left out of reports: what the archive holds of it is damaged");
        }
        let mut sessions = Vec::with_capacity(changes.sessions.len());
        let mut months: BTreeMap<Month, Rows> = BTreeMap::new();
        for session in &changes.sessions {
            let places = (session.places_ms.first(), session.places_ms.last());
            // The first letter says what kind of id the rest is.
            let id = session.key.get(1..).unwrap_or_default().to_owned();
            sessions.push((id, places.0.copied().zip(places.1.copied())));
            let records: Vec<_> =
                session.records.iter().filter_map(|record| Record::read(&record.json)).collect();
            if let Some(derived) = derive(&records, company) {
                months.entry(Month::of(derived.interaction.started)).or_default().push(&derived);
            }
        }
        let months = months.into_iter().map(|(month, mut rows)| (month, rows.finish())).collect();
        Self { upto: changes.upto, sessions, months }
    }
}

impl Staged {
    /// Adds what came after all that is there.
    pub(crate) fn add(&mut self, step: Step) {
        for (session, span) in step.sessions {
            self.retract(session, span);
        }
        self.steps.push(step.months);
    }

    /// The rows of these sessions, which files have within a span, are those that are given now, or there are none.
    pub(crate) fn replace(&mut self, sessions: &[String], span: (i64, i64), now: Step) {
        for session in sessions {
            self.retract(session.clone(), Some(span));
        }
        self.add(now);
    }

    /// From this step on a session has other rows than in files, which are to be found within a span of starts.
    fn retract(&mut self, session: String, span: Option<(i64, i64)>) {
        let step = self.spooled + self.steps.len();
        if let Some((from_ms, to_ms)) = span {
            let span = self.retracted.entry(session.clone()).or_insert((from_ms, to_ms));
            *span = (span.0.min(from_ms), span.1.max(to_ms));
        }
        let before = Arc::make_mut(&mut self.newest).insert(session, step);
        self.repeated |= before.is_some_and(|before| before < step);
    }

    /// How many sessions have changed.
    pub(crate) fn sessions(&self) -> usize {
        self.newest.len()
    }

    /// How much memory the rows take.
    pub(crate) fn bytes(&self) -> usize {
        let batches = self.steps.iter().flat_map(BTreeMap::values).flatten();
        batches.map(RecordBatch::get_array_memory_size).sum()
    }

    /// Puts the rows that are in memory on the disk.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn spill(&mut self, place: &Place) -> Result<(), Error> {
        let mut spool = self.spool.take().map_or_else(|| Spool::new(place), Ok)?;
        let steps = self.spooled..self.spooled + self.steps.len();
        let months: BTreeSet<Month> =
            self.steps.iter().flat_map(|step| step.keys().copied()).collect();
        for month in months {
            for table in 0..TABLES.len() {
                let rows = self.rows(table, Some(month))?;
                spool.add((table, month), steps.clone(), &rows)?;
            }
        }
        self.steps.clear();
        self.spooled = steps.end;
        self.spool = Some(spool);
        Ok(())
    }

    /// The months that it has rows of on the disk.
    pub(crate) fn months(&self) -> BTreeSet<Month> {
        self.spool.as_ref().map(Spool::months).unwrap_or_default()
    }

    /// The rows of a table and month that are on the disk, in the order of their starts.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(crate) async fn sorted(
        &self,
        context: &SessionContext,
        of: (usize, Month),
    ) -> Result<Option<SendableRecordBatchStream>> {
        let Some(spool) = &self.spool else { return Ok(None) };
        let newest = self.repeated.then_some(&self.newest);
        spool.sorted(context, of, newest).await
    }

    /// The rows of a table that are in memory, of one month or of all.
    ///
    /// # Errors
    /// Never, if the tables have the column `session`.
    pub(crate) fn rows(&self, table: usize, month: Option<Month>) -> Result<Vec<RecordBatch>> {
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
    fn current(&self, batch: &RecordBatch, step: usize) -> Result<RecordBatch> {
        let step = self.spooled + step;
        keep(batch, |session| self.newest.get(session) == Some(&step))
    }
}

/// The rows of the sessions that are wanted.
pub(crate) fn keep(batch: &RecordBatch, wanted: impl Fn(&str) -> bool) -> Result<RecordBatch> {
    let sessions = batch.column(0).as_string::<i32>();
    let mask: BooleanArray =
        sessions.iter().map(|session| Some(session.is_some_and(&wanted))).collect();
    Ok(filter_record_batch(batch, &mask)?)
}
