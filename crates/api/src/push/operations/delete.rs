//! `DELETE /restapi/v1.0/subscription/{subscriptionId}`.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::{Found, find};
use crate::auth::AccessGrant;
use crate::error::ApiError;
use crate::ports::{Ports, Subscriptions};
use crate::router::Api;

pub(crate) async fn delete<P: Ports>(
    State(api): State<Api<P>>,
    Extension(grant): Extension<AccessGrant>,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let was_there = match find(&api, &grant, &id).await? {
        Found::Webhook(webhook) => {
            api.ports().subscriptions().remove(webhook.subscription.id).await?
        }
        Found::Socket(session, subscription) => session.unsubscribe(subscription.id),
    };
    if !was_there {
        return Err(ApiError::not_found("subscriptionId"));
    }
    api.push().has_changed();
    Ok(StatusCode::NO_CONTENT)
}
