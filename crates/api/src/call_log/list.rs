//! `GET …/call-log`: one page of records, newest first.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use callbook_model::Scope;

use super::parameters::{FILTERS, SHOW_BLOCKED, TRANSPORT, VIEW};
use super::query::{self, View};
use super::shapes::CallLogResponse;
use super::{envelope, extension_scope, millis, resource};
use crate::answer::json_bytes;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::paging::{self, Links, PageRequest, PageResult};
use crate::params::Params;
use crate::ports::{CallLog, Clock, Ports};
use crate::reference::About;
use crate::router::Api;

/// What the reference says of the company's.
pub(crate) fn about_account() -> About {
    About::of("Call Log", TEXT)
        .takes(&[&VIEW])
        .takes(FILTERS)
        .takes(paging::PARAMETERS)
        .takes(&[&paging::PAGE_TOKEN])
        .gives::<CallLogResponse>("One page.")
}

/// What the reference says of an extension's, which has two filters more.
pub(crate) fn about_extension() -> About {
    about_account().takes(&[&TRANSPORT, &SHOW_BLOCKED])
}

const TEXT: &str = "Calls, newest first, filed under their beginning. A call appears after it has ended. Without \
    `dateFrom` it is the last 24 hours. The pages of one result share one range: follow `navigation.nextPage.uri`.";

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
