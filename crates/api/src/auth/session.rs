//! What a session is, and what it becomes: the rules, without clocks, randomness or storage.
//!
//! A session begins with an authorization code or with its first pair of tokens. Each refresh gives it
//! another pair. Of the refresh tokens before the last it remembers nothing: the index of tokens still
//! leads to the session, and that it has no place for one is what tells it.

use std::time::Duration;

use callbook_model::ExtensionId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::codes::Consent;
use crate::access::AppScope;
use crate::ports::{App, TokenDigest};

/// Whom a token stands for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AccessGrant {
    pub(crate) session_id: Uuid,
    pub(crate) app: String,
    pub(crate) user: ExtensionId,
    pub(crate) scopes: Vec<AppScope>,
    pub(crate) endpoint_id: String,
    /// Whether the app sees the last digits of phone numbers.
    pub(crate) masks_numbers: bool,
}

impl AccessGrant {
    /// What a session of `app` that begins now stands for.
    pub(super) fn new(app: &App, user: ExtensionId, scopes: Vec<AppScope>) -> Self {
        Self {
            session_id: Uuid::new_v4(),
            app: app.client_id.clone(),
            user,
            scopes,
            endpoint_id: Uuid::new_v4().to_string(),
            masks_numbers: app.masks_numbers,
        }
    }
}

/// A session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) grant: AccessGrant,
    code: Option<Code>,
    pair: Option<Pair>,
    exchanged: Option<Exchanged>,
}

/// The code that it began with.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Code {
    digest: TokenDigest,
    consent: Consent,
}

/// The tokens that are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pair {
    pub(super) access: TokenDigest,
    pub(super) refresh: TokenDigest,
    /// Whether the access token was used for a request.
    pub(super) used: bool,
}

/// The refresh token that the pair was exchanged for.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Exchanged {
    digest: TokenDigest,
    /// For the first time.
    at: Timestamp,
}

/// What showing a refresh token comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Rotated {
    /// The new pair is good; these tokens find nothing any more.
    Renewed { removed: Vec<TokenDigest> },
    /// The token has two owners: the session has to end.
    Ended,
    /// It is no refresh token.
    Refused,
}

/// What presenting a code comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Redeemed {
    /// The pair is good.
    Granted,
    /// It was used before: somebody else may have it, so the session that it began has to end.
    Reused,
    /// It is no code.
    Refused,
}

impl Session {
    /// One that has tokens.
    pub(super) fn begin(grant: AccessGrant, pair: Pair) -> Self {
        Self { grant, code: None, pair: Some(pair), exchanged: None }
    }

    /// One that waits for its code.
    pub(super) fn offer(grant: AccessGrant, digest: TokenDigest, consent: Consent) -> Self {
        Self { grant, code: Some(Code { digest, consent }), pair: None, exchanged: None }
    }

    /// The pair, if this is its access token.
    pub(super) fn pair_of(&mut self, access: &TokenDigest) -> Option<&mut Pair> {
        self.pair.as_mut().filter(|pair| pair.access == *access)
    }

    /// The consent, if this is its code.
    pub(super) fn consent_of(&self, code: &TokenDigest) -> Option<&Consent> {
        self.code.as_ref().filter(|held| held.digest == *code).map(|held| &held.consent)
    }

    /// Whether a token that leads here is a refresh token, or was one.
    pub(super) fn is_refresh(&self, token: &TokenDigest) -> bool {
        let access = self.pair.is_some_and(|pair| pair.access == *token);
        !access && self.consent_of(token).is_none()
    }

    /// Uses the code up.
    pub(super) fn redeem(&mut self, code: &TokenDigest, pair: Pair) -> Redeemed {
        if self.consent_of(code).is_none() {
            return Redeemed::Refused;
        }
        if self.pair.is_some() {
            return Redeemed::Reused;
        }
        self.pair = Some(pair);
        Redeemed::Granted
    }

