//! What a plan asks for, and what it wants to hear.

use std::collections::HashSet;

use callbook_model::Span;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{ListPage, Listed};

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Fetch one page of a list (Detailed, as many records as a page takes): [`Outcome::Page`].
    List(ListPage),
    /// Ask `call-log-extract-sync`, at most [`EXTRACT_COUNT`](super::EXTRACT_COUNT) records:
    /// [`Outcome::Synced`], [`Outcome::TokenRefused`], [`Outcome::Unavailable`] or [`Outcome::Failing`].
    Changes(Ask),
    /// Ask `call-log-sync`, at most [`SYNC_COUNT`](super::SYNC_COUNT) records; with a token, deleted calls too.
    /// Answered as [`Step::Changes`].
    Deletions(Ask),
    /// List this span with one record a page: [`Outcome::Probed`].
    Probe(Span),
    /// Seal a day in the archive; no request: [`Outcome::Sealed`].
    Seal(Sealing),
    /// Nothing is due before then.
    Idle {
        /// On the server's clock.
        until: Timestamp,
    },
}

/// How to ask for changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// `syncType=FSync`, with this `dateFrom`.
    Full {
        /// Changes since then.
        from: Timestamp,
    },
    /// `syncType=ISync`, with this `syncToken`.
    Token(String),
}

/// A day to be sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealing {
    /// The day (UTC).
    pub day: Date,
    /// What upstream had of it when it was last listed, if that list was complete.
    pub upstream: Option<UpstreamDay>,
}

/// What upstream had of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpstreamDay {
    /// Calls that began on it.
    pub calls: u64,
    /// Hash of their ids: an [`IdSet`](crate::IdSet), as text.
    pub ids: String,
}

/// What came of a step. Each is applied before the commit that it leads to, and the plan's state goes into
/// that commit, except for [`Outcome::Settled`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A page was fetched.
    Page(Listed),
    /// Changes were fetched.
    Synced(Synced),
    /// Upstream does not know the token any more, or does not take the `dateFrom`.
    TokenRefused,
    /// Not permitted (403) or not there (404): tried again a day later.
    Unavailable,
    /// Every try failed: other layers go on, and it is tried again after [`PAUSE`](super::PAUSE).
    Failing,
    /// A probe was answered.
    Probed {
        /// When the record on it began: the newest one of the span. `None` if there was none.
        newest: Option<Timestamp>,
    },
    /// A day was sealed.
    Sealed,
    /// The archive has calls in the span of a [`Complete`] list which the list has not. They are reported
    /// absent in the commit of the list's last page; the span is going to be listed once more.
    Absent {
        /// That of the [`Complete`] list.
        span: Span,
    },
    /// That commit saw none of them for the first time: all are known to be deleted now, and the span need not
    /// be listed again. Applied after the commit.
    Settled {
        /// That of the [`Complete`] list.
        span: Span,
    },
}

/// An answer of `call-log-sync` or `call-log-extract-sync`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synced {
    /// `syncInfo.syncToken`.
    pub token: String,
    /// `syncInfo.syncTime`.
    pub sync_time: Timestamp,
    /// `syncInfo.newerRecordsExist`; false where there is none.
    pub newer: bool,
    /// Records in the answer.
    pub records: usize,
}

/// A list came to its end with nothing missing from it: what is not on it, upstream does not list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complete {
    /// Calls that began in it.
    pub span: Span,
    /// Ids of everything listed; some may have begun outside of `span`.
    pub ids: HashSet<String>,
}
