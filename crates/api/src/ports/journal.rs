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
    /// What happened.
    pub kind: ChangeKind,
    /// The logs that have the record, and the record as each has it: Detailed, as JSON text.
    pub records: Vec<(Scope, Bytes)>,
}

/// What happened to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It says something else than before.
    Edited,
    /// It is not listed any more; the record is the one before.
    Deleted,
}

impl ChangeKind {
    /// As notifications say it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Edited => "edited",
            Self::Deleted => "deleted",
        }
    }
}

impl Change {
    /// The record as a log has it, if it has.
    pub(crate) fn record(&self, log: Scope) -> Option<&Bytes> {
        self.records.iter().find(|(of, _)| *of == log).map(|(_, record)| record)
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
