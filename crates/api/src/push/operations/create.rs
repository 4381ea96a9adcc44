//! `POST /restapi/v1.0/subscription`.

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::request::{DeliveryMode, Request};
use super::{MOST, find_all, wishes};
use crate::access::AppScope;
use crate::answer::json;
use crate::auth::AccessGrant;
use crate::error::ApiError;
use crate::guard::{Caller, has_scope};
use crate::ports::{Clock, Journal, Ports, Subscription, Subscriptions, Webhook};
use crate::push::filter::EventFilter;
use crate::push::socket::{SUBSCRIPTION_ID, Session};
use crate::push::{info, webhook};
use crate::router::Api;

/// The longest token that is sent along with notifications.
const MAX_TOKEN_BYTES: usize = 255;

pub(crate) async fn create<P: Ports>(
    State(api): State<Api<P>>,
    Extension(caller): Extension<Caller>,
    Extension(grant): Extension<AccessGrant>,
    via: Option<Extension<Arc<Session>>>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let request = Request::parse(&body)?;
    let missing = ApiError::missing_parameter;
    let mode = request.delivery_mode.as_ref().ok_or_else(|| missing("deliveryMode"))?;
    let texts = request.event_filters.as_deref().ok_or_else(|| missing("eventFilters"))?;
    let filters = wishes::check(&api, (&caller, &grant), texts).await?;
    let now = api.ports().clock().now();
    let subscription = Subscription {
        id: Uuid::new_v4(),
        app: grant.app.clone(),
        user: grant.user,
        filters: wishes::texts(&filters),
        created: now,
        expires: request.end(now)?,
    };
    // Nobody is asked for nothing.
    if find_all(&api, &grant).await?.len() >= MOST {
        return Err(too_many());
    }
    match (mode.transport_type.as_str(), via) {
        ("WebHook", _) => create_webhook(&api, &grant, subscription, mode).await,
        ("WebSocket", Some(Extension(session))) => {
            subscribe(&api, &session, subscription, filters).await
        }
        (other, _) => Err(ApiError::invalid_parameter("deliveryMode.transportType", other)),
    }
}

async fn subscribe<P: Ports>(
    api: &Api<P>,
    session: &Session,
    mut subscription: Subscription,
    filters: Vec<Arc<EventFilter>>,
) -> Result<Response, ApiError> {
    let newest = api.ports().journal().newest().await?;
    subscription.expires = session.end();
    session.subscribe(subscription.clone(), filters, newest);
    let info = info::of_socket(api.server_url(), &subscription, subscription.created);
    Ok(([(SUBSCRIPTION_ID, subscription.id.to_string())], json(info)).into_response())
}

async fn create_webhook<P: Ports>(
    api: &Api<P>,
    grant: &AccessGrant,
    subscription: Subscription,
    mode: &DeliveryMode,
) -> Result<Response, ApiError> {
    check_mode(grant, mode, api.push().options.loopback_webhooks)?;
    let token = mode.verification_token.clone();
    webhook::validate(&api.push().sender, &mode.address, token.as_ref()).await?;
    let webhook = Webhook {
        subscription,
        address: mode.address.clone(),
        verification_token: token,
        blacklisted: None,
        position: api.ports().journal().newest().await?,
    };
    if !api.ports().subscriptions().add(&webhook, MOST).await? {
        return Err(too_many());
    }
    api.push().has_changed();
    Ok(json(info::of_webhook(api.server_url(), &webhook, webhook.subscription.created)))
}

fn check_mode(grant: &AccessGrant, mode: &DeliveryMode, loopback: bool) -> Result<(), ApiError> {
    if !has_scope(grant, AppScope::SubscriptionWebhook) {
        let message =
            "[SubscriptionWebhook] application permission is required for [WebHook] transport";
        return Err(ApiError::new(StatusCode::FORBIDDEN, "SUB-528", message));
    }
    if webhook::check_address(&mode.address, loopback).is_none() {
        return Err(ApiError::invalid_parameter("deliveryMode.address", &mode.address));
    }
    let is_header = |token: &SecretString| {
        let token = token.expose_secret();
        token.len() <= MAX_TOKEN_BYTES && HeaderValue::from_str(token).is_ok()
    };
    if !mode.verification_token.as_ref().is_none_or(is_header) {
        return Err(ApiError::invalid_parameter("deliveryMode.verificationToken", ""));
    }
    Ok(())
}

fn too_many() -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, "SUB-505", "Subscriptions limit exceeded")
}
