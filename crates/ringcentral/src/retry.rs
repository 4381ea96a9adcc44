//! How often, and after how long, a request is tried again.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};

/// RingCentral's advice for 5xx and broken connections: 2 s, doubled, at most 60 s.
#[derive(Debug, Clone, Copy)]
pub struct Retry {
    /// The first wait.
    pub first: Duration,
    /// No wait is longer.
    pub longest: Duration,
    /// Tries after the first one.
    pub times: usize,
}

impl Default for Retry {
    fn default() -> Self {
        Self { first: Duration::from_secs(2), longest: Duration::from_secs(60), times: 8 }
    }
}

impl Retry {
    /// The waits, one before each further try.
    pub(crate) fn waits(self) -> ExponentialBackoff {
        ExponentialBuilder::default()
            .with_min_delay(self.first)
            .with_max_delay(self.longest)
            .with_max_times(self.times)
            .build()
    }
}
