//! `POST /restapi/v1.0/subscription`.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::request::{DeliveryMode, Request};
use super::{MOST, is_of, wishes};
use crate::access::AppScope;
use crate::answer::json;
use crate::auth::AccessGrant;
use crate::error::ApiError;
use crate::guard::{Caller, has_scope};
use crate::ports::{Clock, Journal, Ports, Subscription, Subscriptions, Webhook};
use crate::push::{info, webhook};
use crate::router::Api;

/// The longest token that is sent along with notifications.
const MAX_TOKEN_BYTES: usize = 255;

pub(crate) async fn create<P: Ports>(
    State(api): State<Api<P>>,
    Extension(caller): Extension<Caller>,
    Extension(grant): Extension<AccessGrant>,
    body: Bytes,
) -> Result<Response, ApiError> {
    let request = Request::parse(&body)?;
    let mode = request.delivery_mode.as_ref();
    let mode = mode.ok_or_else(|| ApiError::missing_parameter("deliveryMode"))?;
    let filters = wishes::check(&api, (&caller, &grant), request.event_filters.as_deref()).await?;
    let now = api.ports().clock().now();
    let subscription = Subscription {
        id: Uuid::new_v4(),
        app: grant.app.clone(),
        user: grant.user,
        filters,
        created: now,
        expires: request.end(now)?,
    };
    match mode.transport_type.as_str() {
        "WebHook" => create_webhook(&api, &grant, subscription, mode).await,
        other => Err(ApiError::invalid_parameter("deliveryMode.transportType", other)),
    }
}

async fn create_webhook<P: Ports>(
    api: &Api<P>,
    grant: &AccessGrant,
    subscription: Subscription,
    mode: &DeliveryMode,
) -> Result<Response, ApiError> {
    check_mode(grant, mode, api.push().options.loopback_webhooks)?;
    // Nobody is asked for nothing.
    if count(api, grant).await? >= MOST {
        return Err(too_many());
    }
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

async fn count<P: Ports>(api: &Api<P>, grant: &AccessGrant) -> Result<usize, ApiError> {
    let webhooks = api.ports().subscriptions().all().await?;
    Ok(webhooks.iter().filter(|webhook| is_of(&webhook.subscription, grant)).count())
}

fn too_many() -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, "SUB-505", "Subscriptions limit exceeded")
}
