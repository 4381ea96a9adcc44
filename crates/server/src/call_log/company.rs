//! Logs of extensions that the archive has no log of: made from the company's.
//!
//! A call begins for an extension when its own first leg does, maybe long after it began for the company. So what
//! the company's log gives in order has to be put into another one: a call is held back until none that comes later
//! can be newer.

use std::collections::{BTreeMap, HashSet};

use callbook_api::{ExtensionId, PortError, View};
use callbook_model::{Key, Span};
use callbook_store::{CallRow, Position};
use jiff::{SignedDuration, Timestamp};

use super::{ArchiveCallLog, Found, Page, in_view};

/// Rows that are looked at together.
const AT_ONCE: u32 = 250;

/// A call reaches an extension so long after its beginning, at most. One that takes longer may be listed late or, at
/// the seam of two pages, not at all.
const LATEST: SignedDuration = SignedDuration::from_hours(4);

/// The page as it grows.
struct Growing<'a> {
    page: &'a Page<'a>,
    /// Records that something newer may still come before.
    hidden: &'a HashSet<String>,
    held: BTreeMap<(i64, i64), Found>,
    skip: u64,
    found: Vec<Found>,
}

impl ArchiveCallLog {
    /// The records of a page, and the one after them.
    pub(super) async fn of_company(
        &self,
        extension: ExtensionId,
        page: &Page<'_>,
        hidden: &HashSet<String>,
    ) -> Result<Vec<Found>, PortError> {
        let from = page.span.from.checked_sub(LATEST).unwrap_or(Timestamp::MIN);
        let span = Span { from, to: page.span.to };
        let filter = page.wanted.in_company(Key::Extension(extension), span);
        // Whatever is older for the extension began earlier for the company as well.
        let start = |Position { start_ms, .. }| Position { start_ms: start_ms + 1, call: 0 };
        let mut after =
            page.after.map(start).filter(|start| start.start_ms <= page.span.to.as_millisecond());
        let mut growing = Growing::new(page, hidden);
        loop {
            let rows = self.rows(filter.clone(), after, AT_ONCE, View::Detailed).await?;
            let is_last = rows.len() < AT_ONCE as usize;
            after = rows.last().map(|row| row.position);
            for row in rows {
                self.hold(extension, row, &mut growing).await?;
            }
            let settled_ms = match after.filter(|_| !is_last) {
                Some(reached) => reached.start_ms + LATEST.as_millis() as i64,
                None => i64::MIN,
            };
            growing.release(settled_ms);
            if is_last || growing.is_full() {
                return Ok(growing.found);
            }
        }
    }

    async fn hold(
        &self,
        extension: ExtensionId,
        row: CallRow,
        growing: &mut Growing<'_>,
    ) -> Result<(), PortError> {
        let page = growing.page;
        let Some(json) = row.json else { return Ok(()) };
        let Some(own) = self.0.project(&json, extension).await? else { return Ok(()) };
        let place = (own.start_ms, row.position.call);
        let inside =
            Timestamp::from_millisecond(own.start_ms).is_ok_and(|start| page.span.contains(start));
        let is_behind = page.after.is_none_or(|after| place < (after.start_ms, after.call));
        let is_hidden = growing.hidden.contains(&row.id);
        let is_shown = !is_hidden || page.wanted.shows_deleted();
        if inside && is_behind && is_shown && page.wanted.accepts(&self.0, &own.json) {
            let (json, deleted) = (in_view(own.json, page.view), row.deleted || is_hidden);
            let text = self.text(&json, page.view, deleted);
            let position = Position { start_ms: own.start_ms, ..row.position };
            growing.held.insert(place, Found { position, id: row.id, text });
        }
        Ok(())
    }
}

impl<'a> Growing<'a> {
    fn new(page: &'a Page<'a>, hidden: &'a HashSet<String>) -> Self {
        let skip = if page.after.is_some() { 0 } else { page.offset };
        Self { page, hidden, held: BTreeMap::new(), skip, found: Vec::new() }
    }

    fn is_full(&self) -> bool {
        self.found.len() > self.page.limit as usize
    }

    /// Takes those that began after `settled_ms`, newest first.
    fn release(&mut self, settled_ms: i64) {
        while !self.is_full()
            && let Some(newest) =
                self.held.last_entry().filter(|newest| newest.key().0 > settled_ms)
        {
            let found = newest.remove();
            if self.skip > 0 {
                self.skip -= 1;
            } else {
                self.found.push(found);
            }
        }
    }
}
