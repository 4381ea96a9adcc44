//! Faults of a recording's sound: what a downloader has to notice.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_RANGE, LOCATION, RANGE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::layer::{broken, refusal};
use super::{Fault, FaultKind};

/// A name that never belongs to anybody (RFC 6761).
const FOREIGN: &str = "http://recordings.invalid";

/// At most so many bytes in a row are others.
const CORRUPT_BYTES: u64 = 64;

/// Lets one of the faults that sounds have befall a request.
pub(super) async fn spoil(fault: &Fault, mut request: Request, next: Next) -> Response {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned();
    match fault.kind {
        FaultKind::Redirect => (StatusCode::FOUND, [(LOCATION, target)]).into_response(),
        FaultKind::RedirectForeign => {
            // The token that may be in the query stays here.
            let path = request.uri().path();
            (StatusCode::FOUND, [(LOCATION, format!("{FOREIGN}{path}"))]).into_response()
        }
        FaultKind::RangeIgnored => {
            request.headers_mut().remove(RANGE);
            next.run(request).await
        }
        FaultKind::Unsatisfiable => unsatisfiable(&next.run(request).await),
        FaultKind::Short => changed(next.run(request).await, |sound| cut(sound, fault.draw)).await,
        _ => changed(next.run(request).await, |sound| corrupt(sound, fault.draw)).await,
    }
}

/// The length of the whole is right.
fn unsatisfiable(answer: &Response) -> Response {
    let (status, message) =
        (StatusCode::RANGE_NOT_SATISFIABLE, "Requested range is not satisfiable");
    let mut response = refusal(status, "CMN-107", message);
    let range = answer.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
    let length = answer.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let total = range.and_then(|range| range.split_once('/')).map(|(_, total)| total).or(length);
    let total = total.map(|total| HeaderValue::try_from(format!("bytes */{total}")));
    if let Some(Ok(total)) = total {
        response.headers_mut().insert(CONTENT_RANGE, total);
    }
    response
}

/// An answer whose sound is another, of the length that is then announced; a refusal stays as it is.
async fn changed(answer: Response, change: impl FnOnce(&mut Vec<u8>)) -> Response {
    if !answer.status().is_success() {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let Ok(sound) = to_bytes(body, usize::MAX).await else { return broken() };
    let mut sound = sound.to_vec();
    change(&mut sound);
    parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(sound.len()));
    Response::from_parts(parts, Body::from(sound))
}

fn cut(sound: &mut Vec<u8>, draw: u64) {
    let length = draw % sound.len().max(1) as u64;
    sound.truncate(usize::try_from(length).unwrap_or(0));
}

fn corrupt(sound: &mut [u8], draw: u64) {
    let first = usize::try_from(draw % sound.len().max(1) as u64).unwrap_or(0);
    let count = usize::try_from(1 + (draw >> 32) % CORRUPT_BYTES).unwrap_or(1);
    sound.iter_mut().skip(first).take(count).for_each(|byte| *byte ^= 0x55);
}
