//! The synthetic calls, as the API's call log.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use callbook_api::{CallLog, CallLogPage, ExtensionId, Filter, ListQuery, PortError, View};
use callbook_synth::{Company, Entry, Scope};
use jiff::Timestamp;

use crate::deleted::Deleted;
use crate::filter::matches;

/// Cheap to clone: a list is made on a thread of its own.
#[derive(Clone)]
pub(crate) struct SandboxCallLog {
    company: Arc<Company>,
    deleted: Arc<Deleted>,
}

impl SandboxCallLog {
    pub(crate) fn new(company: Arc<Company>) -> Self {
        let deleted = Arc::new(Deleted::of(&company));
        Self { company, deleted }
    }
}

impl CallLog for SandboxCallLog {
    async fn list(
        &self,
        scope: callbook_api::Scope,
        query: &ListQuery,
    ) -> Result<CallLogPage, PortError> {
        let (log, query) = (self.clone(), query.clone());
        // Making a thousand records takes long enough to keep other connections waiting.
        let page = tokio::task::spawn_blocking(move || log.page(synth_scope(scope), &query));
        page.await.map_err(|error| PortError(Box::new(error)))
    }

    /// A deleted record is not found: these operations have no `showDeleted` to ask for it.
    async fn get(
        &self,
        scope: callbook_api::Scope,
        id: &str,
        view: View,
    ) -> Result<Option<Bytes>, PortError> {
        let entry = self.company.find(synth_scope(scope), id);
        let entry = entry.filter(|entry| !self.deleted.contains(entry));
        Ok(entry.map(|entry| self.text(&entry, view)))
    }
}

impl SandboxCallLog {
    fn page(&self, scope: Scope, query: &ListQuery) -> CallLogPage {
        let log = self.company.entries(scope);
        let range = log.position(ceil_ms(query.from))..log.position(ceil_ms(query.to));
        let offset = usize::try_from(query.offset).unwrap_or(usize::MAX);
        let (entries, total) = if only_dates(&query.filter) {
            self.by_position(scope, range, offset, query)
        } else {
            self.by_scan(scope, range, offset, query)
        };
        CallLogPage {
            records: entries.iter().map(|entry| self.text(entry, query.view)).collect(),
            total: Some(total as u64),
            more: offset.saturating_add(entries.len()) < total,
        }
    }

    /// Without filters a page's place is known: no other record is looked at.
    fn by_position(
        &self,
        scope: Scope,
        range: Range<usize>,
        offset: usize,
        query: &ListQuery,
    ) -> (Vec<Entry>, usize) {
        let log = self.company.entries(scope);
        let deleted = self.deleted.positions(&self.company, scope);
        let hidden = if query.filter.show_deleted { &[] } else { deleted.as_slice() };
        let shown = Shown { range, hidden };
        let page = shown.newest_first(offset).take(query.limit as usize);
        (page.filter_map(|position| log.get(position)).collect(), shown.len())
    }

    fn by_scan(
        &self,
        scope: Scope,
        range: Range<usize>,
        offset: usize,
        query: &ListQuery,
    ) -> (Vec<Entry>, usize) {
        let log = self.company.entries(scope);
        let mut total = 0;
        let mut page = Vec::new();
        for entry in range.rev().filter_map(|position| log.get(position)) {
            if !matches(&self.company, &entry, &query.filter) {
                continue;
            }
            if total >= offset && page.len() < query.limit as usize {
                page.push(entry);
            }
            total += 1;
        }
        (page, total)
    }

    fn text(&self, entry: &Entry, view: View) -> Bytes {
        self.company.record(entry, synth_view(view)).into()
    }
}

fn only_dates(filter: &Filter) -> bool {
    *filter == Filter { show_deleted: filter.show_deleted, ..Filter::default() }
}

/// A range of positions in a log, some of them hidden.
struct Shown<'a> {
    range: Range<usize>,
    /// Ascending.
    hidden: &'a [usize],
}

impl Shown<'_> {
    fn len(&self) -> usize {
        self.count_from(self.range.start)
    }

    /// How many are shown at `position` and after it.
    fn count_from(&self, position: usize) -> usize {
        let before = |limit: usize| self.hidden.partition_point(|&hidden| hidden < limit);
        let hidden = before(self.range.end).saturating_sub(before(position));
        self.range.end.saturating_sub(position) - hidden
    }

    /// The positions that are shown, downwards, without the first `skip`.
    fn newest_first(&self, skip: usize) -> impl Iterator<Item = usize> {
        // The higher the position, the fewer are shown after it, so the place can be bisected.
        let (mut low, mut high) = (self.range.start, self.range.end);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.count_from(middle) > skip { low = middle + 1 } else { high = middle }
        }
        // `low` is the first position with at most `skip` shown from it on.
        let (start, hidden) = (self.range.start, self.hidden);
        (start..low).rev().filter(move |position| hidden.binary_search(position).is_err())
    }
}

/// The first whole millisecond that is not before `instant`: entries have whole ones.
fn ceil_ms(instant: Timestamp) -> i64 {
    let nanoseconds = instant.as_nanosecond();
    let floor = nanoseconds.div_euclid(1_000_000);
    let whole = nanoseconds.rem_euclid(1_000_000) == 0;
    i64::try_from(floor + i128::from(!whole)).unwrap_or(i64::MAX)
}

fn synth_scope(scope: callbook_api::Scope) -> Scope {
    match scope {
        callbook_api::Scope::Account => Scope::Account,
        callbook_api::Scope::Extension(ExtensionId(id)) => Scope::Extension(id),
    }
}

fn synth_view(view: View) -> callbook_synth::View {
    match view {
        View::Simple => callbook_synth::View::Simple,
        View::Detailed => callbook_synth::View::Detailed,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pages_of_shown_positions_are_those_of_a_naive_walk(
            start in 0_usize..50,
            length in 0_usize..50,
            hidden in prop::collection::btree_set(0_usize..100, 0..60),
            skip in 0_usize..60,
        ) {
            let hidden: Vec<usize> = hidden.into_iter().collect();
            let range = start..start + length;
            let naive: Vec<usize> =
                range.clone().rev().filter(|position| !hidden.contains(position)).collect();
            let shown = Shown { range, hidden: &hidden };
            prop_assert_eq!(shown.len(), naive.len());
            let page: Vec<usize> = shown.newest_first(skip).collect();
            prop_assert_eq!(page, naive.into_iter().skip(skip).collect::<Vec<_>>());
        }
    }
}
