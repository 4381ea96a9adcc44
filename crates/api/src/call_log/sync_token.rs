//! Synchronisation tokens: what the next request has to know, signed.
//!
//! A server keeps nothing for a token, so it survives a restart; a client can read nothing into it that is of use,
//! and change nothing in it.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use callbook_model::{AccountId, ExtensionId, Scope};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::query::View;
use crate::error::ApiError;
use crate::ports::Mark;

const TAG_BYTES: usize = 32;

/// What tokens are signed with.
#[derive(Clone)]
pub struct SyncKey([u8; 32]);

impl SyncKey {
    /// A key of 32 bytes that nobody else knows.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn mac(&self, payload: &[u8]) -> Option<Hmac<Sha256>> {
        // HMAC takes keys of any length.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(payload);
        Some(mac)
    }
}

impl fmt::Debug for SyncKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SyncKey(…)")
    }
}

/// Which operation a token is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Kind {
    Sync,
    Extract,
}

/// Where a synchronisation stands. Moments are Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SyncToken {
    pub(super) kind: Kind,
    account: u64,
    /// Absent for the account's log.
    extension: Option<u64>,
    pub(super) detailed: bool,
    /// What was modified after this is not known yet.
    pub(super) mark: Mark,
    /// When it was given out.
    pub(super) issued_ms: i64,
    /// The start of the oldest record that was given …
    pub(super) frame_from_ms: i64,
    /// … and how many that began in that millisecond were given, as a list has them.
    pub(super) at_edge: u32,
    /// The `recordCount` of the request that began it.
    pub(super) record_count: u32,
}

impl SyncToken {
    pub(super) fn new(kind: Kind, account: AccountId, scope: Scope, view: View) -> Self {
        let extension = match scope {
            Scope::Account => None,
            Scope::Extension(ExtensionId(id)) => Some(id),
        };
        Self {
            kind,
            account: account.0,
            extension,
            detailed: view == View::Detailed,
            mark: Mark(i64::MIN),
            issued_ms: i64::MIN,
            frame_from_ms: i64::MIN,
            at_edge: 0,
            record_count: 0,
        }
    }

    pub(super) fn view(&self) -> View {
        if self.detailed { View::Detailed } else { View::Simple }
    }

    /// The token as a client gets it.
    pub(super) fn sign(&self, key: &SyncKey) -> String {
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        if let Some(mac) = key.mac(&bytes) {
            bytes.extend_from_slice(&mac.finalize().into_bytes());
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a client's token: `CLG-101` for what was not signed here, `CLG-102` for another operation's or
    /// log's, `CLG-103` for one of the future, after a server's data began anew.
    pub(super) fn read(
        text: &str,
        key: &SyncKey,
        expected: &Self,
        now: Timestamp,
    ) -> Result<Self, ApiError> {
        let refused = |code| ApiError::invalid_sync_token(code, text);
        let token = Self::verify(text, key).ok_or_else(|| refused("CLG-101"))?;
        let same = (token.kind, token.account, token.extension)
            == (expected.kind, expected.account, expected.extension);
        if !same {
            return Err(refused("CLG-102"));
        }
        if token.issued_ms > now.as_millisecond().saturating_add(1) {
            return Err(refused("CLG-103"));
        }
        Ok(token)
    }

    fn verify(text: &str, key: &SyncKey) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (payload, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG_BYTES)?)?;
        // This comparison takes the same time wherever they differ.
        key.mac(payload)?.verify_slice(tag).ok()?;
        serde_json::from_slice(payload).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token(extension: Option<u64>, at_ms: i64) -> SyncToken {
        let scope = extension.map_or(Scope::Account, |id| Scope::Extension(ExtensionId(id)));
        let blank = SyncToken::new(Kind::Sync, AccountId(7), scope, View::Detailed);
        SyncToken { mark: Mark(at_ms), issued_ms: at_ms, frame_from_ms: at_ms, ..blank }
    }

    proptest! {
        #[test]
        fn a_token_is_read_back_and_no_other_text_is(
            extension in prop::option::of(any::<u64>()),
            at_ms in 0_i64..1_000_000,
            place in any::<prop::sample::Index>(),
            letter in "[A-Za-z0-9_-]",
        ) {
            let key = SyncKey::new([3; 32]);
            let now = Timestamp::from_millisecond(2_000_000).unwrap();
            let token = token(extension, at_ms);
            let text = token.sign(&key);
            prop_assert_eq!(SyncToken::read(&text, &key, &token, now).unwrap(), token);
            let mut other = text.clone();
            let place = place.index(text.len());
            other.replace_range(place..=place, &letter);
            // The last letter has bits that decode to nothing; such a text is not accepted either.
            prop_assert_eq!(SyncToken::read(&other, &key, &token, now).is_ok(), other == text);
            let elsewhere = SyncKey::new([4; 32]);
            prop_assert!(SyncToken::read(&text, &elsewhere, &token, now).is_err());
        }
    }
}
