//! `GET …/active-calls`: calls that are under way.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use callbook_model::Scope;

use super::list::body;
use super::parameters::{CONFERENCE_TYPE, DIRECTION, TRANSPORT, TYPE, VIEW};
use super::query::parse_active;
use super::shapes::CallLogResponse;
use super::{extension_scope, resource_named};
use crate::answer::json_bytes;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::paging::{self, Links, PageRequest, PageResult};
use crate::params::Params;
use crate::ports::{CallLog, Ports};
use crate::reference::About;
use crate::router::Api;

/// What the reference says of both.
pub(crate) fn about_active() -> About {
    About::of(
        "Call Log",
        "Calls that are connected, and those that have only just ended, newest first.",
    )
    .takes(&[&VIEW, &DIRECTION, &TYPE, &TRANSPORT, &CONFERENCE_TYPE])
    .takes(paging::PARAMETERS)
    .gives::<CallLogResponse>("One page.")
}

/// The company's calls.
pub(crate) async fn active_account<P: Ports>(
    State(api): State<Api<P>>,
    Path(account): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    active(&api, Scope::Account, &params).await
}

/// An extension's calls.
pub(crate) async fn active_extension<P: Ports>(
    State(api): State<Api<P>>,
    Path((account, extension)): Path<(String, String)>,
    Extension(caller): Extension<Caller>,
    params: Params,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let scope = extension_scope(&api, &extension, &caller).await?;
    active(&api, scope, &params).await
}

async fn active<P: Ports>(
    api: &Api<P>,
    scope: Scope,
    params: &Params,
) -> Result<Response, ApiError> {
    let request = PageRequest::parse(params)?;
    let query = parse_active(params, request)?;
    let page = api.ports().call_log().active(scope, &query).await?;
    let links = Links::new(resource_named(api, scope, "active-calls"), params);
    let result =
        PageResult { request, count: page.records.len(), total: page.total, more: page.more };
    Ok(json_bytes(StatusCode::OK, body(&page.records, &result, &links)))
}
