//! Whether as many calls were listed as upstream announced.

use std::collections::HashSet;

use crate::ListPage;

/// Counts listed calls against the totals of the lists that they came from.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    announced: u64,
    listed: u64,
    last_step: Option<ListPage>,
    /// Pages overlap: what stood on the last one counts no more.
    last_page: HashSet<String>,
}

/// Fewer calls were listed than upstream had announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortfall {
    /// What the lists' totals said.
    pub announced: u64,
    /// Different calls that were listed.
    pub listed: u64,
}

impl Tally {
    /// Counts a page.
    pub(crate) fn add(&mut self, step: ListPage, total: Option<u64>, ids: HashSet<String>) {
        let goes_on =
            |last: &ListPage| last.span.from == step.span.from && step.span.to <= last.span.to;
        if !self.last_step.as_ref().is_some_and(goes_on) {
            // The first page of a list of its own: the others' totals are parts of its.
            self.announced += total.unwrap_or(0);
            self.last_page.clear();
        }
        self.listed += ids.difference(&self.last_page).count() as u64;
        self.last_step = Some(step);
        self.last_page = ids;
    }

    /// Calls may have been deleted meanwhile; otherwise something was skipped.
    pub(crate) fn shortfall(&self) -> Option<Shortfall> {
        let Self { announced, listed, .. } = *self;
        (listed < announced).then_some(Shortfall { announced, listed })
    }
}
