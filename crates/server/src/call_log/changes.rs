//! What has changed since a change number.

use bytes::Bytes;
use callbook_api::{Changes, ChangesQuery, Mark, PortError, Scope};
use callbook_model::project;
use callbook_store::{ChangedCall, View};

use super::wanted::Wanted;
use super::{ArchiveCallLog, in_view};
use crate::archive::Source;
use crate::failed;

/// States that are looked at together.
const AT_ONCE: u32 = 500;

impl ArchiveCallLog {
    /// `None` for a mark that the archive has not come to: it is another, or an earlier copy.
    pub(super) async fn changed(
        &self,
        scope: Scope,
        query: &ChangesQuery,
    ) -> Result<Option<Changes>, PortError> {
        let source = self.0.source(scope).await?;
        let Some(wanted) = Wanted::new(&self.0, &query.filter).await? else { return Ok(None) };
        let newest = self.0.store().newest_seq(self.0.key()).await.map_err(failed)?;
        let Mark(mut reached) = query.after;
        if reached > newest {
            return Ok(None);
        }
        let mut changes = Changes { records: Vec::new(), next: query.after, more: false };
        loop {
            let calls = self.states_after(source, reached).await?;
            let is_last = calls.len() < AT_ONCE as usize;
            for call in calls {
                reached = call.seq;
                let Some(text) = self.change(source, &wanted, query, call) else { continue };
                if changes.records.len() == query.limit as usize {
                    changes.more = true;
                    return Ok(Some(changes));
                }
                changes.records.push(text);
                changes.next = Mark(reached);
            }
            if is_last {
                // Numbers become visible in order: what was newest at first has been looked at.
                changes.next = Mark(reached.max(newest));
                return Ok(Some(changes));
            }
        }
    }

    async fn states_after(&self, source: Source, seq: i64) -> Result<Vec<ChangedCall>, PortError> {
        let log = match source {
            Source::Own(scope) => scope,
            Source::Company(_) => Scope::Account,
        };
        let (store, key) = (self.0.store(), self.0.key());
        store.changed(key, log, seq, AT_ONCE, View::Detailed).await.map_err(failed)
    }

    /// The text of a change, if it is wanted.
    fn change(
        &self,
        source: Source,
        wanted: &Wanted,
        query: &ChangesQuery,
        call: ChangedCall,
    ) -> Option<Bytes> {
        let (json, start_ms) = match source {
            Source::Own(_) => (call.json?, call.start_ms),
            Source::Company(extension) => {
                let own = project(&call.json?, extension)?;
                (own.json, own.start_ms)
            }
        };
        let is_shown = query.filter.show_deleted || !call.deleted;
        let is_wanted = is_shown
            && start_ms >= query.started_from.as_millisecond()
            && wanted.accepts(&self.0, &json);
        is_wanted.then(|| self.text(in_view(json, query.view), query.view, call.deleted))
    }
}
