//! Sessions as they are kept: found by a token, changed by the rules, written if nobody else did meanwhile.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use callbook_model::ExtensionId;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::codes::{self, Consent, Proof};
use super::session::{AccessGrant, Pair, Redeemed, Rotated, Session};
use crate::ports::{
    Clock, FoundSession, KeptSession, PortError, Ports, Random, TokenChanges, TokenDigest, Tokens,
};

const TOKEN_BYTES: usize = 32;

/// Expired tokens are remembered this long, so that they are called expired and not unknown.
const MEMORY_OF_EXPIRED: SignedDuration = SignedDuration::from_hours(24);

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
#[derive(Debug)]
pub(crate) enum TokenError {
    Expired,
    Unknown,
    Unparsable,
    /// Not the client's fault.
    Internal(PortError),
}

impl From<PortError> for TokenError {
    fn from(error: PortError) -> Self {
        Self::Internal(error)
    }
}

/// Every session, in what the ports keep them.
pub(crate) struct Sessions<'a, P>(pub(crate) &'a P);

impl<P: Ports> Sessions<'_, P> {
    /// Begins a session with a pair of tokens.
    pub(crate) async fn issue(
        &self,
        grant: AccessGrant,
        lifetimes: Lifetimes,
    ) -> Result<(AccessGrant, IssuedTokens), PortError> {
        let (issued, now) = (self.draw()?, self.now());
        let session = Session::begin(grant, issued.pair());
        self.put(&session, 0, issued.added(lifetimes, now), vec![]).await?;
        Ok((session.grant, issued))
    }

    /// Begins a session that waits for its code, which this is.
    pub(super) async fn offer(
        &self,
        grant: AccessGrant,
        consent: Consent,
    ) -> Result<String, PortError> {
        let code = random_token(self.0.random())?;
        let digest = TokenDigest::of(&code);
        let expires = self.now().saturating_add(codes::LIFETIME).unwrap_or(Timestamp::MAX);
        let session = Session::offer(grant, digest, consent);
        self.put(&session, 0, vec![(digest, expires)], vec![]).await?;
        Ok(code)
    }

    /// Whom an access token stands for.
    pub(crate) async fn access(&self, token: &str) -> Result<AccessGrant, TokenError> {
        if URL_SAFE_NO_PAD.decode(token).map(|bytes| bytes.len()) != Ok(TOKEN_BYTES) {
            return Err(TokenError::Unparsable);
        }
        let digest = TokenDigest::of(token);
        loop {
            let found = self.find(&digest).await?;
            let (mut session, found) = found.ok_or(TokenError::Unknown)?;
            let pair = session.pair_of(&digest).ok_or(TokenError::Unknown)?;
            if found.expires <= self.now() {
                return Err(TokenError::Expired);
            }
            // The first use is noted: from then on the refresh token before cannot be shown again.
            let used = std::mem::replace(&mut pair.used, true);
            if used || self.put(&session, found.session.revision, vec![], vec![]).await? {
                return Ok(session.grant);
            }
        }
    }

    /// The user that a refresh token of `app` was issued for, expired or not.
    pub(crate) async fn refresh_owner(
        &self,
        token: &str,
        app: &str,
    ) -> Result<Option<ExtensionId>, PortError> {
        let digest = TokenDigest::of(token);
        let found = self.find_of(&digest, app).await?;
        Ok(found.filter(|(session, _)| session.is_refresh(&digest)).map(|(s, _)| s.grant.user))
    }

    /// The user who consented, for counting the request; nothing is used up.
    pub(super) async fn code_owner(
        &self,
        code: &str,
        app: &str,
    ) -> Result<Option<ExtensionId>, PortError> {
        let digest = TokenDigest::of(code);
        let found = self.find_of(&digest, app).await?;
        let found = found.filter(|(session, _)| session.consent_of(&digest).is_some());
        Ok(found.map(|(session, _)| session.grant.user))
    }

    /// Exchanges a code for the session's first pair. One that is shown without its proof stays good for
    /// whoever has the proof; one that was used before ends the session.
    pub(super) async fn redeem(
        &self,
        code: &str,
        proof: &Proof<'_>,
        lifetimes: Lifetimes,
    ) -> Result<Option<(AccessGrant, IssuedTokens)>, PortError> {
        let (digest, issued) = (TokenDigest::of(code), self.draw()?);
        // Somebody else's app must not be able to use up what it was not issued.
        while let Some((mut session, found)) = self.find_of(&digest, proof.app).await? {
            let now = self.now();
            let proven =
                session.consent_of(&digest).is_some_and(|consent| consent.is_proven(proof));
            if found.expires <= now || !proven {
                return Ok(None);
            }
            match session.redeem(&digest, issued.pair()) {
                Redeemed::Refused => return Ok(None),
                Redeemed::Reused => return self.end(session.grant.session_id).await.map(|()| None),
                Redeemed::Granted => {}
            }
            let added = issued.added(lifetimes, now);
            if self.put(&session, found.session.revision, added, vec![]).await? {
                return Ok(Some((session.grant, issued)));
            }
        }
        Ok(None)
    }

    /// Exchanges a refresh token of `app` for a new pair; one that two have used ends the session.
    /// `grace` is how long it may be shown again by whoever never got the answer.
    pub(super) async fn rotate(
        &self,
        token: &str,
        app: &str,
        lifetimes: Lifetimes,
        grace: Duration,
    ) -> Result<Option<(AccessGrant, IssuedTokens)>, PortError> {
        let (digest, issued) = (TokenDigest::of(token), self.draw()?);
        while let Some((mut session, found)) = self.find_of(&digest, app).await? {
            let now = self.now();
            if found.expires <= now {
                return Ok(None);
            }
            let removed = match session.rotate(&digest, issued.pair(), grace, now) {
                Rotated::Refused => return Ok(None),
                Rotated::Ended => return self.end(session.grant.session_id).await.map(|()| None),
                Rotated::Renewed { removed } => removed,
            };
            let added = issued.added(lifetimes, now);
            if self.put(&session, found.session.revision, added, removed).await? {
                return Ok(Some((session.grant, issued)));
            }
        }
        Ok(None)
    }

    /// Ends the session that a token of `app` belongs to, if there is one: this one.
    pub(crate) async fn revoke(&self, token: &str, app: &str) -> Result<Option<Uuid>, PortError> {
        let found = self.find_of(&TokenDigest::of(token), app).await?;
        let Some((session, _)) = found else { return Ok(None) };
        let id = session.grant.session_id;
        self.end(id).await.map(|()| Some(id))
    }

    async fn end(&self, session: Uuid) -> Result<(), PortError> {
        self.0.tokens().remove(session).await
    }

    async fn find(
        &self,
        token: &TokenDigest,
    ) -> Result<Option<(Session, FoundSession)>, PortError> {
        let Some(found) = self.0.tokens().find(token).await? else { return Ok(None) };
        let session = serde_json::from_str(&found.session.state);
        Ok(Some((session.map_err(|error| PortError(Box::new(error)))?, found)))
    }

    async fn find_of(
        &self,
        token: &TokenDigest,
        app: &str,
    ) -> Result<Option<(Session, FoundSession)>, PortError> {
        Ok(self.find(token).await?.filter(|(session, _)| session.grant.app == app))
    }

    async fn put(
        &self,
        session: &Session,
        revision: u64,
        added: Vec<(TokenDigest, Timestamp)>,
        removed: Vec<TokenDigest>,
    ) -> Result<bool, PortError> {
        let state = serde_json::to_string(session).map_err(|error| PortError(Box::new(error)))?;
        let AccessGrant { session_id: id, app, user, .. } = session.grant.clone();
        let forget_before = self.now().saturating_sub(MEMORY_OF_EXPIRED).unwrap_or(Timestamp::MIN);
        let kept = KeptSession { id, app, user, state, revision };
        let changes = TokenChanges { added, removed, forget_before };
        self.0.tokens().put(&kept, &changes).await
    }

    fn draw(&self) -> Result<IssuedTokens, PortError> {
        let random = self.0.random();
        Ok(IssuedTokens { access: random_token(random)?, refresh: random_token(random)? })
    }

    fn now(&self) -> Timestamp {
        self.0.clock().now()
    }
}

impl IssuedTokens {
    fn pair(&self) -> Pair {
        let (access, refresh) = (TokenDigest::of(&self.access), TokenDigest::of(&self.refresh));
        Pair { access, refresh, used: false }
    }

    fn added(&self, lifetimes: Lifetimes, now: Timestamp) -> Vec<(TokenDigest, Timestamp)> {
        let after = |lifetime| now.checked_add(lifetime).unwrap_or(Timestamp::MAX);
        let Pair { access, refresh, .. } = self.pair();
        vec![(access, after(lifetimes.access)), (refresh, after(lifetimes.refresh))]
    }
}

pub(crate) fn random_token(random: &impl Random) -> Result<String, PortError> {
    let mut bytes = [0; TOKEN_BYTES];
    random.fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
