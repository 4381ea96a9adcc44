//! `GET …/sites`.

use axum::extract::{Path, State};
use axum::response::Response;

use crate::answer::json;
use crate::error::ApiError;
use crate::paging::page_of;
use crate::params::Params;
use crate::ports::{Directory, Ports};
use crate::router::Api;

/// The company's sites.
pub(crate) async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Path(account): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let records = api.ports().directory().sites().await?;
    Ok(json(page_of(format!("{}/sites", api.account_url()), &params, records)?))
}
