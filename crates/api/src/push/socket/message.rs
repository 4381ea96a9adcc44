//! Messages as they are written: JSON arrays of a head and, mostly, a body.

use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    ABSOLUTE_TIMEOUT_S, IDLE_TIMEOUT_S, MAX_ACTIVE_REQUESTS, RECOVERY_BUFFER, RECOVERY_TIMEOUT_S,
};
use crate::push::notification::moment;

/// What a client that comes back shows: which session, and the last message that it has seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark<'a> {
    pub(super) secret: &'a str,
    pub(super) sequence: u64,
}

impl<'a> Mark<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (secret, sequence) = text.split_once('.')?;
        Some(Self { secret, sequence: sequence.parse().ok()? })
    }

    fn json(self) -> Value {
        let token = format!("{}.{}", self.secret, self.sequence);
        json!({ "token": token, "sequence": self.sequence })
    }
}

/// The first message on a connection. `recovered`: whether a session that was asked for goes on.
pub(super) fn connection_details(
    mark: Mark<'_>,
    created: Timestamp,
    recovered: Option<bool>,
) -> String {
    let id = Uuid::new_v4().to_string();
    let head = json!({
        "type": "ConnectionDetails",
        "messageId": id,
        "status": 200,
        "headers": { "RCRequestId": id },
        "wsc": mark.json(),
    });
    let mut body = json!({
        "creationTime": moment(created),
        "maxConnectionsPerSession": 1,
        "maxActiveRequests": MAX_ACTIVE_REQUESTS,
        "recoveryBufferSize": RECOVERY_BUFFER,
        "recoveryTimeout": RECOVERY_TIMEOUT_S,
        "idleTimeout": IDLE_TIMEOUT_S,
        "absoluteTimeout": ABSOLUTE_TIMEOUT_S,
    });
    if let Some(recovered) = recovered {
        body["recoveryState"] = json!(if recovered { "Successful" } else { "Failed" });
    }
    format!("[{head},{body}]")
}

/// Of a notification, whose JSON text is given.
pub(super) fn notification(mark: Mark<'_>, at: Timestamp, body: &str) -> String {
    let id = Uuid::new_v4().to_string();
    let (at, wsc) = (moment(at), mark.json());
    let head =
        json!({ "type": "ServerNotification", "messageId": id, "timestamp": at, "wsc": wsc });
    format!("[{head},{body}]")
}

/// The answer to a heartbeat.
pub(super) fn heartbeat(id: &str) -> String {
    json!([{ "type": "Heartbeat", "messageId": id }]).to_string()
}

/// The answer to a request. The body is text as it came: JSON, or the parts of a batch.
pub(super) fn answer(id: &str, status: StatusCode, headers: &HeaderMap, body: &str) -> String {
    let mut shown = Map::new();
    for (name, value) in headers {
        if let Ok(value) = value.to_str() {
            shown.insert(spelling(name.as_str()), value.into());
        }
    }
    let head = json!({
        "type": "ClientRequest",
        "messageId": id,
        "status": status.as_u16(),
        "headers": shown,
    });
    if body.is_empty() { format!("[{head}]") } else { format!("[{head},{body}]") }
}

/// A refusal of the connection, or of a message.
pub(super) fn error(id: Option<&str>, status: StatusCode, code: &str, message: &str) -> String {
    let id = id.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned);
    json!([
        { "type": "Error", "messageId": id, "status": status.as_u16(), "headers": {} },
        { "errorCode": code, "message": message },
    ])
    .to_string()
}

/// `content-type` as people write it: clients in some languages look for that.
fn spelling(name: &str) -> String {
    match name {
        "rcrequestid" => return "RCRequestId".to_owned(),
        "wsg-subscriptionid" => return "WSG-SubscriptionId".to_owned(),
        _ => {}
    }
    let words = name.split('-').map(|word| match word.split_at_checked(1) {
        Some((first, rest)) => first.to_ascii_uppercase() + rest,
        None => String::new(),
    });
    words.collect::<Vec<_>>().join("-")
}
