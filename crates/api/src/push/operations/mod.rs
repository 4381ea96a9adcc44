//! Subscriptions: made, read, changed, renewed and ended by whoever owns them.

mod create;
mod delete;
mod list;
mod read;
mod renew;
mod request;
mod update;
mod wishes;

pub(crate) use create::create;
pub(crate) use delete::delete;
pub(crate) use list::list;
pub(crate) use read::read;
pub(crate) use renew::renew;
pub(crate) use update::update;

use uuid::Uuid;

use crate::auth::AccessGrant;
use crate::error::ApiError;
use crate::ports::{Clock, Ports, Subscription, Subscriptions, Webhook};
use crate::router::Api;

/// Subscriptions that a user can have with one app.
const MOST: usize = 30;

/// The webhook that a path names, if the caller made it with this app.
async fn find<P: Ports>(api: &Api<P>, grant: &AccessGrant, id: &str) -> Result<Webhook, ApiError> {
    let not_found = || ApiError::not_found("subscriptionId");
    let id: Uuid = id.parse().map_err(|_| not_found())?;
    let webhook = api.ports().subscriptions().find(id).await?;
    let now = api.ports().clock().now();
    let mine = |s: &Subscription| is_of(s, grant) && now < s.expires;
    webhook.filter(|webhook| mine(&webhook.subscription)).ok_or_else(not_found)
}

fn is_of(subscription: &Subscription, grant: &AccessGrant) -> bool {
    subscription.app == grant.app && subscription.user == grant.user
}
