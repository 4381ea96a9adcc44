//! `GET /restapi` and `GET /restapi/{apiVersion}`.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use crate::answer::json;
use crate::error::ApiError;
use crate::ports::Ports;
use crate::reference::About;
use crate::reference::shape::{Moment, Uri, shape};
use crate::router::Api;

shape! {
    /// The versions of the API.
    ApiVersionsList {
        /// Where this is.
        required "uri": Uri,
        /// Each of them.
        required "apiVersions": Vec<ApiVersionInfo>,
        /// The version of the server.
        required "serverVersion": String,
        /// What the server is.
        required "serverRevision": String,
    }
}

shape! {
    /// A version of the API.
    ApiVersionInfo {
        /// Where it is.
        required "uri": Uri,
        /// Its number.
        required "versionString": String,
        /// Since when there is this version.
        required "releaseDate": Moment,
        /// What stands for it in paths.
        required "uriString": String,
    }
}

/// What the reference says of the list.
pub(crate) fn about_list() -> About {
    About::of("API Info", "").gives::<ApiVersionsList>("The versions.")
}

/// What the reference says of one.
pub(crate) fn about_read() -> About {
    About::of("API Info", "").gives::<ApiVersionInfo>("The version.")
}

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
