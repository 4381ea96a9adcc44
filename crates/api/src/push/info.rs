//! A subscription as its owner sees it: the contract's `SubscriptionInfo`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::notification::moment;
use crate::ports::{Subscription, Webhook};

/// Of one that is delivered over HTTP.
pub(super) fn of_webhook(server_url: &str, webhook: &Webhook, now: Timestamp) -> Value {
    let mut info = of(server_url, &webhook.subscription, now);
    info["deliveryMode"] = json!({
        "transportType": "WebHook",
        "encryption": false,
        "address": webhook.address,
    });
    if let Some(why) = &webhook.blacklisted {
        info["status"] = json!("Blacklisted");
        info["blacklistedData"] = json!({ "blacklistedAt": moment(why.at), "reason": why.reason });
    }
    info
}

fn of(server_url: &str, subscription: &Subscription, now: Timestamp) -> Value {
    let id = subscription.id;
    let left = subscription.expires.duration_since(now);
    json!({
        "uri": format!("{server_url}/restapi/v1.0/subscription/{id}"),
        "id": id.to_string(),
        "creationTime": moment(subscription.created),
        "status": "Active",
        "eventFilters": subscription.filters,
        "expirationTime": moment(subscription.expires),
        // Of what has just begun, the whole of its life.
        "expiresIn": left.as_secs().max(1),
    })
}
/// Of one that belongs to a WebSocket.
pub(super) fn of_socket(server_url: &str, subscription: &Subscription, now: Timestamp) -> Value {
    let mut info = of(server_url, subscription, now);
    info["deliveryMode"] = json!({ "transportType": "WebSocket", "encryption": false });
    info
}
