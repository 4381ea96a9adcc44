//! What changed in the call log.

use std::future::Future;

use bytes::Bytes;
use callbook_model::Scope;
use jiff::Timestamp;

use super::PortError;

/// A record that was added, edited or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its number: later changes have higher ones.
    pub number: i64,
    /// When it became known.
    pub at: Timestamp,
    /// The logs that have it, and what a notification about each has as its `body`: JSON text, since numbers
    /// must not pass through a float.
    pub bodies: Vec<(Scope, Bytes)>,
}

impl Change {
    /// What is told of it to whoever wants to hear of a log, if that has it.
    pub(crate) fn body(&self, scope: Scope) -> Option<&Bytes> {
        self.bodies.iter().find(|(of, _)| *of == scope).map(|(_, body)| body)
    }
}

/// Changes of the call log, in the order in which they became known. None gets lost, however late one asks.
pub trait Journal: Send + Sync + 'static {
    /// The number of the newest change; 0 before the first. Asked several times a second.
    fn newest(&self) -> impl Future<Output = Result<i64, PortError>> + Send;

    /// At most `limit` changes after number `after`, oldest first.
    fn changes(
        &self,
        after: i64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Change>, PortError>> + Send;
}

/// The journal of a server that tells nobody of its call log, as upstream.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoJournal;

impl Journal for NoJournal {
    async fn newest(&self) -> Result<i64, PortError> {
        Ok(0)
    }

    async fn changes(&self, _: i64, _: u32) -> Result<Vec<Change>, PortError> {
        Ok(Vec::new())
    }
}
