//! Lists of calls, newest first, by time and by everything they can be found by.

use callbook_model::{Key, Scope, Span};
use jiff::Timestamp;

use crate::backend::dispatch;
use crate::{AccountKey, Error, Store};

/// Which calls; every condition that is set must hold.
#[derive(Debug, Clone)]
pub struct CallFilter {
    /// Whose call log.
    pub scope: Scope,
    /// Calls that began in it.
    pub span: Span,
    /// Calls listed under all of these.
    pub keys: Vec<Key>,
    /// `Inbound` or `Outbound`, in any case.
    pub direction: Option<String>,
    /// Such as `Missed`, in any case.
    pub result: Option<String>,
    /// With, or without, a recording.
    pub recorded: Option<bool>,
    /// At least so long.
    pub min_duration_ms: Option<i64>,
    /// Calls that upstream has deleted as well.
    pub deleted: bool,
    /// Only calls that this log does not have: by the minute that they began in, direction, far number, and
    /// length within a second. For rows without RingCentral's ids.
    pub unless_in: Option<Scope>,
}

/// One call of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRow {
    /// Where the list goes on after this call.
    pub position: Position,
    /// RingCentral's id.
    pub id: String,
    /// Milliseconds.
    pub duration_ms: i64,
    /// The call or one of its legs has a recording.
    pub recorded: bool,
    /// Upstream said that it was deleted.
    pub deleted: bool,
    /// When its newest state was received, milliseconds since 1970-01-01T00:00:00Z.
    pub received_ms: i64,
    /// States that it was seen in.
    pub versions: i64,
    /// The record, or its Simple view; `None` if what the archive holds of it is damaged.
    pub json: Option<String>,
}

/// How much of a record is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Without what only the Detailed view has.
    Simple,
    /// The whole record, as it came.
    Detailed,
}

/// A place in a list of one account's and scope's calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// When the call began, milliseconds since 1970-01-01T00:00:00Z.
    pub start_ms: i64,
    /// The backend's own number of the call, unique within the account and scope.
    pub call: i64,
}

impl CallFilter {
    /// Every call of a span.
    pub fn new(scope: Scope, span: Span) -> Self {
        Self {
            scope,
            span,
            keys: Vec::new(),
            direction: None,
            result: None,
            recorded: None,
            min_duration_ms: None,
            deleted: false,
            unless_in: None,
        }
    }
}

impl Store {
    /// The place of the last of `count` calls, newest first: where a list goes on after it; `None` if there are not
    /// so many. The documents are not read. At least 1.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn skip_calls(
        &self,
        account: AccountKey,
        filter: CallFilter,
        count: u64,
    ) -> Result<Option<Position>, Error> {
        dispatch!(self, skip_calls(account, filter, count))
    }

    /// At most `limit` calls, newest first, from after `after` on; of each the Simple view.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn calls(
        &self,
        account: AccountKey,
        filter: CallFilter,
        after: Option<Position>,
        limit: u32,
    ) -> Result<Vec<CallRow>, Error> {
        dispatch!(self, calls(account, filter, after, limit, View::Simple))
    }

    /// As [`Store::calls`]; of each the whole record.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn whole_calls(
        &self,
        account: AccountKey,
        filter: CallFilter,
        after: Option<Position>,
        limit: u32,
    ) -> Result<Vec<CallRow>, Error> {
        dispatch!(self, calls(account, filter, after, limit, View::Detailed))
    }
}

/// Calls begin at whole milliseconds: those at or after `moment` begin at or after this one.
pub(crate) fn millisecond_at_or_after(moment: Timestamp) -> i64 {
    let rest = moment.subsec_nanosecond().rem_euclid(1_000_000);
    moment.as_millisecond() + i64::from(rest > 0 && moment >= Timestamp::UNIX_EPOCH)
}
