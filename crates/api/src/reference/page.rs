//! The page.

use axum::response::{Html, IntoResponse, Response};
use serde_json::Value;

#[derive(Clone)]
pub(super) struct Page(String);

impl Page {
    pub(super) fn of(document: &Value, _server_url: &str) -> Self {
        Self(document.to_string())
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        Html(self.0).into_response()
    }
}
