//! `PUT /restapi/v1.0/subscription/{subscriptionId}`: what it is about, and its end.
//!
//! As upstream says, whatever else the body says is ignored, and an empty one only renews. What is blacklisted
//! stays so.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;

use super::request::Request;
use super::{find, wishes};
use crate::answer::json;
use crate::auth::AccessGrant;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::ports::{Clock, Ports, Subscriptions};
use crate::push::info;
use crate::router::Api;

pub(crate) async fn update<P: Ports>(
    State(api): State<Api<P>>,
    Extension(caller): Extension<Caller>,
    Extension(grant): Extension<AccessGrant>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let mut found = find(&api, &grant, &id).await?;
    let request = Request::parse(&body)?;
    let now = api.ports().clock().now();
    found.subscription.expires = request.end(now)?;
    // A body that only renews renews what is about things that are allowed still.
    let filters = request.event_filters.as_deref().unwrap_or(&found.subscription.filters);
    found.subscription.filters = wishes::check(&api, (&caller, &grant), Some(filters)).await?;
    api.ports().subscriptions().change(&found.subscription).await?;
    api.push().has_changed();
    Ok(json(info::of_webhook(api.server_url(), &found, now)))
}