    /// Exchanges a refresh token for a new pair; the older tokens are no good from then on.
    ///
    /// A refresh token works once. Whoever never got the answer may show it again for a while, as long as
    /// nobody has used what it was exchanged for; otherwise it has two owners.
    pub(super) fn rotate(
        &mut self,
        shown: &TokenDigest,
        new: Pair,
        grace: Duration,
        now: Timestamp,
    ) -> Rotated {
        let Some(old) = self.pair.filter(|_| self.is_refresh(shown)) else {
            return Rotated::Refused;
        };
        let in_grace = |at: Timestamp| now < at.checked_add(grace).unwrap_or(Timestamp::MAX);
        let again = self.exchanged.filter(|exchanged| exchanged.digest == *shown);
        let removed = match again {
            _ if old.refresh == *shown => vec![old.access],
            Some(exchanged) if in_grace(exchanged.at) && !old.used => {
                vec![old.access, old.refresh]
            }
            _ => return Rotated::Ended,
        };
        self.exchanged =
            Some(Exchanged { digest: *shown, at: again.map_or(now, |first| first.at) });
        self.pair = Some(new);
        Rotated::Renewed { removed }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const GRACE: Duration = Duration::from_secs(60);

    fn pair(number: u8) -> Pair {
        let digest = |kind| TokenDigest([kind, number].repeat(16).try_into().unwrap());
        Pair { access: digest(1), refresh: digest(2), used: false }
    }

    fn session() -> Session {
        let user = ExtensionId(101);
        let (session_id, scopes) = (Uuid::from_u128(1), vec![]);
        let (app, endpoint_id) = ("app".to_owned(), "e".to_owned());
        let grant =
            AccessGrant { session_id, app, user, scopes, endpoint_id, masks_numbers: false };
        Session::begin(grant, pair(0))
    }

    #[derive(Debug, Clone, Copy)]
    enum Step {
        /// Shows the refresh token of a pair so many before the newest.
        Refresh(u8),
        /// Uses the newest access token.
        Use,
        Wait(u8),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            (0_u8..4).prop_map(Step::Refresh),
            Just(Step::Use),
            (0_u8..40).prop_map(Step::Wait)
        ];
        prop::collection::vec(step, 0..40)
    }

    proptest! {
        /// Against a model that keeps the whole story of every pair.
        #[test]
        fn a_token_has_one_owner(steps in steps()) {
            struct Story { from: usize, used: bool, refreshed: Option<i64>, removed: bool }
            let (mut session, mut now_s) = (session(), 0_i64);
            let mut stories = vec![Story { from: 0, used: false, refreshed: None, removed: false }];
            for step in steps {
                let newest = stories.len() - 1;
                match step {
                    Step::Wait(seconds) => now_s += i64::from(seconds),
                    Step::Use => {
                        session.pair_of(&pair(newest as u8).access).unwrap().used = true;
                        stories[newest].used = true;
                    }
                    Step::Refresh(back) => {
                        let shown = newest.saturating_sub(back.into());
                        // What was taken out of the index finds no session to ask.
                        if stories[shown].removed { continue }
                        let unused = stories[newest].from == shown && !stories[newest].used;
                        let good = match stories[shown].refreshed {
                            None => true,
                            Some(at) => now_s - at < 60 && unused && newest != shown,
                        };
                        let now = Timestamp::from_second(now_s).unwrap();
                        let new = pair(newest as u8 + 1);
                        let rotated = session.rotate(&pair(shown as u8).refresh, new, GRACE, now);
                        prop_assert_eq!(matches!(rotated, Rotated::Renewed { .. }), good);
                        if !good {
                            prop_assert_eq!(rotated, Rotated::Ended);
                            return Ok(());
                        }
                        if shown != newest { stories[newest].removed = true }
                        stories[shown].refreshed.get_or_insert(now_s);
                        stories.push(Story { from: shown, used: false, refreshed: None, removed: false });
                    }
                }
            }
        }

        #[test]
        fn it_is_read_as_it_was_written(steps in 0_u8..5) {
            let mut session = session();
            for number in 1..=steps {
                let shown = pair(number - 1).refresh;
                session.rotate(&shown, pair(number), GRACE, Timestamp::UNIX_EPOCH);
            }
            let text = serde_json::to_string(&session).unwrap();
            let read: Session = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }

    #[test]
    fn other_tokens_of_the_session_are_no_refresh_tokens() {
        let (mut session, now) = (session(), Timestamp::UNIX_EPOCH);
        assert_eq!(session.rotate(&pair(0).access, pair(1), GRACE, now), Rotated::Refused);
        assert_eq!(session.redeem(&pair(0).refresh, pair(1)), Redeemed::Refused);
    }
}
