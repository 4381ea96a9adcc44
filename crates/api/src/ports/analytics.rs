//! Figures about calls.

use std::future::Future;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::PortError;
use crate::analytics::{Cell, Interval};

/// Whose calls are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// All.
    Company,
    /// Those from and to one of the company's numbers.
    CompanyNumbers,
    /// One person's.
    Users,
    /// One queue's.
    Queues,
    /// Those that came to one menu.
    Menus,
    /// Those that came to one shared line.
    SharedLines,
    /// Those of all people of one site.
    Sites,
    /// Those of all people of one department.
    Departments,
}

/// Which people are meant: those of some queues, sites or departments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    /// Whoever answers one of these queues.
    Queues,
    /// The people of these sites.
    Sites,
    /// The people of these departments.
    Departments,
}

/// Which times of the week are meant, by the clock on the wall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// From Sunday on.
    pub days: [bool; 7],
    /// Minutes of the day: from the first up to the second, which no longer belongs to it.
    pub minutes: Vec<(u16, u16)>,
}

/// What a call has to be to be counted; what is empty asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallsFilter {
    /// It came to one of these queues.
    pub queues: Vec<String>,
    /// It is one to one of these numbers.
    pub called_numbers: Vec<String>,
    /// It came from one of these extensions. With `to_ids` it may be one of either.
    pub from_ids: Vec<String>,
    /// It was made to one of these extensions, which answered first.
    pub to_ids: Vec<String>,
    /// The whole call lasts from the first to the second, which still belongs to it, in milliseconds.
    pub call_ms: Option<(i64, i64)>,
    /// The same of the part that the group had in it.
    pub spent_ms: Option<(i64, i64)>,
}

/// Which calls are to be counted, and how they are to be told apart.
#[derive(Debug, Clone, PartialEq)]
pub struct CallsQuery {
    /// Whose calls are counted together.
    pub grouping: Grouping,
    /// Only people who belong to `keys`, where that is given.
    pub membership: Option<Membership>,
    /// Only these groups; all if it is empty.
    pub keys: Vec<String>,
    /// The first moment at which a call may begin.
    pub from: Timestamp,
    /// The first at which it may no longer.
    pub until: Timestamp,
    /// By whose clock hours and days are told. It has a name.
    pub zone: TimeZone,
    /// Only calls that begin at these times.
    pub week: Option<Week>,
    /// Only such calls.
    pub filter: CallsFilter,
    /// What pieces of time are to be told apart: cells for each of these.
    pub intervals: Vec<Option<Interval>>,
    /// Groups to leave out, by the order of their keys.
    pub skip: u64,
    /// Groups to give, at most.
    pub take: u32,
    /// Cells to give, at most, for all of them.
    pub most_cells: usize,
}

/// The calls of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallGroup {
    /// Its id, number or name.
    pub key: String,
    /// What it is called.
    pub name: Option<String>,
    /// Its short number.
    pub extension_number: Option<String>,
    /// For each of the intervals that were asked for, in their order.
    pub cells: Vec<Vec<Cell>>,
}

/// An answer, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallGroups {
    /// One page, by key.
    Page {
        /// The groups.
        groups: Vec<CallGroup>,
        /// How many groups there are on all pages: those that had calls in the time range.
        total: u64,
    },
    /// There would be more cells than were wanted.
    TooMany,
    /// Figures are being made; ask again after a while.
    NotYet,
}

/// Where figures come from.
pub trait Analytics: Send + Sync + 'static {
    /// Whether there are any.
    fn is_offered(&self) -> bool {
        true
    }

    /// Calls, counted.
    fn calls(
        &self,
        query: &CallsQuery,
    ) -> impl Future<Output = Result<CallGroups, PortError>> + Send;
}

/// For whoever counts nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoAnalytics;

impl Analytics for NoAnalytics {
    fn is_offered(&self) -> bool {
        false
    }

    async fn calls(&self, _: &CallsQuery) -> Result<CallGroups, PortError> {
        Ok(CallGroups::NotYet)
    }
}

impl<A: Analytics> Analytics for Option<A> {
    fn is_offered(&self) -> bool {
        self.as_ref().is_some_and(A::is_offered)
    }

    async fn calls(&self, query: &CallsQuery) -> Result<CallGroups, PortError> {
        match self {
            Some(analytics) => analytics.calls(query).await,
            None => NoAnalytics.calls(query).await,
        }
    }
}
