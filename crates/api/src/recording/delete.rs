//! `DELETE …/call-recordings`: deletes recordings, not the records of their calls.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::body::JsonBody;
use crate::error::ApiError;
use crate::ports::{Ports, Recordings};
use crate::reference::About;
use crate::reference::shape::Sent;
use crate::router::Api;

/// What the reference says of it.
pub(crate) fn about_delete() -> About {
    About::of(
        "Call Recordings",
        "All of those that are named, or none if one of them is not there.",
    )
    .takes_json::<Sent<Ids>>()
    .answers_nothing(204, "They are deleted.")
}

/// Which recordings.
#[derive(Deserialize, ToSchema)]
#[schema(as = CallRecordingIds)]
pub(crate) struct Ids {
    /// Their ids.
    #[schema(min_items = 1, max_items = 100)]
    records: Vec<String>,
}

/// The contract's `maxItems`.
const MOST: usize = 100;

/// All of those that the body names, or none if one of them is not there.
pub(crate) async fn delete<P: Ports>(
    State(api): State<Api<P>>,
    Path(account): Path<String>,
    JsonBody(Ids { records }): JsonBody<Ids>,
) -> Result<StatusCode, ApiError> {
    api.check_account(&account)?;
    if !(1..=MOST).contains(&records.len()) {
        return Err(ApiError::invalid_parameter("records", &records.len().to_string()));
    }
    match api.ports().recordings().delete(&records).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(ApiError::not_found("records")),
    }
}
