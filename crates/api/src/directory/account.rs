//! `GET …/account/{accountId}` and its business hours.

use axum::extract::{Path, State};
use axum::response::Response;

use crate::answer::json;
use crate::error::ApiError;
use crate::ports::{Directory, Ports};
use crate::router::Api;

/// The company's profile.
pub(crate) async fn read<P: Ports>(
    State(api): State<Api<P>>,
    Path(account): Path<String>,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    Ok(json(api.ports().directory().account().await?))
}

/// When the company is open.
pub(crate) async fn business_hours<P: Ports>(
    State(api): State<Api<P>>,
    Path(account): Path<String>,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    Ok(json(api.ports().directory().business_hours().await?))
}
