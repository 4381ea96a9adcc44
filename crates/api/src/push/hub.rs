//! Events, from where they happen to where they are delivered.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio::sync::broadcast::{self, Receiver, Sender};

use super::event::Event;

/// Events that a slow listener may be behind before it misses some.
const CAPACITY: usize = 4_096;

/// Where events are published. Cheap to clone; all clones are one hub.
#[derive(Debug, Clone)]
pub struct Hub {
    sender: Sender<Arc<Event>>,
    /// Whoever waits for somebody to listen.
    arrival: Arc<Notify>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { sender: broadcast::channel(CAPACITY).0, arrival: Arc::default() }
    }
}

impl Hub {
    /// Tells whoever listens; it is no error if nobody does.
    pub fn publish(&self, event: Event) {
        // The only failure is that nobody listens.
        let _ = self.sender.send(Arc::new(event));
    }

    /// Everything that is published from now on.
    #[must_use]
    pub fn listen(&self) -> Receiver<Arc<Event>> {
        let receiver = self.sender.subscribe();
        self.arrival.notify_one();
        receiver
    }

    /// Waits until somebody listens, for one publisher that has better to do meanwhile.
    pub async fn audience(&self) {
        while !self.is_heard() {
            self.arrival.notified().await;
        }
    }

    /// Does anybody listen?
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.sender.receiver_count() > 0
    }
}
