//! How many pages may be in memory at a time.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Pages of a thousand Detailed records take some 8 MB each on their way in.
const PAGES: usize = 12;

/// Lets so many pages in at a time, first come, first served.
#[derive(Debug, Clone)]
pub struct Gate(Arc<Semaphore>);

/// One page's place, until dropped.
#[derive(Debug)]
pub(crate) struct Place(#[expect(dead_code, reason = "held, not read")] OwnedSemaphorePermit);

impl Default for Gate {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(PAGES)))
    }
}

impl Gate {
    /// Waits for a place.
    pub(crate) async fn enter(&self) -> Place {
        match Arc::clone(&self.0).acquire_owned().await {
            Ok(permit) => Place(permit),
            // Nobody closes it.
            Err(_) => std::future::pending().await,
        }
    }
}
