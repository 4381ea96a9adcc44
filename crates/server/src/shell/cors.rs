//! Browsers may ask from pages of every origin: what lets them in is a token, never a cookie.

use axum::http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, RANGE, RETRY_AFTER,
};
use axum::http::{HeaderName, Method};
use tower_http::cors::{Any, CorsLayer};

/// Headers of answers that pages may read.
const EXPOSED: [HeaderName; 9] = [
    HeaderName::from_static("rcrequestid"),
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("x-rate-limit-group"),
    HeaderName::from_static("x-rate-limit-limit"),
    HeaderName::from_static("x-rate-limit-remaining"),
    HeaderName::from_static("x-rate-limit-window"),
    CONTENT_DISPOSITION,
    CONTENT_RANGE,
    RETRY_AFTER,
];

pub(super) fn layer() -> CorsLayer {
    let agent = HeaderName::from_static("x-user-agent");
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([ACCEPT, AUTHORIZATION, CONTENT_TYPE, RANGE, agent])
        .expose_headers(EXPOSED)
}
