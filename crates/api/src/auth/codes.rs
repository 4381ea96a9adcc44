//! Authorization codes: good for one exchange, within a minute.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::pkce::Challenge;

/// How long a code can be exchanged.
pub(super) const LIFETIME: SignedDuration = SignedDuration::from_secs(60);

/// What the user consented to, until the app asks for its tokens.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Consent {
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

impl Consent {
    pub(super) fn is_proven(&self, proof: &Proof<'_>) -> bool {
        let verified = match (&self.challenge, proof.verifier) {
            (Some(challenge), Some(verifier)) => challenge.is_answered_by(verifier),
            // A verifier without a challenge: somebody took the challenge out on the way.
            (challenge, verifier) => challenge.is_none() && verifier.is_none(),
        };
        verified && self.redirect_uri.as_deref().is_none_or(|uri| proof.redirect_uri == Some(uri))
    }
}
