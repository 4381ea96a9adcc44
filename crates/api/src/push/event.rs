//! Something that happened.

use callbook_model::ExtensionId;
use jiff::Timestamp;
use serde_json::Value;

/// What an event is about. Each is a resource that a filter can name, of the account or of an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// `…/telephony/sessions`: the parties of a call, each time one's state changes.
    TelephonySessions,
    /// `…/presence`: whether somebody is available, and on the phone.
    Presence,
    /// `…/call-log`: a record was added, edited or deleted. Upstream has no such events.
    CallLog,
}

/// Something that happened, as everybody hears of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// What it is about.
    pub topic: Topic,
    /// Whom it concerns: who subscribed to one of these extensions' events, or to the account's, is told.
    pub extensions: Vec<ExtensionId>,
    /// When it happened.
    pub at: Timestamp,
    /// What a notification has as its `body`, in the shape of the contract.
    pub body: Value,
}
