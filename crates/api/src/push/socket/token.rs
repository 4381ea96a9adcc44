//! `POST /restapi/oauth/wstoken`: what a socket is opened with.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::PATH;
use super::tokens::LIFETIME_S;
use crate::answer::json;
use crate::auth::AccessGrant;
use crate::error::ApiError;
use crate::ports::{Clock, Ports};
use crate::router::Api;

pub(crate) async fn token<P: Ports>(
    State(api): State<Api<P>>,
    Extension(grant): Extension<AccessGrant>,
) -> Result<Response, ApiError> {
    let now = api.ports().clock().now();
    let token = api.push().tokens.issue(grant, now, api.ports().random())?;
    // `http` becomes `ws`, and `https` `wss`.
    let server = api.server_url().strip_prefix("http").unwrap_or(api.server_url());
    let uri = format!("ws{server}{PATH}");
    Ok(json(json!({ "uri": uri, "ws_access_token": token, "expires_in": LIFETIME_S })))
}
