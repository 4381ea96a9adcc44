//! `GET …/call-log-sync`: a frame of the newest records, then what changes in it.
//!
//! FSync gives the newest `recordCount` records since `dateFrom`, and thereby a frame: all that began no earlier
//! than the oldest of them. ISync gives what was made, changed or deleted in the frame since, and `recordCount`
//! older records, which extend it.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use callbook_model::Scope;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;

use super::list::view_name;
use super::parameters::{
    METADATA_CATEGORY, RECORDING_TYPE, SHOW_DELETED, STATUS_GROUP, VIEW, WITH_RECORDING,
};
use super::query::{ChangesQuery, ListQuery, sync_filter};
use super::shapes::CallLogSyncResponse;
use super::sync_token::{Kind, SyncToken};
use super::{envelope, extension_scope, millis, resource_named};
use crate::answer::json_bytes;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::params::{Param, Params};
use crate::ports::{CallLog, Clock, Directory, Ports};
use crate::reference::About;
use crate::router::Api;

/// The most records of an answer, and the most changes that a token survives.
const MAX_RECORDS: u32 = 250;

/// A `dateFrom` of longer ago counts as this long ago; leaving it out has no such limit.
const LONGEST_AGO: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How a client synchronises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SyncType {
    Full,
    Incremental,
}

pub(super) const SYNC_TYPE: Param<SyncType> = Param::words(
    "syncType",
    &[("FSync", SyncType::Full), ("ISync", SyncType::Incremental)],
    "`FSync` begins; `ISync` goes on from a `syncToken`.",
)
.or("FSync");

pub(super) const SYNC_TOKEN: Param<String> = Param::text(
    "syncToken",
    "What the last answer gave; `ISync` has to come with it. Opaque, and good over restarts of the server.",
);

const RECORD_COUNT: Param<u32> = Param::number(
    "recordCount",
    1..=MAX_RECORDS,
    "How many records: `FSync` has to say. `ISync` gives as many older ones beside those that changed.",
)
.example("100");

const SYNC_DATE_FROM: Param<Timestamp> = Param::instant(
    "dateFrom",
    "The first `startTime` that `FSync` gives, at most 30 days ago; the beginning of the log if left out.",
);

/// What the reference says of both.
pub(crate) fn about_sync() -> About {
    About::of(
        "Call Log",
        "FSync gives the newest records, and thereby a frame: all that began no earlier than the oldest of them. \
         ISync gives what was made, changed or deleted in the frame since. After more than 250 changes a token is no \
         good any more (400, CLG-104), and FSync has to begin anew.",
    )
    .takes(&[&SYNC_TYPE, &SYNC_TOKEN, &SYNC_DATE_FROM, &RECORD_COUNT, &STATUS_GROUP, &VIEW])
    .takes(&[&SHOW_DELETED, &RECORDING_TYPE, &WITH_RECORDING, &METADATA_CATEGORY])
    .gives::<CallLogSyncResponse>("Records, fresh ones first.")
}

impl SyncType {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Full => "FSync",
            Self::Incremental => "ISync",
        }
    }
}

/// The company's call log.
pub(crate) async fn sync_account<P: Ports>(
    State(api): State<Api<P>>,
    Path(account): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    sync(&api, Scope::Account, &params).await
}

/// An extension's call log.
pub(crate) async fn sync_extension<P: Ports>(
    State(api): State<Api<P>>,
    Path((account, extension)): Path<(String, String)>,
    Extension(caller): Extension<Caller>,
    params: Params,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let scope = extension_scope(&api, &extension, &caller).await?;
    sync(&api, scope, &params).await
}

async fn sync<P: Ports>(api: &Api<P>, scope: Scope, params: &Params) -> Result<Response, ApiError> {
    let now = api.ports().clock().now();
    let sync_type = params.value(&SYNC_TYPE)?;
    let (records, token) = match sync_type {
        SyncType::Full => full(api, scope, params, now).await?,
        SyncType::Incremental => incremental(api, scope, params, now).await?,
    };
    let uri = uri(&resource_named(api, scope, "call-log-sync"), &token, sync_type);
    let info = json!({
        "syncType": sync_type.name(),
        "syncToken": token.sign(api.sync_key()),
        "syncTime": millis(now),
    });
    Ok(json_bytes(StatusCode::OK, envelope(uri, &records, &format!("\"syncInfo\":{info}}}"))))
}

