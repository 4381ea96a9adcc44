//! What came as a call record and is none.

use callbook_model::Scope;
use serde::{Deserialize, Serialize};

use crate::AccountKey;

/// An entry of the quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineEntry {
    /// The archive's number for it.
    pub number: i64,
    /// Whose.
    pub account: AccountKey,
    /// Of which log.
    pub scope: Scope,
    /// Why it is no record.
    pub reason: String,
    /// When it came, milliseconds since 1970-01-01T00:00:00Z.
    pub received_ms: i64,
}

/// How trying the quarantine again went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retried {
    /// What left it.
    pub released: u64,
    /// What stays.
    pub kept: u64,
}
