//! Erasing calls, by right.

use serde::{Deserialize, Serialize};

/// What was erased.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purged {
    /// Calls.
    pub calls: u64,
    /// Versions of them.
    pub versions: u64,
}
