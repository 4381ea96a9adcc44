//! `GET /restapi` and `GET /restapi/{apiVersion}`.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use crate::answer::json;
use crate::error::ApiError;
use crate::ports::Ports;
use crate::router::Api;

const VERSION: &str = "v1.0";

/// Lists the versions: there is one.
pub(crate) async fn list<P: Ports>(State(api): State<Api<P>>) -> Response {
    json(json!({
        "uri": format!("{}/restapi", api.server_url()),
        "apiVersions": [version(api.server_url())],
        "serverVersion": env!("CARGO_PKG_VERSION"),
        "serverRevision": "callbook",
    }))
}

/// Describes one version.
pub(crate) async fn read<P: Ports>(
    State(api): State<Api<P>>,
    Path(requested): Path<String>,
) -> Result<Response, ApiError> {
    match requested.as_str() {
        VERSION => Ok(json(version(api.server_url()))),
        _ => Err(ApiError::not_found("apiVersion")),
    }
}

fn version(server_url: &str) -> Value {
    json!({
        "uri": format!("{server_url}/restapi/{VERSION}"),
        "versionString": "1.0.0",
        "releaseDate": "2026-08-01T00:00:00.000Z",
        "uriString": VERSION,
    })
}
