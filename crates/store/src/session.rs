//! Sessions of apps and people, found by the digests of their tokens. What a session may become is not decided here.

use callbook_model::ExtensionId;

use crate::backend::dispatch;
use crate::{AccountKey, Error, Store};

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    /// Unique in the archive.
    pub id: String,
    /// The client id of its app.
    pub app: String,
    /// The person who signed in.
    pub extension: ExtensionId,
    /// JSON, to be kept as it is.
    pub state: String,
    /// How often it was written before; 0 for one that is new.
    pub revision: i64,
}

/// What changes with a session that is written. Moments are milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenRows {
    /// SHA-256 digests that find the session from now on, and when each expires.
    pub added: Vec<([u8; 32], i64)>,
    /// Digests that find nothing any more.
    pub removed: Vec<[u8; 32]>,
    /// What expired before this moment may be forgotten.
    pub forget_before_ms: i64,
}

impl TokenRows {
    /// When the last of what is added expires.
    pub(crate) fn last_ms(&self) -> i64 {
        self.added.iter().map(|(_, expires_ms)| *expires_ms).max().unwrap_or(i64::MIN)
    }
}

impl Store {
    /// The session that a token leads to, and when that token expires or did.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn find_session(
        &self,
        account: AccountKey,
        digest: [u8; 32],
    ) -> Result<Option<(StoredSession, i64)>, Error> {
        dispatch!(self, find_session(account, digest))
    }

    /// Writes what a session has become, with its revision counted up, in one transaction; `false` if the session
    /// is not of that revision any more, or is gone: then nothing is written.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn put_session(
        &self,
        account: AccountKey,
        session: StoredSession,
        tokens: TokenRows,
    ) -> Result<bool, Error> {
        dispatch!(self, put_session(account, session, tokens))
    }

    /// Forgets a session and its tokens.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn remove_session(&self, account: AccountKey, id: &str) -> Result<(), Error> {
        dispatch!(self, remove_session(account, id))
    }
}
