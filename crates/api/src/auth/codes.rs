//! Authorization codes, in memory: good for one exchange, within a minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use callbook_model::ExtensionId;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::pkce::Challenge;
use super::sessions::{AccessGrant, TokenDigest, digest, random_token};
use crate::ports::{PortError, Random};

/// How long a code can be exchanged.
pub(super) const LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// What the user consented to, until the app asks for its tokens.
#[derive(Debug, Clone)]
pub(super) struct Consent {
    pub(super) grant: AccessGrant,
    /// As the app gave it; the exchange has to give the same.
    pub(super) redirect_uri: Option<String>,
    pub(super) challenge: Option<Challenge>,
}

/// What an app shows with a code.
pub(super) struct Proof<'a> {
    pub(super) app: &'a str,
    pub(super) redirect_uri: Option<&'a str>,
    pub(super) verifier: Option<&'a str>,
}

/// What presenting a code comes to.
pub(super) enum Redeemed {
    Granted(AccessGrant),
    /// It was used before: somebody else may have it, so the session that it began has to end.
    Reused(Uuid),
    /// Unknown, too late, or shown by somebody who cannot prove that it is theirs.
    Refused,
}

/// Every code that has not been forgotten.
#[derive(Debug, Default)]
pub(crate) struct Codes(Mutex<HashMap<TokenDigest, Held>>);

#[derive(Debug)]
struct Held {
    consent: Consent,
    expires: Timestamp,
    used: bool,
}

impl Codes {
    pub(super) fn issue(
        &self,
        consent: Consent,
        now: Timestamp,
        random: &impl Random,
    ) -> Result<String, PortError> {
        let code = random_token(random)?;
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A used one is remembered as long as it could still be exchanged: then it is unknown.
        codes.retain(|_, held| now < held.expires);
        let expires = now.saturating_add(LIFETIME).unwrap_or(Timestamp::MAX);
        codes.insert(digest(&code), Held { consent, expires, used: false });
        Ok(code)
    }

    /// The user who consented, for counting the request; nothing is used up.
    pub(super) fn owner(&self, code: &str, app: &str) -> Option<ExtensionId> {
        let codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = codes.get(&digest(code)).filter(|held| held.consent.grant.app == app);
        held.map(|held| held.consent.grant.user)
    }

    /// Uses a code up. One that is shown without its proof stays good for whoever has the proof.
    pub(super) fn redeem(&self, code: &str, proof: &Proof<'_>, now: Timestamp) -> Redeemed {
        let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = codes.get_mut(&digest(code));
        let Some(held) = held.filter(|held| now < held.expires && held.consent.is_proven(proof))
        else {
            return Redeemed::Refused;
        };
        if std::mem::replace(&mut held.used, true) {
            return Redeemed::Reused(held.consent.grant.session_id);
        }
        Redeemed::Granted(held.consent.grant.clone())
    }
}

impl Consent {
    fn is_proven(&self, proof: &Proof<'_>) -> bool {
        let verified = match (&self.challenge, proof.verifier) {
            (Some(challenge), Some(verifier)) => challenge.is_answered_by(verifier),
            // A verifier without a challenge: somebody took the challenge out on the way.
            (challenge, verifier) => challenge.is_none() && verifier.is_none(),
        };
        self.grant.app == proof.app
            && verified
            && self.redirect_uri.as_deref().is_none_or(|uri| proof.redirect_uri == Some(uri))
    }
}
