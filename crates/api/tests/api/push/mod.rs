//! Notifications: subscriptions, webhooks that take them, webhooks that do not.

mod changes;
mod journal;
mod receiver;
mod socket;
mod subscriptions;
mod webhook;

pub use journal::TestJournal;

use std::time::Duration;

use callbook_api::{Event, ExtensionId, Plan, PushOptions, Retries, ServeOptions, Topic};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::server::{self, Server};

pub const SESSIONS: &str = "/restapi/v1.0/account/~/telephony/sessions";

/// A server that sends to this machine, and gives a receiver three chances in quick succession.
pub async fn server() -> Server {
    let retries = Retries {
        first: Duration::from_millis(1),
        longest: Duration::from_millis(1),
        total: Duration::from_millis(2),
    };
    let push = PushOptions { loopback_webhooks: true, call_log_changes: true, retries };
    Server::start_pushing(Plan::Off, ServeOptions::default(), push).await
}

/// Something that happened to these extensions.
pub fn event(topic: Topic, extensions: &[ExtensionId], body: Value) -> Event {
    let at = crate::company::NOW.parse().unwrap();
    Event { topic, extensions: extensions.to_vec(), at, body }
}

impl Server {
    /// A request about subscriptions; the answer's body is null where there is none.
    pub async fn subscription(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: &Value,
    ) -> (StatusCode, Value) {
        let url = format!("{}/restapi/v1.0/subscription{path}", self.url);
        let mut request = self.http.request(method, url).bearer_auth(token);
        if !body.is_null() {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        if response.status() == StatusCode::NO_CONTENT {
            return (StatusCode::NO_CONTENT, Value::Null);
        }
        server::json(response).await
    }

    /// Asks for a webhook.
    pub async fn subscribe(
        &self,
        token: &str,
        filters: &[&str],
        address: &str,
    ) -> (StatusCode, Value) {
        let mode = json!({
            "transportType": "WebHook",
            "address": address,
            "verificationToken": receiver::TOKEN,
        });
        let body = json!({ "eventFilters": filters, "deliveryMode": mode });
        self.subscription(Method::POST, "", token, &body).await
    }
}
