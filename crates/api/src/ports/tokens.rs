//! Where sessions are kept.
//!
//! What a session may become is decided in one place (`auth/session.rs`), whatever it is kept in. So all
//! that is asked here is to find one, and to write it if nobody else did meanwhile.

use std::future::Future;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use callbook_model::ExtensionId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::PortError;

/// The SHA-256 of a token. A lookup by digest gives nothing away through its timing, and who reads digests
/// has no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TokenDigest(pub [u8; 32]);

impl TokenDigest {
    /// The digest of a token, an authorization code or the like.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

impl From<TokenDigest> for String {
    fn from(digest: TokenDigest) -> Self {
        URL_SAFE_NO_PAD.encode(digest.0)
    }
}

/// Not 32 bytes in base64url.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("it is no digest of a token")]
pub struct NoDigest;

impl TryFrom<String> for TokenDigest {
    type Error = NoDigest;

    fn try_from(text: String) -> Result<Self, NoDigest> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| NoDigest)?;
        bytes.try_into().map(Self).map_err(|_| NoDigest)
    }
}

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSession {
    /// Which session.
    pub id: Uuid,
    /// The client id of its app.
    pub app: String,
    /// The user who signed in.
    pub user: ExtensionId,
    /// What is known of it: JSON, to be kept as it is.
    pub state: String,
    /// How often it was written before; 0 for one that is new.
    pub revision: u64,
}

/// A session that was found by one of its tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundSession {
    /// The session.
    pub session: KeptSession,
    /// When the token expires, or did.
    pub expires: Timestamp,
}

/// What changes with a session that is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenChanges {
    /// Tokens that find the session from now on, and when each expires.
    pub added: Vec<(TokenDigest, Timestamp)>,
    /// Tokens that find nothing any more.
    pub removed: Vec<TokenDigest>,
    /// Tokens that expired before this moment may be forgotten, and sessions that have no other.
    pub forget_before: Timestamp,
}

/// Where sessions are kept, found by the digests of their tokens.
pub trait Tokens: Send + Sync + 'static {
    /// The session that a token belongs to, expired or not.
    fn find(
        &self,
        token: &TokenDigest,
    ) -> impl Future<Output = Result<Option<FoundSession>, PortError>> + Send;

    /// Writes what a session has become, with its revision counted up, all or nothing. It says false and
    /// writes nothing if the session is not of that revision any more, or gone.
    fn put(
        &self,
        session: &KeptSession,
        changes: &TokenChanges,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Forgets a session and all its tokens.
    fn remove(&self, id: Uuid) -> impl Future<Output = Result<(), PortError>> + Send;
}
