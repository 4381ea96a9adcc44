//! `GET …/call-log/{callRecordId}`: one record, or a batch of them.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use callbook_model::Scope;

use super::parameters::VIEW;
use super::shapes::{CallLogBatchItem, CallLogRecord};
use super::{batch, extension_scope};
use crate::answer::json_bytes;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::params::Params;
use crate::ports::{CallLog, Ports};
use crate::reference::About;
use crate::router::Api;

/// What the reference says of both.
pub(crate) fn about_record() -> About {
    About::of(
        "Call Log",
        "Up to 50 ids, separated by commas, are answered by 207 and a status for each: as `multipart/mixed`, or as \
         a JSON array for whoever accepts `application/vnd.ringcentral.multipart+json`.",
    )
    .takes(&[&VIEW])
    .gives::<CallLogRecord>("The record.")
    .answers_batch::<CallLogBatchItem>("Several records.", batch::MULTIPART_JSON)
}

/// Records of the company's call log.
pub(crate) async fn read_account<P: Ports>(
    State(api): State<Api<P>>,
    Path((account, ids)): Path<(String, String)>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    read(&api, Scope::Account, &ids, &headers, &params).await
}

/// Records of an extension's call log.
pub(crate) async fn read_extension<P: Ports>(
    State(api): State<Api<P>>,
    Path((account, extension, ids)): Path<(String, String, String)>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let scope = extension_scope(&api, &extension, &caller).await?;
    read(&api, scope, &ids, &headers, &params).await
}

async fn read<P: Ports>(
    api: &Api<P>,
    scope: Scope,
    ids: &str,
    headers: &HeaderMap,
    params: &Params,
) -> Result<Response, ApiError> {
    let view = params.value(&VIEW)?;
    if ids.contains(',') {
        return batch::read(api, scope, ids, view, headers).await;
    }
    let record = api.ports().call_log().get(scope, ids, view).await?;
    let record = record.ok_or_else(|| ApiError::not_found("callRecordId"))?;
    Ok(json_bytes(StatusCode::OK, record))
}
