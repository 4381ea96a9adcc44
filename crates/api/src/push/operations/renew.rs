//! `POST /restapi/v1.0/subscription/{subscriptionId}/renew`: another life of the usual length.
//!
//! What belongs to a WebSocket is renewed by its session, and shown as it is.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;

use super::{Found, find, update};
use crate::answer::json;
use crate::auth::AccessGrant;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::ports::{Clock, Ports};
use crate::router::Api;

pub(crate) async fn renew<P: Ports>(
    State(api): State<Api<P>>,
    caller: Extension<Caller>,
    Extension(grant): Extension<AccessGrant>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let found = find(&api, &grant, &id).await?;
    if matches!(found, Found::Socket(..)) {
        return Ok(json(found.info(api.server_url(), api.ports().clock().now())));
    }
    update(State(api), caller, Extension(grant), None, Path(id), Bytes::new()).await
}
