//! `GET …/recording/{recordingId}/content`: the sound itself, whole or a range of it.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::range::{Requested, requested};
use super::{disposition, find};
use crate::error::ApiError;
use crate::guard::Caller;
use crate::params::Params;
use crate::ports::{Ports, Recording, Recordings};
use crate::reference::About;
use crate::router::Api;

/// What the reference says of it.
pub(crate) fn about_content() -> About {
    let media = ["audio/mpeg", "audio/wav", "audio/x-wav"];
    About::of("Call Recordings", "Takes `Range` (one range of bytes) and `If-Range`.")
        .takes(disposition::PARAMETERS)
        .answers_media(200, "The whole sound.", &media)
        .answers_media(206, "The part that `Range` names.", &media)
        .fails(416, "The sound ends before the range begins.")
}

/// Streams what was asked for.
pub(crate) async fn content<P: Ports>(
    State(api): State<Api<P>>,
    Path((account, id)): Path<(String, String)>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, ApiError> {
    let recording = find(&api, (&account, &id), &caller).await?;
    let disposition = disposition::read(&params)?;
    let etag = format!("\"{}\"", recording.tag);
    let (status, range) = match requested(&headers, &etag, recording.len_bytes) {
        Requested::Whole => (StatusCode::OK, 0..recording.len_bytes),
        Requested::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Requested::Nothing => return Ok(not_satisfiable(&recording)),
    };
    let (first, length) = (range.start, range.end - range.start);
    let body = Body::from_stream(api.ports().recordings().open(&id, range).await?);
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    write(headers, CONTENT_TYPE, &recording.content_type);
    write(headers, ETAG, &etag);
    if let Some(disposition) = disposition {
        write(headers, CONTENT_DISPOSITION, &disposition);
    }
    if status == StatusCode::PARTIAL_CONTENT {
        let (last, total) = (first + length - 1, recording.len_bytes);
        write(headers, CONTENT_RANGE, &format!("bytes {first}-{last}/{total}"));
    }
    Ok(response)
}

fn not_satisfiable(recording: &Recording) -> Response {
    let mut response = ApiError::range_not_satisfiable().into_response();
    let total = format!("bytes */{}", recording.len_bytes);
    write(response.headers_mut(), CONTENT_RANGE, &total);
    response
}

/// What is no text for a header stays out of it.
fn write(headers: &mut HeaderMap, name: axum::http::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
