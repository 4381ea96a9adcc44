//! Listing spans page by page.
//!
//! Upstream lists calls newest first, and pages are numbered from the newest. Numbered pages shift
//! while calls are added and deleted, and high numbers are slow, so a listing does not count pages: the
//! next page lists everything that began no later than the oldest call of the last one. That costs one
//! repeated record a page and can skip nothing.

use std::time::Duration;

use callbook_model::Span;
use callbook_ringcentral::CallLogPage;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Whether a list includes a call at the very end of its span is not documented: one millisecond more
/// includes it either way.
pub(super) const BEYOND: Duration = Duration::from_millis(1);

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

/// Spans to be listed, page by page; the last one first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Listing(Vec<ListPage>);

/// One page to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListPage {
    /// Calls that began in it.
    pub span: Span,
    /// From 1; above only where more calls than a page holds began in one millisecond, or the server
    /// does not sort.
    pub page: u32,
    /// A page of this span was not sorted: the others are read by their numbers.
    #[serde(default)]
    pub numbered: bool,
}

impl ListPage {
    fn first(span: Span) -> Self {
        Self { span, page: 1, numbered: false }
    }
}

/// A call on a fetched page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedCall {
    /// Upstream's id of the record.
    pub id: String,
    /// When the call began, in milliseconds since 1970.
    pub start_ms: i64,
}

/// What a fetched page was like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// Records on it, unreadable ones included.
    pub records: usize,
    /// When the oldest of them began; `None` if no start could be read.
    pub oldest: Option<Timestamp>,
    /// Newest first, as documented.
    pub sorted: bool,
    /// The server has another page.
    pub has_next: bool,
    /// Records in the whole list, if upstream says.
    pub total: Option<u64>,
    /// Those that could be read.
    pub calls: Vec<ListedCall>,
}

impl Listed {
    /// A page before its records were read.
    pub fn of_page(page: &CallLogPage, per_page: u32) -> Self {
        let records = page.records().len();
        // A full page may have another one behind it, whether it says so or not.
        let has_next = page.has_next || records >= per_page as usize;
        Self { records, sorted: true, has_next, total: page.total, ..Self::default() }
    }

    /// One of its records. What cannot have begun when it says, having been listed in `span`, tells nothing
    /// about the others.
    pub fn saw(&mut self, span: Span, id: &str, start_ms: i64) {
        self.calls.push(ListedCall { id: id.to_owned(), start_ms });
        let start = Timestamp::from_millisecond(start_ms).ok();
        let Some(start) = start.filter(|start| span.from <= *start && *start <= span.to) else {
            return;
        };
        self.sorted &= self.oldest.is_none_or(|oldest| start <= oldest);
        self.oldest = self.oldest.into_iter().chain([start]).min();
    }
}

impl Listing {
    /// Lists one span and no more.
    pub fn of(span: Span) -> Self {
        Self(vec![ListPage::first(span)])
    }

    /// Lists this span too, before everything else.
    pub(super) fn add(&mut self, span: Span) {
        self.0.push(ListPage::first(span));
    }

    /// The page to fetch now; `None` when everything is listed.
    pub fn next(&self) -> Option<ListPage> {
        self.0.last().copied()
    }

    /// Takes note of the page that [`Listing::next`] asked for.
    ///
    /// # Errors
    /// When upstream goes on naming another page after the last one that there can be.
    pub fn apply(&mut self, listed: &Listed) -> Result<(), Endless> {
        let Some(page) = self.0.last_mut() else { return Ok(()) };
        if !listed.has_next || listed.records == 0 {
            self.0.pop();
            return Ok(());
        }
        page.numbered |= !listed.sorted;
        let rest = listed
            .oldest
            .filter(|_| !page.numbered)
            .and_then(|oldest| oldest.saturating_add(BEYOND).ok())
            .filter(|to| *to < page.span.to);
        match rest {
            Some(to) if to <= page.span.from => drop(self.0.pop()),
            Some(to) => *page = ListPage::first(Span { to, ..page.span }),
            None if page.page >= LAST_PAGE => return Err(Endless { span: page.span }),
            None => page.page += 1,
        }
        Ok(())
    }
}
