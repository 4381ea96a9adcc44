//! The archive's calls, as the API's call log.

mod changes;
mod company;
mod hidden;
mod own;
mod wanted;

use bytes::Bytes;
use callbook_api::{
    ActiveQuery, CallLog, CallLogPage, Changes, ChangesQuery, Deletion, ExtensionId, ListQuery,
    Mark, PortError, Scope, View,
};
use callbook_model::document::Parts;
use callbook_model::{CallRecord, Span, unprojected_id};
use callbook_store::Position;
use jiff::{SignedDuration, Timestamp};

use self::changes::Reached;
use self::wanted::Wanted;
use crate::archive::{Archive, Source};
use crate::failed;

/// Calls count as active for so long after their end.
const JUST_ENDED: SignedDuration = SignedDuration::from_secs(120);

/// What ended just now began no longer ago.
const LONGEST_CALL: SignedDuration = SignedDuration::from_hours(24);

/// Clocks of upstream and of this machine may differ by so much.
const SKEW: SignedDuration = SignedDuration::from_mins(1);

/// The calls of an archived account. Marks are numbers of changes and of hidden records.
#[derive(Debug, Clone)]
pub struct ArchiveCallLog(pub Archive);

/// One page, whichever log it is of.
struct Page<'a> {
    wanted: &'a Wanted,
    span: Span,
    view: View,
    offset: u64,
    after: Option<Position>,
    limit: u32,
}

/// A record of a page.
struct Found {
    position: Position,
    /// As the archive has it.
    id: String,
    text: Bytes,
}

impl CallLog for ArchiveCallLog {
    async fn list(&self, scope: Scope, query: &ListQuery) -> Result<CallLogPage, PortError> {
        let Some(span) = Span::new(query.from, query.to) else { return Ok(CallLogPage::default()) };
        let Some(wanted) = Wanted::new(&self.0, &query.filter).await? else {
            return Ok(CallLogPage::default());
        };
        let after = query.after.as_deref().and_then(position);
        let (view, offset, limit) = (query.view, query.offset, query.limit);
        let page = Page { wanted: &wanted, span, view, offset, after, limit };
        self.page(scope, &page).await
    }

    /// A deleted record is not found: these operations have no `showDeleted` to ask for it.
    async fn get(&self, scope: Scope, id: &str, view: View) -> Result<Option<Bytes>, PortError> {
        let source = self.0.source(scope).await?;
        let (log, id) = match source {
            Source::Own(scope) => (scope, Some(id)),
            Source::Company(extension) => (Scope::Account, unprojected_id(id, extension)),
        };
        let Some(id) = id else { return Ok(None) };
        if self.hidden(scope).await?.contains(id) {
            return Ok(None);
        }
        let found = self.0.store().call(self.0.key(), log, id).await.map_err(failed)?;
        let Some(call) = found.filter(|call| !call.deleted) else { return Ok(None) };
        let json = match source {
            Source::Own(_) => Some(call.json),
            Source::Company(extension) => {
                self.0.project(&call.json, extension).await?.map(|own| own.json)
            }
        };
        Ok(json.map(|json| self.text(&in_view(json, view), view, false)))
    }

    /// A moment's is found by when states were received, which upstream's clock has said.
    async fn mark(&self, _: Scope, moment: Option<Timestamp>) -> Result<Mark, PortError> {
        let (store, key) = (self.0.store(), self.0.key());
        let hidden = store.newest_hidden(key).await.map_err(failed)?;
        let seq = match moment {
            None => store.newest_seq(key).await,
            Some(moment) => {
                let moment = moment.checked_sub(SKEW).unwrap_or(Timestamp::MIN);
                store.seq_before(key, moment.as_millisecond()).await
            }
        };
        Ok(Reached { seq: seq.map_err(failed)?, hidden }.into())
    }

    async fn changes(
        &self,
        scope: Scope,
        query: &ChangesQuery,
    ) -> Result<Option<Changes>, PortError> {
        self.changed(scope, query).await
    }

    /// No call of an archive is under way; those that have only just ended may be there.
    async fn active(&self, scope: Scope, query: &ActiveQuery) -> Result<CallLogPage, PortError> {
        let now = Timestamp::now();
        let from = now.checked_sub(LONGEST_CALL).unwrap_or(Timestamp::MIN);
        let ended_from = now.checked_sub(JUST_ENDED).unwrap_or(Timestamp::MIN);
        let Some(mut wanted) = Wanted::new(&self.0, &query.filter).await? else {
            return Ok(CallLogPage::default());
        };
        wanted.ended_from_ms = Some(ended_from.as_millisecond());
        let (view, offset, limit) = (query.view, query.offset, query.limit);
        let span = Span { from, to: now };
        let page = Page { wanted: &wanted, span, view, offset, after: None, limit };
        let page = self.page(scope, &page).await?;
        Ok(CallLogPage { next: None, ..page })
    }

    async fn hide(&self, extension: ExtensionId, deletion: &Deletion) -> Result<(), PortError> {
        self.hide_from(extension, deletion).await
    }
}

impl ArchiveCallLog {
    async fn page(&self, scope: Scope, page: &Page<'_>) -> Result<CallLogPage, PortError> {
        let hidden = self.hidden(scope).await?;
        let found = match self.0.source(scope).await? {
            Source::Own(scope) => self.own(scope, page, &hidden).await?,
            Source::Company(extension) => self.of_company(extension, page, &hidden).await?,
        };
        Ok(page.cut(found))
    }

    /// A record's text as it is sent. One that upstream lists no more does not say itself that it is deleted.
    fn text(&self, json: &str, view: View, deleted: bool) -> Bytes {
        let mut text = self.0.lead(json, view);
        let says = || CallRecord::decode(&text, self.0.home()).is_ok_and(|record| record.deleted);
        if deleted
            && !says()
            && let Some(end) = text.rfind('}')
        {
            text.insert_str(end, ",\"deleted\":true");
        }
        text.into()
    }
}

impl Page<'_> {
    /// Of the records found, at most one more than wanted, those of the page.
    fn cut(&self, mut found: Vec<Found>) -> CallLogPage {
        let more = found.len() > self.limit as usize;
        found.truncate(self.limit as usize);
        let last = found.last().map(|found| found.position);
        let next =
            last.filter(|_| more).map(|Position { start_ms, call }| format!("{start_ms}.{call}"));
        // Counted only where the end has been seen, by way of all before it.
        let is_counted = !more && self.after.is_none() && (self.offset == 0 || !found.is_empty());
        let total = is_counted.then_some(self.offset + found.len() as u64);
        let records = found.into_iter().map(|found| found.text).collect();
        CallLogPage { records, total, more, next }
    }
}

/// A place that a page's `next` has named.
fn position(text: &str) -> Option<Position> {
    let (start_ms, call) = text.split_once('.')?;
    Some(Position { start_ms: start_ms.parse().ok()?, call: call.parse().ok()? })
}

/// A Detailed record as a view has it.
fn in_view(json: String, view: View) -> String {
    match view {
        View::Simple => Parts::split(&json).simple,
        View::Detailed => json,
    }
}
