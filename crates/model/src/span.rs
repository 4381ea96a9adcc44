//! Spans of time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A span of time, from its first moment up to, not including, its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first moment inside.
    pub from: Timestamp,
    /// The first moment no longer inside.
    pub to: Timestamp,
}

impl Span {
    /// `None` when nothing lies between the two.
    pub fn new(from: Timestamp, to: Timestamp) -> Option<Self> {
        (from < to).then_some(Self { from, to })
    }

    /// Whether `moment` lies inside.
    pub fn contains(&self, moment: Timestamp) -> bool {
        self.from <= moment && moment < self.to
    }
}
