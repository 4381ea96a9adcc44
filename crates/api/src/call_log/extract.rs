//! `GET …/call-log-extract-sync`: all that was modified after a moment, a portion at a time.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use callbook_model::Scope;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::parameters::{METADATA_CATEGORY, VIEW};
use super::query::{ChangesQuery, Filter, sync_filter};
use super::shapes::CallLogExtractSyncResponse;
use super::sync::{SYNC_TOKEN, SYNC_TYPE, SyncType, read_token, started_anew, token, uri};
use super::sync_token::{Kind, SyncToken};
use super::{envelope, millis, resource_named};
use crate::answer::json_bytes;
use crate::error::ApiError;
use crate::params::{Param, Params};
use crate::ports::{CallLog, Clock, Ports};
use crate::reference::About;
use crate::router::Api;

const RECORD_COUNT: Param<u32> = Param::number(
    "recordCount",
    1..=1_000,
    "How many records; all that were modified in the last one's millisecond come on top.",
)
.or("250");

const MODIFIED_FROM: Param<Timestamp> = Param::instant(
    "dateFrom",
    "The first moment of modification that `FSync` gives; an hour ago if left out.",
);

/// What `dateFrom` is when it is left out.
const DEFAULT_AGO: SignedDuration = SignedDuration::from_hours(1);

/// What the reference says of it.
pub(crate) fn about_extract() -> About {
    About::of(
        "Call Log",
        "Gives what was modified after a moment, in that order, a portion at a time: repeat ISync while \
         `newerRecordsExist`.",
    )
    .takes(&[&SYNC_TYPE, &SYNC_TOKEN, &MODIFIED_FROM, &RECORD_COUNT, &VIEW, &METADATA_CATEGORY])
    .gives::<CallLogExtractSyncResponse>("Records, the first modified first.")
}

/// The company's call log.
pub(crate) async fn extract_account<P: Ports>(
    State(api): State<Api<P>>,
    Path(account): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let scope = Scope::Account;
    let now = api.ports().clock().now();
    let sync_type = params.value(&SYNC_TYPE)?;
    let mut token = match sync_type {
        SyncType::Full => first(&api, scope, &params, now).await?,
        SyncType::Incremental => read_token(&api, Kind::Extract, scope, &params, now)?,
    };
    let query = ChangesQuery {
        after: token.mark,
        started_from: Timestamp::MIN,
        filter: Filter { recording: None, missed: false, ..sync_filter(&params)? },
        view: token.view(),
        limit: token.record_count,
    };
    let changes = api.ports().call_log().changes(scope, &query).await?;
    let changes = changes.ok_or_else(|| started_anew(&params))?;
    token.mark = changes.next;
    token.issued_ms = now.as_millisecond();
    let info = json!({
        "syncType": sync_type.name(),
        "syncToken": token.sign(api.sync_key()),
        "syncTime": millis(now),
        "newerRecordsExist": changes.more,
    });
    let uri = uri(&resource_named(&api, scope, "call-log-extract-sync"), &token, sync_type);
    let body = envelope(uri, &changes.records, &format!("\"syncInfo\":{info}}}"));
    Ok(json_bytes(StatusCode::OK, body))
}

async fn first<P: Ports>(
    api: &Api<P>,
    scope: Scope,
    params: &Params,
    now: Timestamp,
) -> Result<SyncToken, ApiError> {
    let default_from = || now.checked_sub(DEFAULT_AGO).unwrap_or(Timestamp::MIN);
    let from = params.given(&MODIFIED_FROM)?.unwrap_or_else(default_from).min(now);
    let mut token = token(api, Kind::Extract, scope, params)?;
    token.mark = api.ports().call_log().mark(scope, Some(from)).await?;
    token.record_count = params.value(&RECORD_COUNT)?;
    Ok(token)
}
