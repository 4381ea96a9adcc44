//! The sandbox's clock: the machine's, turned forward.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use callbook_api::Clock;
use jiff::{SignedDuration, Timestamp};

/// A clock that can be turned forward. It never goes back: a server whose past changes is of no use.
pub(crate) struct SandboxClock {
    inner: Arc<dyn Clock>,
    ahead_ms: AtomicI64,
}

impl SandboxClock {
    pub(crate) fn new(inner: Arc<dyn Clock>) -> Self {
        Self { inner, ahead_ms: AtomicI64::new(0) }
    }

    /// Turns it forward by so many milliseconds.
    pub(crate) fn advance(&self, by_ms: i64) {
        self.ahead_ms.fetch_add(by_ms.max(0), Ordering::SeqCst);
    }

    /// Sets it to the time of day again.
    pub(crate) fn reset(&self) {
        self.ahead_ms.store(0, Ordering::SeqCst);
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.now().as_millisecond()
    }
}

impl Clock for SandboxClock {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_millis(self.ahead_ms.load(Ordering::SeqCst));
        self.inner.now().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }
}
