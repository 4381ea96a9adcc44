//! `POST /analytics/calls/v1/…`: figures about calls, which are not offered.

use axum::extract::{Path, State};
use axum::response::Response;

use crate::error::ApiError;
use crate::ports::Ports;
use crate::reference::About;
use crate::router::Api;

/// What the reference says of both.
pub(crate) fn about() -> About {
    About::of(
        "Business Analytics",
        "Not offered: a request that may be sent is answered by 403, CMN-109.",
    )
}

/// What upstream says to accounts without the feature; the request is not looked at.
pub(crate) async fn fetch<P: Ports>(
    State(api): State<Api<P>>,
    Path(account): Path<String>,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    Err(ApiError::feature_not_available())
}
