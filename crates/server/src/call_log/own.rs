//! Logs that the archive has itself: texts as they were stored.

use std::collections::HashSet;

use callbook_api::{PortError, Scope, View};
use callbook_store::{CallFilter, CallRow, Position};

use super::{ArchiveCallLog, Found, Page};
use crate::failed;

/// Rows that are looked at together where not each of them is wanted.
const AT_ONCE: u32 = 500;

impl ArchiveCallLog {
    /// The records of a page, and the one after them.
    pub(super) async fn own(
        &self,
        scope: Scope,
        page: &Page<'_>,
        hidden: &HashSet<String>,
    ) -> Result<Vec<Found>, PortError> {
        let filter = page.wanted.in_log(scope, page.span);
        let (mut after, mut skip) = (page.after, page.offset);
        let is_in_tables = page.wanted.is_in_tables() && hidden.is_empty();
        let at_once = if is_in_tables { page.limit + 1 } else { AT_ONCE };
        if after.is_some() {
            skip = 0;
        } else if skip > 0 && is_in_tables {
            let skipped = self.0.store().skip_calls(self.0.key(), filter.clone(), skip).await;
            after = skipped.map_err(failed)?;
            skip = 0;
            if after.is_none() {
                return Ok(Vec::new());
            }
        }
        let mut found = Vec::with_capacity(page.limit as usize + 1);
        loop {
            let rows = self.rows(filter.clone(), after, at_once, page.view).await?;
            let is_last = rows.len() < at_once as usize;
            after = rows.last().map(|row| row.position);
            for row in rows {
                let Some(json) = row.json else {
                    tracing::warn!(id = row.id, "a damaged record is left out");
                    continue;
                };
                let is_hidden = hidden.contains(&row.id);
                if is_hidden && !page.wanted.shows_deleted()
                    || !page.wanted.accepts_found(&self.0, &json)
                {
                    continue;
                }
                if skip > 0 {
                    skip -= 1;
                    continue;
                }
                let text = self.text(&json, page.view, row.deleted || is_hidden);
                found.push(Found { position: row.position, id: row.id, text });
                if found.len() > page.limit as usize {
                    return Ok(found);
                }
            }
            if is_last {
                return Ok(found);
            }
        }
    }

    pub(super) async fn rows(
        &self,
        filter: CallFilter,
        after: Option<Position>,
        limit: u32,
        view: View,
    ) -> Result<Vec<CallRow>, PortError> {
        let (store, key) = (self.0.store(), self.0.key());
        let rows = match view {
            View::Simple => store.calls(key, filter, after, limit).await,
            View::Detailed => store.whole_calls(key, filter, after, limit).await,
        };
        rows.map_err(failed)
    }
}
