//! PKCE (RFC 7636): whoever exchanges a code proves to be who asked for it.

use serde::{Deserialize, Serialize};

use crate::ports::TokenDigest;

/// A `code_challenge` of the method S256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Challenge(TokenDigest);

impl Challenge {
    /// Reads the base64url form; `None` if it is no SHA-256.
    pub(super) fn parse(text: &str) -> Option<Self> {
        TokenDigest::try_from(text.to_owned()).ok().map(Self)
    }

    /// Whether this is the `code_verifier` that the challenge was made of.
    pub(super) fn is_answered_by(&self, verifier: &str) -> bool {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        (43..=128).contains(&verifier.len())
            && verifier.bytes().all(allowed)
            && TokenDigest::of(verifier) == self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc() {
        let challenge = Challenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").unwrap();
        assert!(challenge.is_answered_by("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!challenge.is_answered_by("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"));
        assert_eq!(Challenge::parse("short"), None);
    }
}
