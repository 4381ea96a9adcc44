//! What a subscriber is sent.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::event::Event;
use super::filter::EventFilter;
use crate::ports::{Change, Subscription};

/// Moments with milliseconds, as upstream writes them.
const MOMENTS: DateTimePrinter = DateTimePrinter::new().precision(Some(3));

/// A notification that has not been written out yet: what several subscribers are told of is in memory once.
#[derive(Debug, Clone)]
pub(crate) struct Notification {
    uuid: Uuid,
    /// The filter that let it through.
    filter: Arc<EventFilter>,
    content: Content,
}

#[derive(Debug, Clone)]
enum Content {
    Event(Arc<Event>),
    /// JSON text.
    Text {
        at: Timestamp,
        body: Bytes,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    uuid: String,
    event: &'a str,
    timestamp: String,
    subscription_id: String,
    owner_id: String,
    body: &'a RawValue,
}

impl Notification {
    /// Of an event.
    pub(crate) fn of_event(filter: Arc<EventFilter>, event: Arc<Event>) -> Self {
        Self { uuid: Uuid::new_v4(), filter, content: Content::Event(event) }
    }

    /// Of a text that is JSON.
    pub(crate) fn of_text(filter: Arc<EventFilter>, at: Timestamp, body: Bytes) -> Self {
        Self { uuid: Uuid::new_v4(), filter, content: Content::Text { at, body } }
    }

    /// Of a change of the call log, if the filter lets it through: sent again, after a restart even, it has the
    /// same `uuid`.
    pub(crate) fn of_change(to: Uuid, filter: &Arc<EventFilter>, change: &Change) -> Option<Self> {
        let body = change.body(filter.call_log()?)?;
        let mut digest = Sha256::new();
        digest.update(to);
        digest.update(change.number.to_be_bytes());
        digest.update(&filter.text);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest.finalize()[..16]);
        let uuid = uuid::Builder::from_custom_bytes(bytes).into_uuid();
        let content = Content::Text { at: change.at, body: body.clone() };
        Some(Self { uuid, filter: Arc::clone(filter), content })
    }

    /// The JSON text that is sent.
    pub(crate) fn write(&self, to: &Subscription) -> serde_json::Result<String> {
        let (at, body) = match &self.content {
            Content::Event(event) => (event.at, serde_json::to_string(&self.filter.body(event))?),
            Content::Text { at, body } => (*at, String::from_utf8_lossy(body).into_owned()),
        };
        serde_json::to_string(&Envelope {
            uuid: self.uuid.to_string(),
            event: &self.filter.text,
            timestamp: moment(at),
            subscription_id: to.id.to_string(),
            owner_id: to.user.to_string(),
            body: &RawValue::from_string(body)?,
        })
    }
}

/// A moment as the API writes it.
pub(crate) fn moment(at: Timestamp) -> String {
    MOMENTS.timestamp_to_string(&at)
}
