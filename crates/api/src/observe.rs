//! A request id for every answer, a line for every request, an end to those that take too long.

use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::header::DATE;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::error::ApiError;
use crate::ports::{Clock, Ports};
use crate::router::Api;

/// Upstream's name for it, and everybody else's.
const REQUEST_ID: [HeaderName; 2] =
    [HeaderName::from_static("rcrequestid"), HeaderName::from_static("x-request-id")];

/// Longer than any answer takes, short enough that a body sent a byte a minute holds no place.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// Wraps every request. The query is not logged: it can hold phone numbers and tokens.
///
/// `Date` is the server's clock, which need not be the machine's: clients go by it.
pub(crate) async fn observe<P: Ports>(
    State(api): State<Api<P>>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let id = Uuid::new_v4();
    // What is logged on the way says which request it was.
    let answer = next.run(request).instrument(tracing::info_span!("request", %id));
    let answer = tokio::time::timeout(REQUEST_TIMEOUT, answer).await;
    let mut response = answer.unwrap_or_else(|_| timed_out());
    if let Ok(value) = HeaderValue::try_from(id.to_string()) {
        for name in REQUEST_ID {
            response.headers_mut().insert(name, value.clone());
        }
    }
    let date = api.ports().clock().now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(value) = HeaderValue::try_from(date) {
        response.headers_mut().insert(DATE, value);
    }
    let status = response.status().as_u16();
    let ms = started.elapsed().as_millis();
    tracing::info!(%method, path, status, ms, %id, "answered");
    response
}

fn timed_out() -> Response {
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "CMN-201", "Service Temporary Unavailable")
        .into_response()
}
