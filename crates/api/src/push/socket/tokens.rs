//! Tokens that a socket is opened with.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::auth::{AccessGrant, TokenError, random_token};
use crate::ports::{PortError, Random, TokenDigest};

/// How long a token can be used, in seconds.
pub(super) const LIFETIME_S: i64 = 30;

/// Issued tokens: each opens one session. Clients that lost their connection at once show it again, and may,
/// to go on with the session that it has opened.
#[derive(Debug, Default)]
pub(in crate::push) struct SocketTokens(Mutex<HashMap<TokenDigest, Held>>);

#[derive(Debug)]
struct Held {
    grant: AccessGrant,
    expires: Timestamp,
    opened: Option<Uuid>,
}

impl SocketTokens {
    pub(super) fn issue(
        &self,
        grant: AccessGrant,
        now: Timestamp,
        random: &impl Random,
    ) -> Result<String, PortError> {
        let token = random_token(random)?;
        let lifetime = SignedDuration::from_secs(LIFETIME_S);
        let expires = now.saturating_add(lifetime).unwrap_or(Timestamp::MAX);
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // For another lifetime it is called expired and not unknown.
        tokens.retain(|_, held| now.duration_since(held.expires) < lifetime);
        tokens.insert(TokenDigest::of(&token), Held { grant, expires, opened: None });
        Ok(token)
    }

    /// Whom a token stands for, and the session that it has opened, if it has.
    pub(super) fn check(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<(AccessGrant, Option<Uuid>), TokenError> {
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = tokens.get(&TokenDigest::of(token)).ok_or(TokenError::Unknown)?;
        if held.expires <= now {
            return Err(TokenError::Expired);
        }
        Ok((held.grant.clone(), held.opened))
    }

    /// Uses a token for a session; says false if another session has used it.
    pub(super) fn claim(&self, token: &str, session: Uuid) -> bool {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = tokens.get_mut(&TokenDigest::of(token));
        held.is_some_and(|held| *held.opened.get_or_insert(session) == session)
    }
}
