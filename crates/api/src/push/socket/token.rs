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
use crate::reference::About;
use crate::reference::shape::{Uri, shape};
use crate::router::Api;

shape! {
    /// What a WebSocket is opened with.
    WsTokenResponse {
        /// Where; `?access_token=` and the token have to be added.
        required "uri": Uri,
        /// Opens one socket, once.
        required "ws_access_token": String,
        /// How long it is good, in seconds.
        required "expires_in": i64,
    }
}

/// What the reference says of it.
pub(crate) fn about_token() -> About {
    About::of("OAuth and OIDC", "Over a WebSocket come notifications, and requests may be sent.")
        .gives::<WsTokenResponse>("The token.")
}

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
