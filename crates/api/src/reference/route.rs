//! `GET /openapi.json` and `GET /docs`: no operations of the API, and nobody has to sign in for them.

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use bytes::Bytes;

use super::{document, page};

/// Both, made once.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(server_url: &str) -> Router<S> {
    let document = document::document(server_url);
    let html = page::html(&document, server_url);
    let text = Bytes::from(document.to_string());
    Router::new()
        .route("/openapi.json", get(async move || ([(CONTENT_TYPE, "application/json")], text)))
        .route("/docs", get(async move || page::respond(html)))
}
