//! The synthetic calls, as the API's call log.

use std::sync::Arc;

use bytes::Bytes;
use callbook_api::{
    ActiveQuery, CallLog, CallLogPage, Changes, ChangesQuery, Deletion, ExtensionId, Filter,
    ListQuery, Mark, PortError, View,
};
use callbook_synth::{Call, Entry, Scope};
use jiff::Timestamp;

use crate::filter::matches;
use crate::world::{Moment, Span, World};

/// Changes of the last moments before a mark are given again: one that was under way may have been missed.
const OVERLAP_MS: i64 = 5_000;

/// Marks are milliseconds.
pub(crate) struct SandboxCallLog(pub(crate) Arc<World>);

impl CallLog for SandboxCallLog {
    async fn list(
        &self,
        scope: callbook_api::Scope,
        query: &ListQuery,
    ) -> Result<CallLogPage, PortError> {
        let query = query.clone();
        self.0.look(move |now| list(now, synth_scope(scope), &query)).await
    }

    /// A deleted record is not found: these operations have no `showDeleted` to ask for it.
    async fn get(
        &self,
        scope: callbook_api::Scope,
        id: &str,
        view: View,
    ) -> Result<Option<Bytes>, PortError> {
        let record = self.0.now().record(synth_scope(scope), id, synth_view(view));
        Ok(record.map(Bytes::from))
    }

    async fn mark(
        &self,
        _: callbook_api::Scope,
        moment: Option<Timestamp>,
    ) -> Result<Mark, PortError> {
        let now = || self.0.now().now_ms - OVERLAP_MS;
        Ok(Mark(moment.map_or_else(now, Timestamp::as_millisecond)))
    }

    async fn changes(
        &self,
        scope: callbook_api::Scope,
        query: &ChangesQuery,
    ) -> Result<Option<Changes>, PortError> {
        let query = query.clone();
        self.0.look(move |now| Some(changes(now, synth_scope(scope), &query))).await
    }

    async fn active(
        &self,
        scope: callbook_api::Scope,
        query: &ActiveQuery,
    ) -> Result<CallLogPage, PortError> {
        let query = query.clone();
        self.0.look(move |now| active(now, synth_scope(scope), &query)).await
    }

    async fn hide(&self, extension: ExtensionId, deletion: &Deletion) -> Result<(), PortError> {
        let (world, deletion) = (Arc::clone(&self.0), deletion.clone());
        let scope = Scope::Extension(extension.0);
        self.0.look(move |now| world.hide(&matching(now, scope, &deletion))).await
    }
}

/// The records of a log that are to be hidden.
fn matching(
    now: &Moment,
    scope: Scope,
    Deletion { from, to, filter, .. }: &Deletion,
) -> Vec<Entry> {
    let span = Span { from_ms: ceil_ms(*from), until_ms: ceil_ms(*to), show_deleted: false };
    let listing = now.listing(scope, span);
    let calls = listing.newest_first(0).filter_map(|call| look_at(now, scope, call));
    calls.filter(|(entry, call)| matches(call, entry, filter)).map(|(entry, _)| entry).collect()
}

fn list(now: &Moment, scope: Scope, query: &ListQuery) -> CallLogPage {
    let show_deleted = query.filter.show_deleted;
    let span = Span { from_ms: ceil_ms(query.from), until_ms: ceil_ms(query.to), show_deleted };
    let listing = now.listing(scope, span);
    let offset = usize::try_from(query.offset).unwrap_or(usize::MAX);
    if !only_dates(&query.filter) {
        let calls = listing.newest_first(0).filter_map(|call| look_at(now, scope, call));
        return page(calls, &query.filter, query.view, offset, query.limit);
    }
    // Without filters a page's place is known: no other record is looked at.
    let total = listing.len();
    let calls = listing.newest_first(offset.min(total)).take(query.limit as usize);
    let calls = calls.filter_map(|call| look_at(now, scope, call));
    let records: Vec<Bytes> = calls.map(|(entry, call)| text(&entry, &call, query.view)).collect();
    let more = offset.saturating_add(records.len()) < total;
    CallLogPage { records, total: Some(total as u64), more, next: None }
}

fn active(now: &Moment, scope: Scope, query: &ActiveQuery) -> CallLogPage {
    let offset = usize::try_from(query.offset).unwrap_or(usize::MAX);
    let calls = now.active(scope).into_iter();
    page(calls, &query.filter, query.view, offset, query.limit)
}

fn changes(now: &Moment, scope: Scope, query: &ChangesQuery) -> Changes {
    let (Mark(from_ms), started_ms) = (query.after, query.started_from.as_millisecond());
    let mut changes = Changes { records: Vec::new(), next: Mark(now.now_ms), more: false };
    let mut last_ms = None;
    for (at_ms, entry, call) in now.modified_since(scope, from_ms, query.filter.show_deleted) {
        if entry.start_ms < started_ms || !matches(&call, &entry, &query.filter) {
            continue;
        }
        if changes.records.len() >= query.limit as usize && last_ms != Some(at_ms) {
            // Something else may still happen in the millisecond of now.
            changes.next = Mark(last_ms.map_or(from_ms, |last_ms| last_ms + 1).min(now.now_ms));
            changes.more = true;
            break;
        }
        changes.records.push(text(&entry, &call, query.view));
        last_ms = Some(at_ms);
    }
    changes
}

/// A page of those that pass a filter.
fn page<'a>(
    calls: impl Iterator<Item = (Entry, Call<'a>)>,
    filter: &Filter,
    view: View,
    offset: usize,
    limit: u32,
) -> CallLogPage {
    let (mut total, mut records) = (0, vec![]);
    for (entry, call) in calls.filter(|(entry, call)| matches(call, entry, filter)) {
        if total >= offset && records.len() < limit as usize {
            records.push(text(&entry, &call, view));
        }
        total += 1;
    }
    let more = offset.saturating_add(records.len()) < total;
    CallLogPage { records, total: Some(total as u64), more, next: None }
}

fn look_at(now: &Moment, scope: Scope, call: u32) -> Option<(Entry, Call<'_>)> {
    let call = now.call_in(call, &now.state(scope, call));
    Some((call.entry(scope)?, call))
}

fn text(entry: &Entry, call: &Call<'_>, view: View) -> Bytes {
    call.record(entry, synth_view(view)).into()
}

fn only_dates(filter: &Filter) -> bool {
    *filter == Filter { show_deleted: filter.show_deleted, ..Filter::default() }
}

/// The first whole millisecond that is not before `instant`: entries have whole ones.
fn ceil_ms(instant: Timestamp) -> i64 {
    let nanoseconds = instant.as_nanosecond();
    let floor = nanoseconds.div_euclid(1_000_000);
    let whole = nanoseconds.rem_euclid(1_000_000) == 0;
    i64::try_from(floor + i128::from(!whole)).unwrap_or(i64::MAX)
}

pub(crate) fn synth_scope(scope: callbook_api::Scope) -> Scope {
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
