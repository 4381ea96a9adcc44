//! Where call records come from.

use std::future::Future;

use bytes::Bytes;
use callbook_model::{ExtensionId, Scope};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::PortError;
use crate::call_log::{ActiveQuery, ChangesQuery, Deletion, ListQuery, View};

/// One page of a call log.
#[derive(Debug, Clone, Default)]
pub struct CallLogPage {
    /// JSON texts, newest first. They are sent as they are: numbers must not pass through a float.
    pub records: Vec<Bytes>,
    /// Records on all pages, where counting them is cheap enough.
    pub total: Option<u64>,
    /// Is there anything after this page?
    pub more: bool,
    /// Where the next page begins, if that is found faster than by counting. It comes back in
    /// [`ListQuery::after`], maybe changed: clients see it.
    pub next: Option<String>,
}

/// A place in the order of a log's modifications. What its number means is the port's own affair: tokens hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mark(pub i64);

/// Records that were made, changed or deleted.
#[derive(Debug, Clone)]
pub struct Changes {
    /// JSON texts, in the order of their last modification.
    pub records: Vec<Bytes>,
    /// Everything up to here has been given: where to go on.
    pub next: Mark,
    /// Is there anything after that by now?
    pub more: bool,
}

/// Call records as JSON texts.
pub trait CallLog: Send + Sync + 'static {
    /// One page of those that match: `query.from <= startTime < query.to`, newest first.
    fn list(
        &self,
        scope: Scope,
        query: &ListQuery,
    ) -> impl Future<Output = Result<CallLogPage, PortError>> + Send;

    /// One record by its id within `scope`.
    fn get(
        &self,
        scope: Scope,
        id: &str,
        view: View,
    ) -> impl Future<Output = Result<Option<Bytes>, PortError>> + Send;

    /// A mark that comes before whatever is modified from `moment` on; `None` for from now on.
    fn mark(
        &self,
        scope: Scope,
        moment: Option<Timestamp>,
    ) -> impl Future<Output = Result<Mark, PortError>> + Send;

    /// Records modified after a mark, in that order; `None` if the log has never come so far: it began anew.
    fn changes(
        &self,
        scope: Scope,
        query: &ChangesQuery,
    ) -> impl Future<Output = Result<Option<Changes>, PortError>> + Send;

    /// One page of the calls that are under way or have only just ended, newest first.
    fn active(
        &self,
        scope: Scope,
        query: &ActiveQuery,
    ) -> impl Future<Output = Result<CallLogPage, PortError>> + Send;

    /// Hides records from the log of one extension, where they count as deleted from then on. Nothing is erased:
    /// they stay in every other log.
    fn hide(
        &self,
        extension: ExtensionId,
        deletion: &Deletion,
    ) -> impl Future<Output = Result<(), PortError>> + Send;
}
