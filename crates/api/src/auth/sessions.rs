//! Issued tokens, in memory.
//!
//! Tokens are kept as digests: a lookup by digest gives nothing away through its timing, and a
//! memory dump gives no token.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use callbook_model::ExtensionId;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::access::AppScope;
use crate::ports::{PortError, Random};

const TOKEN_BYTES: usize = 32;

/// Expired tokens are remembered this long, so that they are called expired and not unknown.
const MEMORY_OF_EXPIRED: SignedDuration = SignedDuration::from_hours(24);

type TokenDigest = [u8; 32];

/// Whom a token stands for.
#[derive(Debug, Clone)]
pub(crate) struct AccessGrant {
    pub(crate) session_id: Uuid,
    pub(crate) app: String,
    pub(crate) user: ExtensionId,
    pub(crate) scopes: Vec<AppScope>,
    pub(crate) endpoint_id: String,
}

/// How long the tokens of a session live.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lifetimes {
    pub(crate) access: Duration,
    pub(crate) refresh: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self { access: Duration::from_secs(3_600), refresh: Duration::from_secs(604_800) }
    }
}

/// A fresh pair of tokens in clear: the only place where they exist as text.
pub(crate) struct IssuedTokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

/// Why an access token is no good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenError {
    Expired,
    Unknown,
    Unparsable,
}

/// Every live session.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    tokens: Mutex<Tokens>,
}

#[derive(Debug, Default)]
struct Tokens {
    access: HashMap<TokenDigest, Held>,
    refresh: HashMap<TokenDigest, Held>,
}

#[derive(Debug, Clone)]
struct Held {
    grant: AccessGrant,
    expires: Timestamp,
}

impl Sessions {
    /// Issues a pair of tokens for `grant`.
    pub(crate) fn issue(
        &self,
        grant: &AccessGrant,
        lifetimes: Lifetimes,
        now: Timestamp,
        random: &impl Random,
    ) -> Result<IssuedTokens, PortError> {
        let issued = IssuedTokens { access: random_token(random)?, refresh: random_token(random)? };
        let held = |lifetime| Held { grant: grant.clone(), expires: after(now, lifetime) };
        let mut tokens = self.lock();
        tokens.forget_old(now);
        tokens.access.insert(digest(&issued.access), held(lifetimes.access));
        tokens.refresh.insert(digest(&issued.refresh), held(lifetimes.refresh));
        Ok(issued)
    }

    /// Whom an access token stands for.
    pub(crate) fn access(&self, token: &str, now: Timestamp) -> Result<AccessGrant, TokenError> {
        if URL_SAFE_NO_PAD.decode(token).map(|bytes| bytes.len()) != Ok(TOKEN_BYTES) {
            return Err(TokenError::Unparsable);
        }
        let tokens = self.lock();
        let held = tokens.access.get(&digest(token)).ok_or(TokenError::Unknown)?;
        if held.expires <= now {
            return Err(TokenError::Expired);
        }
        Ok(held.grant.clone())
    }

    /// The user that a refresh token of `app` was issued for, expired or not.
    pub(crate) fn refresh_owner(&self, token: &str, app: &str) -> Option<ExtensionId> {
        let tokens = self.lock();
        let held = tokens.refresh.get(&digest(token)).filter(|held| held.grant.app == app);
        held.map(|held| held.grant.user)
    }

    /// Takes a refresh token of `app` out of use and says whom it stood for.
    pub(crate) fn take_refresh(
        &self,
        token: &str,
        app: &str,
        now: Timestamp,
    ) -> Option<AccessGrant> {
        let mut tokens = self.lock();
        let key = digest(token);
        // Somebody else's app must not be able to use up a token that it was not issued.
        tokens.refresh.get(&key).filter(|held| held.grant.app == app)?;
        tokens.refresh.remove(&key).filter(|held| now < held.expires).map(|held| held.grant)
    }

    /// Ends the session that an access or refresh token of `app` belongs to.
    pub(crate) fn revoke(&self, token: &str, app: &str) -> bool {
        let mut tokens = self.lock();
        let key = digest(token);
        let held = tokens.access.get(&key).or_else(|| tokens.refresh.get(&key));
        let session = held.filter(|held| held.grant.app == app).map(|h| h.grant.session_id);
        let Some(session) = session else { return false };
        tokens.retain(|held| held.grant.session_id != session);
        true
    }

    fn lock(&self) -> MutexGuard<'_, Tokens> {
        // Each change is a single map operation, so a poisoned lock holds nothing half-done.
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tokens {
    fn forget_old(&mut self, now: Timestamp) {
        let limit = now.checked_sub(MEMORY_OF_EXPIRED).unwrap_or(Timestamp::MIN);
        self.retain(|held| held.expires > limit);
    }

    fn retain(&mut self, keep: impl Fn(&Held) -> bool) {
        self.access.retain(|_, held| keep(held));
        self.refresh.retain(|_, held| keep(held));
    }
}

fn after(now: Timestamp, lifetime: Duration) -> Timestamp {
    now.checked_add(lifetime).unwrap_or(Timestamp::MAX)
}

fn random_token(random: &impl Random) -> Result<String, PortError> {
    let mut bytes = [0; TOKEN_BYTES];
    random.fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn digest(token: &str) -> TokenDigest {
    Sha256::digest(token.as_bytes()).into()
}
