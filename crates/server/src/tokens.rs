//! Sessions, kept in the archive.

use std::time::Duration;

use callbook_api::{FoundSession, KeptSession, PortError, TokenChanges, TokenDigest, Tokens};
use callbook_store::{AccountKey, Store, StoredSession, TokenRows};
use jiff::Timestamp;
use uuid::Uuid;

use crate::failed;
use crate::memory::Memory;

/// What another process has revoked is no good here so much later, at most.
const MEMORY: Duration = Duration::from_secs(2);

/// The sessions of an account's apps. They outlive the process, and all processes that serve the account share them.
#[derive(Debug)]
pub struct ArchiveTokens {
    store: Store,
    account: AccountKey,
    /// A token is looked up with every request.
    memory: Memory<TokenDigest, FoundSession>,
}

impl ArchiveTokens {
    /// Keeps them in `store`.
    #[must_use]
    pub fn new(store: Store, account: AccountKey) -> Self {
        Self { store, account, memory: Memory::new(MEMORY) }
    }

    fn forget(&self, id: Uuid) {
        self.memory.forget(|found| found.session.id == id);
    }
}

impl Tokens for ArchiveTokens {
    async fn find(&self, token: &TokenDigest) -> Result<Option<FoundSession>, PortError> {
        if let Some(found) = self.memory.get(token) {
            return Ok(Some(found));
        }
        let found = self.store.find_session(self.account, token.0).await.map_err(failed)?;
        let Some((session, expires_ms)) = found else { return Ok(None) };
        let found = FoundSession {
            session: KeptSession {
                id: session.id.parse().map_err(failed)?,
                app: session.app,
                user: session.extension,
                state: session.state,
                revision: session.revision.cast_unsigned(),
            },
            expires: Timestamp::from_millisecond(expires_ms).map_err(failed)?,
        };
        self.memory.put(*token, found.clone());
        Ok(Some(found))
    }

    async fn put(&self, session: &KeptSession, changes: &TokenChanges) -> Result<bool, PortError> {
        let kept = StoredSession {
            id: session.id.to_string(),
            app: session.app.clone(),
            extension: session.user,
            state: session.state.clone(),
            revision: session.revision.cast_signed(),
        };
        let added = changes.added.iter();
        let tokens = TokenRows {
            added: added.map(|(token, expires)| (token.0, expires.as_millisecond())).collect(),
            removed: changes.removed.iter().map(|token| token.0).collect(),
            forget_before_ms: changes.forget_before.as_millisecond(),
        };
        let written = self.store.put_session(self.account, kept, tokens).await;
        // Written or not, what is remembered of it is not what is there.
        self.forget(session.id);
        written.map_err(failed)
    }

    async fn remove(&self, id: Uuid) -> Result<(), PortError> {
        let removed = self.store.remove_session(self.account, &id.to_string()).await;
        self.forget(id);
        removed.map_err(failed)
    }
}
