//! What was sent to whom.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What became of one moment that something was due at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// When it was due; none if somebody asked for it.
    pub due: Option<Timestamp>,
    /// What became of it.
    pub outcome: Outcome,
    /// Who has it: addresses of people, names of channels.
    pub to: Vec<String>,
    /// The mail's subject, or what was told.
    pub what: String,
    /// Why it failed.
    pub error: Option<String>,
    /// How often it was tried.
    pub tries: u32,
}

/// What became of something that was due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everybody has it.
    Sent,
    /// Not everybody has it yet.
    Failed,
    /// It was paused.
    Skipped,
}
