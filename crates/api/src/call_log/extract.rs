//! `GET …/call-log-extract-sync`: all that was modified after a moment, a portion at a time.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use callbook_model::Scope;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::query::{ChangesQuery, Filter, sync_filter};
use super::sync::{SyncType, read_token, record_count, started_anew, token, uri};
use super::sync_token::{Kind, SyncToken};
use super::{envelope, millis, resource_named};
use crate::answer::json_bytes;
use crate::error::ApiError;
use crate::params::Params;
use crate::ports::{CallLog, Clock, Ports};
use crate::router::Api;

const DEFAULT_RECORDS: u32 = 250;
const MAX_RECORDS: u32 = 1_000;

/// What `dateFrom` is when it is left out.
const DEFAULT_AGO: SignedDuration = SignedDuration::from_hours(1);

/// The company's call log.
pub(crate) async fn extract_account<P: Ports>(
    State(api): State<Api<P>>,
    Path(account): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let scope = Scope::Account;
    let now = api.ports().clock().now();
    let sync_type = SyncType::parse(&params)?;
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
    let from = params.instant("dateFrom")?.unwrap_or_else(default_from);
    let mut token = token(api, Kind::Extract, scope, params)?;
    token.mark = api.ports().call_log().mark(scope, Some(from)).await?;
    token.record_count = record_count(params, MAX_RECORDS)?.unwrap_or(DEFAULT_RECORDS);
    Ok(token)
}
