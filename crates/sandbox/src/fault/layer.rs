//! Carrying a fault out.

use std::io;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use serde_json::json;

use super::{Fault, FaultKind, Injector, sound};

/// Values of `Retry-After` that nobody should obey.
const ABSURD: [&str; 6] =
    ["31536000", "-1", "soon", "99999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT", ""];

/// What a client is told when its sync token is not taken.
const SYNC_TOKEN: [(&str, &str); 5] = [
    ("CLG-101", "Parameter [syncToken] is invalid"),
    ("CLG-102", "Parameter [syncToken] is expired"),
    ("CLG-103", "Too many changes since [syncToken]"),
    ("CLG-104", "Result set for [syncToken] is not consistent"),
    ("CLG-105", "Parameter [syncToken] is of another view"),
];

/// Lets a request through, or lets a fault befall it.
pub(crate) async fn strike(
    State(injector): State<Injector>,
    request: Request,
    next: Next,
) -> Response {
    let target = request.uri().path_and_query().map_or("", |target| target.as_str());
    let Some(fault) = injector.next(target) else { return next.run(request).await };
    tracing::debug!(kind = %fault.kind, path = request.uri().path(), "a fault");
    match fault.kind {
        FaultKind::Throttled | FaultKind::ThrottledMissing | FaultKind::ThrottledAbsurd => {
            throttled(&fault, &next.run(request).await)
        }
        FaultKind::ServerError => {
            refusal(StatusCode::INTERNAL_SERVER_ERROR, "CMN-203", "Internal Server Error")
        }
        FaultKind::Unavailable => {
            let message = "Service Temporary Unavailable";
            refusal(StatusCode::SERVICE_UNAVAILABLE, "CMN-201", message)
        }
        FaultKind::Reset => broken(),
        FaultKind::Truncated => truncated(next.run(request).await, fault.draw).await,
        FaultKind::Slow => {
            tokio::time::sleep(fault.length).await;
            next.run(request).await
        }
        FaultKind::Hang => {
            tokio::select! {
                () = tokio::time::sleep(fault.length) => {}
                () = injector.stopped() => {}
            }
            broken()
        }
        FaultKind::TokenExpired => token_expired(),
        FaultKind::SyncToken => sync_token_refused(fault.draw),
        // All others are of sounds.
        _ => sound::spoil(&fault, request, next).await,
    }
}

/// An error as the API reports it.
pub(super) fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    let item = json!({ "errorCode": code, "message": message });
    let body = json!({ "errorCode": code, "message": message, "errors": [item] });
    (status, Json(body)).into_response()
}

/// Takes the rate headers of the real answer over: a request that is refused was looked at all the same.
fn throttled(fault: &Fault, answer: &Response) -> Response {
    let mut response = refusal(StatusCode::TOO_MANY_REQUESTS, "CMN-301", "Request rate exceeded");
    let headers = response.headers_mut();
    let rates = answer.headers().iter().filter(|(name, _)| name.as_str().starts_with("x-rate"));
    headers.extend(rates.map(|(name, value)| (name.clone(), value.clone())));
    if let Some(remaining) = headers.get_mut("x-rate-limit-remaining") {
        *remaining = HeaderValue::from(0);
    }
    match fault.kind {
        FaultKind::Throttled => {
            let seconds = fault.length.as_secs_f64().ceil() as u64;
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        FaultKind::ThrottledAbsurd => {
            headers.insert(RETRY_AFTER, HeaderValue::from_static(one_of(&ABSURD, fault.draw)));
        }
        _ => {}
    }
    response
}

fn token_expired() -> Response {
    let mut response = refusal(StatusCode::UNAUTHORIZED, "OAU-128", "Access token expired");
    let challenge = "Bearer realm=\"api\", error=\"invalid_token\", error_description=\"expired\"";
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    response
}

fn sync_token_refused(draw: u64) -> Response {
    let (code, message) = one_of(&SYNC_TOKEN, draw);
    let item = json!({ "errorCode": code, "message": message, "parameterName": "syncToken" });
    let body = json!({
        "errorCode": code, "message": message, "errors": [item], "parameterName": "syncToken",
    });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

/// An answer whose body fails before anything of the answer was sent: hyper closes the connection.
pub(super) fn broken() -> Response {
    Response::new(Body::from_stream(stream::iter([Err::<Bytes, _>(cut())])))
}

/// The first part of an answer, then the connection is closed.
async fn truncated(answer: Response, draw: u64) -> Response {
    let (mut parts, body) = answer.into_parts();
    let Ok(whole) = to_bytes(body, usize::MAX).await else { return broken() };
    let length = whole.len() as u64;
    if length == 0 {
        return broken();
    }
    let first = whole.slice(..usize::try_from(draw / 2 % length).unwrap_or(0));
    parts.headers.remove(CONTENT_LENGTH);
    if draw.is_multiple_of(2) {
        parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    // Hyper sends what it has when there is nothing more at the moment: so there has to be such a moment.
    let end = stream::once(async {
        tokio::task::yield_now().await;
        Err(cut())
    });
    Response::from_parts(parts, Body::from_stream(stream::iter([Ok(first)]).chain(end)))
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "cut short on purpose")
}

/// The list must not be empty.
fn one_of<T: Copy>(choices: &[T], draw: u64) -> T {
    choices[(draw % choices.len() as u64) as usize]
}
