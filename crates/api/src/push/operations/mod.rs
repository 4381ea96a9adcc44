//! Subscriptions: made, read, changed, renewed and ended by whoever owns them.

mod about;
mod create;
mod delete;
mod list;
mod read;
mod renew;
mod request;
mod update;
mod wishes;

pub(crate) use about::{
    about_create, about_delete, about_list, about_read, about_renew, about_update,
};
pub(crate) use create::create;
pub(crate) use delete::delete;
pub(crate) use list::list;
pub(crate) use read::read;
pub(crate) use renew::renew;
pub(crate) use update::update;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::info;
use super::socket::Session;
use crate::auth::AccessGrant;
use crate::error::ApiError;
use crate::ports::{Clock, Ports, Subscription, Subscriptions, Webhook};
use crate::router::Api;

/// Subscriptions that a user can have with one app.
const MOST: usize = 30;

/// A subscription, and how it is delivered.
enum Found {
    Webhook(Box<Webhook>),
    Socket(Arc<Session>, Subscription),
}

impl Found {
    fn subscription(&self) -> &Subscription {
        match self {
            Self::Webhook(webhook) => &webhook.subscription,
            Self::Socket(_, subscription) => subscription,
        }
    }

    fn info(&self, server_url: &str, now: Timestamp) -> Value {
        match self {
            Self::Webhook(webhook) => info::of_webhook(server_url, webhook, now),
            Self::Socket(_, subscription) => info::of_socket(server_url, subscription, now),
        }
    }
}

/// The subscription that a path names, if the caller made it with this app.
async fn find<P: Ports>(api: &Api<P>, grant: &AccessGrant, id: &str) -> Result<Found, ApiError> {
    let not_found = || ApiError::not_found("subscriptionId");
    let id: Uuid = id.parse().map_err(|_| not_found())?;
    let mut on_sockets = api.push().switchboard.of(grant).into_iter();
    let now = api.ports().clock().now();
    let found = match on_sockets.find(|(_, subscription)| subscription.id == id) {
        Some((session, subscription)) => Some(Found::Socket(session, subscription)),
        None => {
            let webhook = api.ports().subscriptions().find(id).await?;
            let own = webhook.filter(|held| is_of(&held.subscription, grant));
            own.map(Box::new).map(Found::Webhook)
        }
    };
    found.filter(|found| now < found.subscription().expires).ok_or_else(not_found)
}

/// All subscriptions of the caller through this app, the oldest first.
async fn find_all<P: Ports>(api: &Api<P>, grant: &AccessGrant) -> Result<Vec<Found>, ApiError> {
    let now = api.ports().clock().now();
    let webhooks = api.ports().subscriptions().all().await?.into_iter();
    let webhooks = webhooks.filter(|held| is_of(&held.subscription, grant));
    let webhooks = webhooks.map(Box::new).map(Found::Webhook);
    let on_sockets = api.push().switchboard.of(grant).into_iter();
    let on_sockets = on_sockets.map(|(session, held)| Found::Socket(session, held));
    let all = webhooks.chain(on_sockets);
    let mut found: Vec<Found> = all.filter(|found| now < found.subscription().expires).collect();
    found.sort_by_key(|found| (found.subscription().created, found.subscription().id));
    Ok(found)
}

fn is_of(subscription: &Subscription, grant: &AccessGrant) -> bool {
    subscription.app == grant.app && subscription.user == grant.user
}
