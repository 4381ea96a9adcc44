//! What the control API and its client say to each other.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::moment;
use crate::world::Played;

/// Play a scenario.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Play {
    /// Its name.
    pub(crate) scenario: String,
    /// The call has just ended instead of just begun.
    #[serde(default)]
    pub(crate) ended: bool,
    /// Its records show up so many seconds later than they would.
    #[serde(default)]
    pub(crate) late_s: u64,
}

/// The records of a call that was played.
#[derive(Debug, Serialize, Deserialize)]
pub struct PlayedCalls {
    /// One or two.
    pub calls: Vec<PlayedCall>,
}

/// A record of the account's log that there is going to be.
#[derive(Debug, Serialize, Deserialize)]
pub struct PlayedCall {
    /// Its id.
    pub id: String,
    /// When the call begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// When the record shows up.
    pub shown: Timestamp,
}

impl From<&Played> for PlayedCall {
    fn from(played: &Played) -> Self {
        Self {
            id: played.entry.id.to_string(),
            start: moment(played.entry.start_ms),
            end: moment(played.end_ms),
            shown: moment(played.shown_ms),
        }
    }
}

/// Turn the clock forward: `{"advance_ms": 1000}` or `{"set": "2026-01-31T09:00:00Z"}`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Turn {
    /// By so many milliseconds.
    AdvanceMs(i64),
    /// To a moment.
    Set(Timestamp),
}

/// What the clock says.
#[derive(Debug, Serialize, Deserialize)]
pub struct Reading {
    /// Now.
    pub now: Timestamp,
}

/// Something that subscribers are told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// `telephony/sessions` or `presence`.
    pub topic: String,
    /// When it happened.
    pub at: Timestamp,
    /// The notification's body.
    pub body: Value,
}

/// How to delete.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Removal {
    /// Without a trace.
    pub(crate) silent: bool,
}
