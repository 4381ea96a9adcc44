//! Sessions in memory: they end with the process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use uuid::Uuid;

use crate::ports::{FoundSession, KeptSession, PortError, TokenChanges, TokenDigest, Tokens};

/// Keeps sessions in memory.
#[derive(Debug, Default)]
pub struct MemoryTokens(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    sessions: HashMap<Uuid, KeptSession>,
    tokens: HashMap<TokenDigest, (Uuid, Timestamp)>,
}

impl MemoryTokens {
    fn lock(&self) -> MutexGuard<'_, Kept> {
        // Nothing panics between two changes that belong together, so a poisoned lock holds nothing half-done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn put(&mut self, session: &KeptSession, changes: &TokenChanges) -> bool {
        let revision = self.sessions.get(&session.id).map_or(0, |kept| kept.revision);
        if revision != session.revision {
            return false;
        }
        let kept = KeptSession { revision: revision + 1, ..session.clone() };
        self.sessions.insert(session.id, kept);
        for token in &changes.removed {
            self.tokens.remove(token);
        }
        let added = changes.added.iter();
        self.tokens.extend(added.map(|&(token, expires)| (token, (session.id, expires))));
        if !changes.added.is_empty() {
            self.forget(changes.forget_before);
        }
        true
    }

    fn forget(&mut self, before: Timestamp) {
        self.tokens.retain(|_, (_, expires)| *expires >= before);
        let found: std::collections::HashSet<Uuid> =
            self.tokens.values().map(|(session, _)| *session).collect();
        self.sessions.retain(|id, _| found.contains(id));
    }
}

impl Tokens for MemoryTokens {
    async fn find(&self, token: &TokenDigest) -> Result<Option<FoundSession>, PortError> {
        let kept = self.lock();
        let found = kept.tokens.get(token).and_then(|&(id, expires)| {
            let session = kept.sessions.get(&id)?.clone();
            Some(FoundSession { session, expires })
        });
        Ok(found)
    }

    async fn put(&self, session: &KeptSession, changes: &TokenChanges) -> Result<bool, PortError> {
        Ok(self.lock().put(session, changes))
    }

    async fn remove(&self, id: Uuid) -> Result<(), PortError> {
        let mut kept = self.lock();
        kept.sessions.remove(&id);
        kept.tokens.retain(|_, (session, _)| *session != id);
        Ok(())
    }
}
