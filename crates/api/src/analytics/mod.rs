//! `POST /analytics/calls/v1/…`: figures about calls.
//!
//! A request says whose calls are counted together, which calls, and which counters and timers. It is read whole before
//! anything is counted; the port [`Analytics`](crate::Analytics) counts calls that are alike in everything that any
//! counter tells apart ([`Cell`]), and every number of the answer is made of these counts ([`formula`]).

mod aggregation;
mod answer;
mod facet;
mod field;
mod filter;
mod formula;
mod interval;
mod metric;
mod options;
mod request;
mod shapes;
#[cfg(test)]
mod tests;
mod timeline;

pub(crate) use aggregation::{about as about_aggregation, fetch as fetch_aggregation};
pub use facet::{Cell, Facet, Side};
pub use interval::Interval;
pub(crate) use timeline::{about as about_timeline, fetch as fetch_timeline};

use crate::error::ApiError;
use crate::params::Param;
use crate::ports::{Analytics as _, CallGroup, CallGroups, Ports};
use crate::router::Api;
use request::Request;

const TAG: &str = "Business Analytics";

/// Cells that an answer is made of, at most: 64 bytes each.
const MOST_CELLS: usize = 1_000_000;

/// Pieces of time that a request may have: more than a century of days, or eleven years of hours.
const MOST_PIECES: usize = 100_000;

const PAGE: Param<u32> = Param::number("page", 1..=u32::MAX, "Which page, from 1.").or("1");

/// A page of groups, and how many groups there are on all pages.
struct Counted {
    groups: Vec<CallGroup>,
    total: u64,
}

/// That there are figures at all, of this account.
fn check<P: Ports>(api: &Api<P>, account: &str) -> Result<(), ApiError> {
    api.check_account(account)?;
    match api.ports().analytics().is_offered() {
        true => Ok(()),
        false => Err(ApiError::feature_not_available()),
    }
}

async fn counted<P: Ports>(api: &Api<P>, request: &Request) -> Result<Counted, ApiError> {
    match api.ports().analytics().calls(&request.query).await? {
        CallGroups::Page { mut groups, total } => {
            for cells in groups.iter_mut().flat_map(|group| &mut group.cells) {
                cells.retain(|cell| request.wants(cell));
            }
            Ok(Counted { groups, total })
        }
        CallGroups::TooMany => Err(too_long()),
        CallGroups::NotYet => Err(ApiError::not_yet()),
    }
}

/// A request for more than an answer can have.
fn too_long() -> ApiError {
    ApiError::range_too_long("timeSettings.timeRange")
}
