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

pub(super) type TokenDigest = [u8; 32];

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
    used: Option<Used>,
}

/// A token that was used: an access token for a request, a refresh token for another pair.
#[derive(Debug, Clone)]
struct Used {
    /// For the first time.
    at: Timestamp,
    /// The access and the refresh token that a refresh token was exchanged for.
    pair: Option<[TokenDigest; 2]>,
}

/// How a refresh token is exchanged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rotation {
    pub(super) lifetimes: Lifetimes,
    /// How long it may be shown again by whoever never got the answer.
    pub(super) grace: Duration,
    pub(super) now: Timestamp,
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
        let issued = IssuedTokens::draw(random)?;
        self.lock().insert(&issued, grant, lifetimes, now);
        Ok(issued)
    }

    /// Whom an access token stands for.
    pub(crate) fn access(&self, token: &str, now: Timestamp) -> Result<AccessGrant, TokenError> {
        if URL_SAFE_NO_PAD.decode(token).map(|bytes| bytes.len()) != Ok(TOKEN_BYTES) {
            return Err(TokenError::Unparsable);
        }
        let mut tokens = self.lock();
        let held = tokens.access.get_mut(&digest(token)).ok_or(TokenError::Unknown)?;
        if held.expires <= now {
            return Err(TokenError::Expired);
        }
        held.used.get_or_insert(Used { at: now, pair: None });
        Ok(held.grant.clone())
    }

    /// The user that a refresh token of `app` was issued for, expired or not.
    pub(crate) fn refresh_owner(&self, token: &str, app: &str) -> Option<ExtensionId> {
        let tokens = self.lock();
        let held = tokens.refresh.get(&digest(token)).filter(|held| held.grant.app == app);
        held.map(|held| held.grant.user)
    }

    /// Exchanges a refresh token of `app` for a new pair; the session's older tokens are no good from then on.
    ///
    /// A refresh token works once. Whoever never got the answer may show it again for a while, as long as
    /// nobody has used what it was exchanged for; otherwise it has two owners, and the session ends.
    pub(super) fn rotate(
        &self,
        token: &str,
        app: &str,
        rotation: &Rotation,
        random: &impl Random,
    ) -> Result<Option<(AccessGrant, IssuedTokens)>, PortError> {
        let issued = IssuedTokens::draw(random)?;
        let mut tokens = self.lock();
        let now = rotation.now;
        let held = tokens.refresh.get(&digest(token));
        // Somebody else's app must not be able to use up a token that it was not issued.
        let Some(held) = held.filter(|held| held.grant.app == app && now < held.expires) else {
            return Ok(None);
        };
        let (grant, used) = (held.grant.clone(), held.used.clone());
        if let Some(used) = &used {
            let late = after(used.at, rotation.grace) <= now;
            if late || tokens.has_used(used.pair) {
                tokens.end(grant.session_id);
                return Ok(None);
            }
        }
        tokens.access.retain(|_, held| held.grant.session_id != grant.session_id);
        if let Some([_, unused]) = used.as_ref().and_then(|used| used.pair) {
            tokens.refresh.remove(&unused);
        }
        let pair = Some([digest(&issued.access), digest(&issued.refresh)]);
        if let Some(held) = tokens.refresh.get_mut(&digest(token)) {
            held.used = Some(Used { at: used.map_or(now, |used| used.at), pair });
        }
        tokens.insert(&issued, &grant, rotation.lifetimes, now);
        Ok(Some((grant, issued)))
    }

    /// Ends the session that an access or refresh token of `app` belongs to.
    pub(crate) fn revoke(&self, token: &str, app: &str) -> bool {
        let mut tokens = self.lock();
        let key = digest(token);
        let held = tokens.access.get(&key).or_else(|| tokens.refresh.get(&key));
        let session = held.filter(|held| held.grant.app == app).map(|h| h.grant.session_id);
        let Some(session) = session else { return false };
        tokens.end(session);
        true
    }

    /// Ends a session.
    pub(super) fn end(&self, session: Uuid) {
        self.lock().end(session);
    }

    fn lock(&self) -> MutexGuard<'_, Tokens> {
        // Nothing panics between two changes that belong together, so a poisoned lock holds nothing half-done.
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IssuedTokens {
    fn draw(random: &impl Random) -> Result<Self, PortError> {
        Ok(Self { access: random_token(random)?, refresh: random_token(random)? })
    }
}

impl Tokens {
    fn insert(
        &mut self,
        issued: &IssuedTokens,
        grant: &AccessGrant,
        lifetimes: Lifetimes,
        now: Timestamp,
    ) {
        let held =
            |lifetime| Held { grant: grant.clone(), expires: after(now, lifetime), used: None };
        self.forget_old(now);
        self.access.insert(digest(&issued.access), held(lifetimes.access));
        self.refresh.insert(digest(&issued.refresh), held(lifetimes.refresh));
    }

    /// Whether one of a pair was used; one that is not there any more counts as used.
    fn has_used(&self, pair: Option<[TokenDigest; 2]>) -> bool {
        let unused = |held: Option<&Held>| held.is_some_and(|held| held.used.is_none());
        pair.is_none_or(|[access, refresh]| {
            !unused(self.access.get(&access)) || !unused(self.refresh.get(&refresh))
        })
    }

    fn end(&mut self, session: Uuid) {
        self.retain(|held| held.grant.session_id != session);
    }

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

pub(super) fn random_token(random: &impl Random) -> Result<String, PortError> {
    let mut bytes = [0; TOKEN_BYTES];
    random.fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

pub(super) fn digest(token: &str) -> TokenDigest {
    Sha256::digest(token.as_bytes()).into()
}
