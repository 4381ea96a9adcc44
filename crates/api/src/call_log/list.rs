//! `GET …/call-log`: one page of records, newest first.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use callbook_model::Scope;

use super::query::{self, View};
use super::{envelope, extension_scope, millis, resource};
use crate::answer::json_bytes;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::paging::{Links, PageRequest, PageResult};
use crate::params::Params;
use crate::ports::{CallLog, Clock, Ports};
use crate::router::Api;

/// The company's call log.
pub(crate) async fn list_account<P: Ports>(
    State(api): State<Api<P>>,
    Path(account): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    list(&api, Scope::Account, &params).await
}

/// An extension's call log.
pub(crate) async fn list_extension<P: Ports>(
    State(api): State<Api<P>>,
    Path((account, extension)): Path<(String, String)>,
    Extension(caller): Extension<Caller>,
    params: Params,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let scope = extension_scope(&api, &extension, &caller).await?;
    list(&api, scope, &params).await
}

async fn list<P: Ports>(api: &Api<P>, scope: Scope, params: &Params) -> Result<Response, ApiError> {
    let request = PageRequest::parse(params)?;
    let query = query::parse(params, scope, request, api.ports().clock().now())?;
    let page = api.ports().call_log().list(scope, &query).await?;
    let mut links = Links::new(resource(api, scope), params);
    links.pin("view", || view_name(query.view).to_owned());
    // A default range moves with the clock; the pages of one result have to share one range.
    links.pin("dateFrom", || millis(query.from));
    links.pin("dateTo", || millis(query.to));
    links.lead_on(page.next);
    let result =
        PageResult { request, count: page.records.len(), total: page.total, more: page.more };
    Ok(json_bytes(StatusCode::OK, body(&page.records, &result, &links)))
}

pub(super) fn view_name(view: View) -> &'static str {
    match view {
        View::Simple => "Simple",
        View::Detailed => "Detailed",
    }
}

/// The body of a page of records.
pub(super) fn body(records: &[Bytes], result: &PageResult, links: &Links) -> Vec<u8> {
    let uri = links.page(u64::from(result.request.page), result.request.per_page);
    let (paging, navigation) = (result.paging(), result.navigation(links));
    let tail = format!("\"paging\":{paging},\"navigation\":{navigation}}}");
    envelope(uri, records, &tail)
}
