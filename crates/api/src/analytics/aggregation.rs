//! `POST …/aggregation/fetch`: each group in one set of numbers.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::field::Field;
use super::formula::Formula;
use super::interval::pieces;
use super::request::{Page, Request};
use super::shapes::{AggregationRequest, AggregationResponse};
use super::{MOST_CELLS, MOST_PIECES, PAGE, TAG, answer, check, counted, options, too_long};
use crate::answer::json_bytes;
use crate::body::JsonBody;
use crate::error::ApiError;
use crate::params::{Param, Params};
use crate::ports::{CallGroup, Ports};
use crate::reference::About;
use crate::router::Api;

const PER_PAGE: Param<u32> =
    Param::number("perPage", 1..=200, "How many groups a page has.").or("200");

/// What the reference says of it.
pub(crate) fn about() -> About {
    About::of(
        TAG,
        "Counts calls, and the time that they took, by whom they belong to. What the call log does not tell is left \
         out, and `provenance` says so; docs/differences.md has the list. Groupings and filters that cannot be answered \
         are refused by 403, CMN-109; 503: figures are being made, ask again after `Retry-After`.",
    )
    .takes(&[&PAGE, &PER_PAGE])
    .takes_json::<AggregationRequest>()
    .gives::<AggregationResponse>("A page of groups.")
}

pub(crate) async fn fetch<P: Ports>(
    State(api): State<Api<P>>,
    Path(account): Path<String>,
    params: Params,
    JsonBody(body): JsonBody<Value>,
) -> Result<Response, ApiError> {
    check(&api, &account)?;
    let (page, per_page) = (params.value(&PAGE)?, params.value(&PER_PAGE)?);
    let page = Page { page, per_page, most_cells: MOST_CELLS };
    let request = Request::read(&Field::root(&body)?, page, None, options::formulas)?;
    let lengths = lengths(&request)?;
    let counted = counted(&api, &request).await?;
    let records = answer::records(&counted, |group| record(&request, group, &lengths));
    let body = answer::envelope(&request, page, counted.total, &records);
    Ok(json_bytes(StatusCode::OK, body))
}

/// How many pieces of time there are, for each interval that is wanted.
fn lengths(request: &Request) -> Result<Vec<usize>, ApiError> {
    let of = |interval: &Option<_>| match interval {
        None => Ok(1),
        Some(interval) => pieces(&request.query, *interval, MOST_PIECES)
            .map(|pieces| pieces.len())
            .ok_or_else(too_long),
    };
    request.query.intervals.iter().map(of).collect()
}

fn record(request: &Request, group: &CallGroup, lengths: &[usize]) -> String {
    let mut record = answer::head(group);
    answer::add_numbers(&mut record, request, |formula: Formula| {
        let intervals = &request.query.intervals;
        let wanted = |interval: &Option<_>| *interval == formula.interval();
        // What needs no pieces can be made of any.
        let place = intervals.iter().position(wanted).unwrap_or_default();
        (group.cells[place].iter(), lengths[place])
    });
    record.to_string()
}
