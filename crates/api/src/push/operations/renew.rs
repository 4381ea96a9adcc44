//! `POST /restapi/v1.0/subscription/{subscriptionId}/renew`: another life of the usual length.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;

use super::update;
use crate::auth::AccessGrant;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::ports::Ports;
use crate::router::Api;

pub(crate) async fn renew<P: Ports>(
    state: State<Api<P>>,
    caller: Extension<Caller>,
    grant: Extension<AccessGrant>,
    path: Path<String>,
) -> Result<Response, ApiError> {
    update(state, caller, grant, path, Bytes::new()).await
}
