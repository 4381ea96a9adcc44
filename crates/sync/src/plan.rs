//! What to list next: a pure state machine.
//!
//! Upstream lists calls newest first, and pages are numbered from the newest. Numbered pages shift
//! while calls are added and deleted, and high numbers are slow, so the plan does not count pages: the
//! next step lists everything that began no later than the oldest call of the last one. That costs one
//! repeated record a page and can skip nothing.

use std::time::Duration;

use callbook_model::Span;
use callbook_ringcentral::CallLogPage;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Calls show up after they end, filed under their start: each run lists this much again.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// Everything that upstream has: RingCentral itself began later. (2000-01-01T00:00:00Z)
const BEGINNING: Timestamp = Timestamp::constant(946_684_800, 0);

/// Whether a list includes a call at the very end of its span is not documented: one millisecond more
/// includes it either way.
const BEYOND: Duration = Duration::from_millis(1);

/// The highest page number (contract: `EnumeratedPagingModel`).
const LAST_PAGE: u32 = 1000;

/// Upstream gives pages without an end, all of one moment or in no order: it does not heed the span or
/// the page that it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("upstream's list of calls from {} to {} has no end", span.from, span.to)]
pub struct Endless {
    /// What was being listed.
    pub span: Span,
}

/// How far an account's call log has been listed, and what is still to be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Everything listed, or to be listed.
    covered: Option<Span>,
    /// To be listed, the last one first.
    pending: Vec<Step>,
}

/// One page to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Calls that began in it.
    pub span: Span,
    /// From 1; above only where more calls than a page holds began in one millisecond, or the server
    /// does not sort.
    pub page: u32,
    /// A page of this span was not sorted: the others are read by their numbers.
    #[serde(default)]
    pub numbered: bool,
}

impl Step {
    fn first(span: Span) -> Self {
        Self { span, page: 1, numbered: false }
    }
}

/// What a fetched page was like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Records on it.
    pub records: usize,
    /// When the oldest of them began; `None` if no start could be read.
    pub oldest: Option<Timestamp>,
    /// Newest first, as documented.
    pub sorted: bool,
    /// The server has another page.
    pub has_next: bool,
}

impl Outcome {
    /// A page before its records were read.
    pub fn of_page(page: &CallLogPage, per_page: u32) -> Self {
        let records = page.records().len();
        // A full page may have another one behind it, whether it says so or not.
        let has_next = page.has_next || records >= per_page as usize;
        Self { records, oldest: None, sorted: true, has_next }
    }

    /// One of its records began then. What cannot have begun then, having been listed in `span`, tells
    /// nothing about the others.
    pub fn saw(&mut self, span: Span, start_ms: i64) {
        let start = Timestamp::from_millisecond(start_ms).ok();
        let Some(start) = start.filter(|start| span.from <= *start && *start <= span.to) else {
            return;
        };
        self.sorted &= self.oldest.is_none_or(|oldest| start <= oldest);
        self.oldest = self.oldest.into_iter().chain([start]).min();
    }
}

impl Plan {
    /// A plan that lists one span and no more.
    pub fn once(span: Span) -> Self {
        Self { covered: Some(span), pending: vec![Step::first(span)] }
    }

    /// Starts a run: everything since `since`, though it was listed before; or, without it, everything that
    /// was not listed yet, and the last day again. `now` should be the server's.
    pub fn begin(&mut self, since: Option<Timestamp>, now: Timestamp) {
        let mut add = |from: Timestamp, to: Timestamp| {
            self.pending.extend(Span::new(from, to).map(Step::first));
        };
        let Some(covered) = self.covered else {
            let from = since.unwrap_or(BEGINNING);
            add(from, now);
            self.covered = Span::new(from, now);
            return;
        };
        if since.is_none() && BEGINNING < covered.from {
            add(BEGINNING, covered.from.saturating_add(BEYOND).unwrap_or(covered.from));
        }
        // Should the server's clock have been put back, what is after now was not covered.
        let known_to = covered.to.min(now);
        let again = known_to.saturating_sub(OVERLAP).unwrap_or(covered.from).max(covered.from);
        // Never from later on: what lies between the last run and `since` would be left out for good.
        // The newest calls are wanted first: the last one added is the first one listed.
        add(again.min(since.unwrap_or(again)), now);
        let from = covered.from.min(since.unwrap_or(BEGINNING));
        self.covered = Span::new(from, now).or(self.covered);
    }

    /// What has been listed, or will have been once nothing is pending.
    pub fn covered(&self) -> Option<Span> {
        self.covered
    }

    /// The page to fetch now; `None` when everything is listed.
    pub fn next(&self) -> Option<Step> {
        self.pending.last().copied()
    }

    /// Takes note of the page that [`Plan::next`] asked for.
    ///
    /// # Errors
    /// When upstream goes on naming another page after the last one that there can be.
    pub fn apply(&mut self, outcome: Outcome) -> Result<(), Endless> {
        let Some(step) = self.pending.last_mut() else { return Ok(()) };
        if !outcome.has_next || outcome.records == 0 {
            self.pending.pop();
            return Ok(());
        }
        step.numbered |= !outcome.sorted;
        let rest = outcome
            .oldest
            .filter(|_| !step.numbered)
            .and_then(|oldest| oldest.saturating_add(BEYOND).ok())
            .filter(|to| *to < step.span.to);
        match rest {
            Some(to) if to <= step.span.from => drop(self.pending.pop()),
            Some(to) => *step = Step::first(Span { to, ..step.span }),
            None if step.page >= LAST_PAGE => return Err(Endless { span: step.span }),
            None => step.page += 1,
        }
        Ok(())
    }
}