async fn full<P: Ports>(
    api: &Api<P>,
    scope: Scope,
    params: &Params,
    now: Timestamp,
) -> Result<(Vec<Bytes>, SyncToken), ApiError> {
    let limit = params.value(&RECORD_COUNT)?;
    let earliest = now.checked_sub(LONGEST_AGO).unwrap_or(Timestamp::MIN);
    let from = params.given(&SYNC_DATE_FROM)?.map_or(Timestamp::MIN, |from| from.max(earliest));
    let view = params.value(&VIEW)?;
    let filter = sync_filter(params)?;
    let query =
        ListQuery { from, to: just_after(now), filter, view, offset: 0, after: None, limit };
    let mut token = token(api, Kind::Sync, scope, params)?;
    // What is modified from here on is told next time, whether or not the list has it already.
    token.mark = api.ports().call_log().mark(scope, None).await?;
    token.issued_ms = now.as_millisecond();
    let page = api.ports().call_log().list(scope, &query).await?;
    token.frame_from_ms = from.as_millisecond();
    if page.more {
        token.extend_to(&page.records);
    }
    Ok((page.records, token))
}

async fn incremental<P: Ports>(
    api: &Api<P>,
    scope: Scope,
    params: &Params,
    now: Timestamp,
) -> Result<(Vec<Bytes>, SyncToken), ApiError> {
    let mut token = read_token(api, Kind::Sync, scope, params, now)?;
    let wanted = params.given(&RECORD_COUNT)?.unwrap_or_default();
    let mut filter = sync_filter(params)?;
    filter.show_deleted = params.value(&SHOW_DELETED)?;
    let query = ChangesQuery {
        after: token.mark,
        started_from: moment(token.frame_from_ms),
        filter: filter.clone(),
        view: token.view(),
        limit: MAX_RECORDS,
    };
    token.mark = api.ports().call_log().mark(scope, None).await?;
    let changes = api.ports().call_log().changes(scope, &query).await?;
    let changes = changes.ok_or_else(|| started_anew(params))?;
    let fresh = u32::try_from(changes.records.len()).unwrap_or(u32::MAX);
    if changes.more || fresh > MAX_RECORDS {
        return Err(ApiError::invalid_sync_token("CLG-104", &params.value(&SYNC_TOKEN)?));
    }
    let mut records: Vec<Bytes> = changes.records.into_iter().rev().collect();
    let limit = wanted.min(MAX_RECORDS - fresh);
    if limit > 0 {
        filter.show_deleted = false;
        let query = ListQuery {
            from: Timestamp::MIN,
            to: just_after(moment(token.frame_from_ms)),
            filter,
            view: token.view(),
            offset: token.at_edge.into(),
            after: None,
            limit,
        };
        let page = api.ports().call_log().list(scope, &query).await?;
        token.extend_to(&page.records);
        records.extend(page.records);
    }
    token.issued_ms = now.as_millisecond();
    Ok((records, token))
}

impl SyncToken {
    /// Moves the frame's beginning to the oldest of `records`, which a list gave next.
    fn extend_to(&mut self, records: &[Bytes]) {
        let starts: Vec<i64> = records.iter().rev().filter_map(|record| start_ms(record)).collect();
        let Some(&oldest) = starts.first() else { return };
        let ties = starts.iter().take_while(|&&start| start == oldest).count() as u32;
        self.at_edge = if oldest == self.frame_from_ms { self.at_edge + ties } else { ties };
        self.frame_from_ms = oldest;
    }
}

/// The one thing in a record that a frame depends on.
fn start_ms(record: &[u8]) -> Option<i64> {
    #[derive(Deserialize)]
    struct Start {
        #[serde(rename = "startTime")]
        start_time: Timestamp,
    }
    Some(serde_json::from_slice::<Start>(record).ok()?.start_time.as_millisecond())
}

/// A token that stands nowhere yet.
pub(super) fn token<P: Ports>(
    api: &Api<P>,
    kind: Kind,
    scope: Scope,
    params: &Params,
) -> Result<SyncToken, ApiError> {
    let account = api.ports().directory().account_id();
    Ok(SyncToken::new(kind, account, scope, params.value(&VIEW)?))
}

/// The token that an ISync has to come with.
pub(super) fn read_token<P: Ports>(
    api: &Api<P>,
    kind: Kind,
    scope: Scope,
    params: &Params,
    now: Timestamp,
) -> Result<SyncToken, ApiError> {
    SyncToken::read(
        &params.value(&SYNC_TOKEN)?,
        api.sync_key(),
        &token(api, kind, scope, params)?,
        now,
    )
}

/// The refusal of a token from before a log began anew.
pub(super) fn started_anew(params: &Params) -> ApiError {
    let token = params.given(&SYNC_TOKEN).ok().flatten().unwrap_or_default();
    ApiError::invalid_sync_token("CLG-103", &token)
}

/// Where an answer came from; the token is in it once.
pub(super) fn uri(resource: &str, token: &SyncToken, sync_type: SyncType) -> String {
    format!("{resource}?syncType={}&view={}", sync_type.name(), view_name(token.view()))
}

/// The moment of Unix milliseconds, or the nearest that there is.
fn moment(ms: i64) -> Timestamp {
    let nearest = if ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(ms).unwrap_or(nearest)
}

/// The end of a list that includes a moment.
fn just_after(at: Timestamp) -> Timestamp {
    at.checked_add(SignedDuration::from_millis(1)).unwrap_or(Timestamp::MAX)
}
