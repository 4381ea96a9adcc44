//! `GET …/sites`.

use axum::extract::{Path, State};
use axum::response::Response;

use super::shapes::SiteList;
use crate::answer::json;
use crate::error::ApiError;
use crate::paging::{self, page_of};
use crate::params::Params;
use crate::ports::{Directory, Ports};
use crate::reference::About;
use crate::router::Api;

/// What the reference says of it.
pub(crate) fn about() -> About {
    About::of("Company", "").takes(paging::PARAMETERS).gives::<SiteList>("One page.")
}

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
