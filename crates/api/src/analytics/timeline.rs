//! `POST …/timeline/fetch`: each group piece by piece of time.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::facet::Cell;
use super::field::Field;
use super::interval::{Interval, Piece, pieces};
use super::request::{Page, Request};
use super::shapes::{TimelineRequest, TimelineResponse};
use super::{MOST_CELLS, MOST_PIECES, PAGE, TAG, answer, check, counted, options, too_long};
use crate::answer::json_bytes;
use crate::body::JsonBody;
use crate::error::ApiError;
use crate::params::{Param, Params};
use crate::ports::{CallGroup, Ports};
use crate::reference::About;
use crate::router::Api;

const INTERVAL: Param<Interval> = Param::words(
    "interval",
    Interval::WORDS,
    "How long each piece of time is, by the clock of `timeZone`. Mandatory.",
)
.example("Day");

const PER_PAGE: Param<u32> =
    Param::number("perPage", 1..=20, "How many groups a page has.").or("20");

/// What the reference says of it.
pub(crate) fn about() -> About {
    About::of(
        TAG,
        "Counts calls, and the time that they took, for each hour, day, week or month of the time range; a call belongs \
         to the one that it began in. What the call log does not tell is left out, as with `aggregation/fetch`. A page has \
         at most 100,000 points.",
    )
    .takes(&[&INTERVAL, &PAGE, &PER_PAGE])
    .takes_json::<TimelineRequest>()
    .gives::<TimelineResponse>("A page of groups.")
}

pub(crate) async fn fetch<P: Ports>(
    State(api): State<Api<P>>,
    Path(account): Path<String>,
    params: Params,
    JsonBody(body): JsonBody<Value>,
) -> Result<Response, ApiError> {
    check(&api, &account)?;
    let interval = params.value(&INTERVAL)?;
    let (page, per_page) = (params.value(&PAGE)?, params.value(&PER_PAGE)?);
    let page = Page { page, per_page, most_cells: MOST_CELLS };
    let request = Request::read(&Field::root(&body)?, page, Some(interval), options::flags)?;
    let pieces = pieces(&request.query, interval, MOST_PIECES).ok_or_else(too_long)?;
    let counted = counted(&api, &request).await?;
    if counted.groups.len() * pieces.len() > MOST_PIECES {
        return Err(too_long());
    }
    let records = answer::records(&counted, |group| record(&request, group, &pieces));
    let body = answer::envelope(&request, page, counted.total, &records);
    Ok(json_bytes(StatusCode::OK, body))
}

/// A group with a point for each piece of time, those without calls included.
fn record(request: &Request, group: &CallGroup, pieces: &[Piece]) -> String {
    let mut by_piece: BTreeMap<i64, Vec<&Cell>> = BTreeMap::new();
    for cell in group.cells.iter().flatten() {
        by_piece.entry(cell.piece_ms).or_default().push(cell);
    }
    let points = pieces.iter().map(|piece| {
        let cells = by_piece.get(&piece.id_ms).map_or(&[][..], Vec::as_slice);
        let mut point = json!({ "time": piece.start.to_string() });
        answer::add_numbers(&mut point, request, |_| (cells.iter().copied(), 1));
        point.to_string()
    });
    let points: Vec<_> = points.collect();
    let head = answer::head(group).to_string();
    let open = head.strip_suffix('}').unwrap_or(&head);
    format!("{open},\"points\":[{}]}}", points.join(","))
}
