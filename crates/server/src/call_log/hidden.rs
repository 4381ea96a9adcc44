//! Records that a user has deleted from the own log: hidden from there, and kept.

use std::collections::HashSet;

use callbook_api::{Deletion, ExtensionId, PortError, Scope, View};
use callbook_model::Span;

use super::wanted::Wanted;
use super::{ArchiveCallLog, Page};
use crate::archive::Source;
use crate::failed;

/// Records that are hidden together.
const AT_ONCE: u32 = 500;

impl ArchiveCallLog {
    /// What is hidden from a log, by the archive's ids: mostly nothing.
    pub(super) async fn hidden(&self, scope: Scope) -> Result<HashSet<String>, PortError> {
        let Scope::Extension(extension) = scope else { return Ok(HashSet::new()) };
        let (store, key) = (self.0.store(), self.0.key());
        let hidden = store.hidden_after(key, extension, 0, u32::MAX).await.map_err(failed)?;
        Ok(hidden.into_iter().map(|hidden| hidden.id).collect())
    }

    /// Hides page after page, newest first.
    pub(super) async fn hide_from(
        &self,
        extension: ExtensionId,
        deletion: &Deletion,
    ) -> Result<(), PortError> {
        let Some(span) = Span::new(deletion.from, deletion.to) else { return Ok(()) };
        let Some(wanted) = Wanted::new(&self.0, &deletion.filter).await? else { return Ok(()) };
        let (scope, nothing) = (Scope::Extension(extension), HashSet::new());
        let source = self.0.source(scope).await?;
        let mut after = None;
        loop {
            let (wanted, view, limit) = (&wanted, View::Simple, AT_ONCE);
            let page = Page { wanted, span, view, offset: 0, after, limit };
            let found = match source {
                Source::Own(scope) => self.own(scope, &page, &nothing).await?,
                Source::Company(extension) => self.of_company(extension, &page, &nothing).await?,
            };
            let is_last = found.len() <= AT_ONCE as usize;
            after = found.last().map(|found| found.position);
            let ids = found.into_iter().map(|found| found.id).collect();
            let (store, at_ms) = (self.0.store(), deletion.at.as_millisecond());
            store.hide(self.0.key(), extension, ids, at_ms).await.map_err(failed)?;
            if is_last {
                return Ok(());
            }
        }
    }
}
