//! `PUT /restapi/v1.0/subscription/{subscriptionId}`: what it is about, and its end.
//!
//! As upstream says, whatever else the body says is ignored, and an empty one only renews. What is blacklisted
//! stays so. What belongs to a WebSocket is changed there alone, and lives as long as its session.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;

use super::request::Request;
use super::{Found, find, wishes};
use crate::answer::json;
use crate::auth::AccessGrant;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::ports::{Clock, Directory, Journal, Ports, Subscriptions, Webhook};
use crate::push::filter::EventFilter;
use crate::push::socket::Session;
use crate::router::Api;

pub(crate) async fn update<P: Ports>(
    State(api): State<Api<P>>,
    Extension(caller): Extension<Caller>,
    Extension(grant): Extension<AccessGrant>,
    via: Option<Extension<Arc<Session>>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let mut found = find(&api, &grant, &id).await?;
    let request = Request::parse(&body)?;
    let now = api.ports().clock().now();
    // A body that only renews renews what is about things that are allowed still.
    let texts = request.event_filters.as_deref().unwrap_or(&found.subscription().filters);
    let filters = wishes::check(&api, (&caller, &grant), texts).await?;
    match &mut found {
        Found::Webhook(webhook) => {
            webhook.subscription.expires = request.end(now)?;
            change_webhook(&api, webhook, &filters).await?;
        }
        Found::Socket(session, subscription) => {
            if via.is_none_or(|Extension(via)| via.id != session.id) {
                return Err(ApiError::invalid_parameter("deliveryMode.transportType", "WebSocket"));
            }
            subscription.filters = wishes::texts(&filters);
            let newest = api.ports().journal().newest().await?;
            session.subscribe(subscription.clone(), filters, newest);
        }
    }
    Ok(json(found.info(api.server_url(), now)))
}

async fn change_webhook<P: Ports>(
    api: &Api<P>,
    webhook: &mut Webhook,
    filters: &[Arc<EventFilter>],
) -> Result<(), ApiError> {
    let (kept, subscription) = (api.ports().subscriptions(), &mut webhook.subscription);
    let before = std::mem::replace(&mut subscription.filters, wishes::texts(filters));
    let (account, user) = (api.ports().directory().account_id(), subscription.user);
    let parsed = before.iter().filter_map(|text| EventFilter::parse(text, account, user).ok());
    if !parsed.into_iter().any(|filter| filter.call_log().is_some()) {
        // What was before it wanted to hear of the call log is none of its business.
        kept.advance(subscription.id, api.ports().journal().newest().await?).await?;
    }
    kept.change(subscription).await?;
    api.push().has_changed();
    Ok(())
}
