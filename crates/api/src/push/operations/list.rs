//! `GET /restapi/v1.0/subscription`: those of the caller, through this app.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::is_of;
use crate::answer::json;
use crate::auth::AccessGrant;
use crate::error::ApiError;
use crate::ports::{Clock, Ports, Subscriptions, Webhook};
use crate::push::info;
use crate::router::Api;

pub(crate) async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Extension(grant): Extension<AccessGrant>,
) -> Result<Response, ApiError> {
    let (now, url) = (api.ports().clock().now(), api.server_url());
    let mut webhooks: Vec<Webhook> = api.ports().subscriptions().all().await?;
    webhooks.retain(|held| is_of(&held.subscription, &grant) && now < held.subscription.expires);
    webhooks.sort_by_key(|held| (held.subscription.created, held.subscription.id));
    let records = webhooks.iter().map(|held| info::of_webhook(url, held, now));
    let records: Vec<Value> = records.collect();
    Ok(json(json!({ "uri": format!("{url}/restapi/v1.0/subscription"), "records": records })))
}
