//! `GET …/account/{accountId}` and its business hours.

use axum::extract::{Path, State};
use axum::response::Response;

use super::shapes::{CompanyBusinessHours, GetAccountInfoResponse};
use crate::answer::json;
use crate::error::ApiError;
use crate::ports::{Directory, Ports};
use crate::reference::About;
use crate::router::Api;

/// What the reference says of the profile.
pub(crate) fn about_read() -> About {
    About::of("Company", "").gives::<GetAccountInfoResponse>("The profile.")
}

/// What the reference says of business hours.
pub(crate) fn about_business_hours() -> About {
    About::of("Business Hours", "").gives::<CompanyBusinessHours>("The hours.")
}

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
