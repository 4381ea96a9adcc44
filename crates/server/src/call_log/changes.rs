//! What has changed since a change number.

use bytes::Bytes;
use callbook_api::{Changes, ChangesQuery, Mark, PortError, Scope};
use callbook_model::CallRecord;
use callbook_store::{ChangedCall, View};

use super::wanted::Wanted;
use super::{ArchiveCallLog, in_view};
use crate::archive::Source;
use crate::failed;

/// States that are looked at together.
const AT_ONCE: u32 = 500;

/// So many bits of a mark number what was hidden: 134 million records. The others are enough for 68 billion changes.
const HIDDEN_BITS: u32 = 27;

/// How far somebody has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reached {
    /// The number of a change in the archive.
    pub(super) seq: i64,
    /// The number of a record that somebody has hidden from the own log.
    pub(super) hidden: i64,
}

impl From<Reached> for Mark {
    fn from(Reached { seq, hidden }: Reached) -> Self {
        Self(seq << HIDDEN_BITS | hidden)
    }
}

impl From<Mark> for Reached {
    fn from(Mark(mark): Mark) -> Self {
        Self { seq: mark >> HIDDEN_BITS, hidden: mark & ((1 << HIDDEN_BITS) - 1) }
    }
}

impl ArchiveCallLog {
    /// `None` for a mark that the archive has not come to: it is another, or an earlier copy.
    pub(super) async fn changed(
        &self,
        scope: Scope,
        query: &ChangesQuery,
    ) -> Result<Option<Changes>, PortError> {
        let source = self.0.source(scope).await?;
        let Some(wanted) = Wanted::new(&self.0, &query.filter).await? else { return Ok(None) };
        let (store, key) = (self.0.store(), self.0.key());
        let newest = Reached {
            seq: store.newest_seq(key).await.map_err(failed)?,
            hidden: store.newest_hidden(key).await.map_err(failed)?,
        };
        let mut reached = Reached::from(query.after);
        if reached.seq > newest.seq || reached.hidden > newest.hidden {
            return Ok(None);
        }
        let mut changes = Changes { records: Vec::new(), next: query.after, more: false };
        let hidden = self.hidden(scope).await?;
        loop {
            let calls = self.states_after(source, reached.seq).await?;
            let is_last = calls.len() < AT_ONCE as usize;
            for mut call in calls {
                let seq = call.seq;
                call.deleted |= hidden.contains(&call.id);
                if let Some(text) = self.change(source, &wanted, query, call).await? {
                    if changes.records.len() == query.limit as usize {
                        changes.more = true;
                        return Ok(Some(changes));
                    }
                    changes.records.push(text);
                    changes.next = Reached { seq, ..reached }.into();
                }
                reached.seq = seq;
            }
            if is_last {
                // Numbers become visible in order: what was newest at first has been looked at.
                reached.seq = reached.seq.max(newest.seq);
                return self.hidden_since(scope, &wanted, query, reached, changes).await.map(Some);
            }
        }
    }

    /// What the log's user has hidden since: to whoever follows it, it was deleted.
    async fn hidden_since(
        &self,
        scope: Scope,
        wanted: &Wanted,
        query: &ChangesQuery,
        mut reached: Reached,
        mut changes: Changes,
    ) -> Result<Changes, PortError> {
        let (store, key, source) = (self.0.store(), self.0.key(), self.0.source(scope).await?);
        while let Scope::Extension(extension) = scope {
            let hidden = store.hidden_after(key, extension, reached.hidden, AT_ONCE).await;
            let hidden = hidden.map_err(failed)?;
            let is_last = hidden.len() < AT_ONCE as usize;
            for each in hidden {
                let call = self.hidden_call(source, each.id).await?;
                let text = match call {
                    Some(call) => self.change(source, wanted, query, call).await?,
                    None => None,
                };
                if text.is_some() && changes.records.len() == query.limit as usize {
                    changes.more = true;
                    changes.next = reached.into();
                    return Ok(changes);
                }
                changes.records.extend(text);
                reached.hidden = each.number;
            }
            if is_last {
                break;
            }
        }
        changes.next = reached.into();
        Ok(changes)
    }

    async fn hidden_call(
        &self,
        source: Source,
        id: String,
    ) -> Result<Option<ChangedCall>, PortError> {
        let call = self.0.store().call(self.0.key(), source.log(), &id).await.map_err(failed)?;
        Ok(call.and_then(|call| {
            let start_ms = CallRecord::decode(&call.json, self.0.home()).ok()?.start_ms;
            Some(ChangedCall { id, seq: 0, start_ms, deleted: true, json: Some(call.json) })
        }))
    }

    async fn states_after(&self, source: Source, seq: i64) -> Result<Vec<ChangedCall>, PortError> {
        let (store, key) = (self.0.store(), self.0.key());
        store.changed(key, source.log(), seq, AT_ONCE, View::Detailed).await.map_err(failed)
    }

    /// The text of a change, if it is wanted.
    async fn change(
        &self,
        source: Source,
        wanted: &Wanted,
        query: &ChangesQuery,
        call: ChangedCall,
    ) -> Result<Option<Bytes>, PortError> {
        let Some(json) = call.json else { return Ok(None) };
        let (json, start_ms) = match source {
            Source::Own(_) => (json, call.start_ms),
            Source::Company(extension) => match self.0.project(&json, extension).await? {
                Some(own) => (own.json, own.start_ms),
                None => return Ok(None),
            },
        };
        let is_shown = query.filter.show_deleted || !call.deleted;
        let is_wanted = is_shown
            && start_ms >= query.started_from.as_millisecond()
            && wanted.accepts(&self.0, &json);
        Ok(is_wanted.then(|| self.text(&in_view(json, query.view), query.view, call.deleted)))
    }
}
