//! `GET /restapi/v1.0/subscription/{subscriptionId}`.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;

use super::find;
use crate::answer::json;
use crate::auth::AccessGrant;
use crate::error::ApiError;
use crate::ports::{Clock, Ports};
use crate::router::Api;

pub(crate) async fn read<P: Ports>(
    State(api): State<Api<P>>,
    Extension(grant): Extension<AccessGrant>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let found = find(&api, &grant, &id).await?;
    Ok(json(found.info(api.server_url(), api.ports().clock().now())))
}
