//! All sessions of this process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use uuid::Uuid;

use super::message::Mark;
use super::session::Session;
use crate::auth::{AccessGrant, random_token};
use crate::ports::{Change, PortError, Random, Subscription, TokenDigest};
use crate::push::event::Event;
use crate::push::notification::Notification;

/// Sessions at one time, connected or waiting for their client.
const MOST: usize = 1_000;

/// Sessions by the digest of what their clients come back with.
#[derive(Debug, Default)]
pub(in crate::push) struct Switchboard(Mutex<HashMap<TokenDigest, Arc<Session>>>);

impl Switchboard {
    fn lock(&self) -> MutexGuard<'_, HashMap<TokenDigest, Arc<Session>>> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sessions(&self) -> Vec<Arc<Session>> {
        self.lock().values().cloned().collect()
    }

    /// A new session; `None` where there are too many.
    pub(super) fn open(
        &self,
        grant: AccessGrant,
        now: Timestamp,
        random: &impl Random,
    ) -> Result<Option<Arc<Session>>, PortError> {
        let secret = random_token(random)?;
        let digest = TokenDigest::of(&secret);
        let mut sessions = self.lock();
        if sessions.len() >= MOST {
            return Ok(None);
        }
        let session = Arc::new(Session::new(grant, secret, now));
        sessions.insert(digest, Arc::clone(&session));
        Ok(Some(session))
    }

    /// The session that a client comes back to: its own.
    pub(super) fn find(
        &self,
        mark: Mark<'_>,
        grant: &AccessGrant,
        now: Timestamp,
    ) -> Option<Arc<Session>> {
        let session = self.lock().get(&TokenDigest::of(mark.secret)).cloned()?;
        let own = session.grant.app == grant.app && session.grant.user == grant.user;
        (own && !session.is_over(now) && now < session.end()).then_some(session)
    }

    /// Forgets sessions that nobody can come back to.
    pub(in crate::push) fn expire(&self, now: Timestamp) {
        self.lock().retain(|_, session| !session.is_over(now));
    }

    /// Ends a session for good.
    pub(super) fn end(&self, id: Uuid) {
        self.end_if(|session| session.id == id);
    }

    /// Ends those that were opened with tokens of one sign-in.
    pub(in crate::push) fn sign_out(&self, sign_in: Uuid) {
        self.end_if(|session| session.grant.session_id == sign_in);
    }

    fn end_if(&self, over: impl Fn(&Session) -> bool) {
        for (_, session) in self.lock().extract_if(|_, session| over(session)) {
            session.finish();
        }
    }

    /// Tells everybody of an event who wants to hear of it.
    pub(in crate::push) fn offer(&self, event: &Arc<Event>) {
        for session in self.sessions() {
            session.offer(event.at, |_, _, filter| {
                let told = || Notification::of_event(Arc::clone(filter), Arc::clone(event));
                filter.takes(event).then(told)
            });
        }
    }

    /// Tells everybody of a change of the call log who wants to hear of it.
    pub(in crate::push) fn offer_change(&self, change: &Change) {
        for session in self.sessions() {
            session.offer(change.at, |to, since, filter| {
                let is_new = since < change.number;
                is_new.then(|| Notification::of_change(to.id, filter, change)).flatten()
            });
        }
    }

    /// Since which change of the call log somebody wants to hear of more, if anybody does.
    pub(in crate::push) fn want_call_log(&self) -> Option<i64> {
        self.sessions().iter().filter_map(|session| session.wants_call_log()).min()
    }

    /// Whether somebody who wants to hear of the call log has enough to do with what there is.
    pub(in crate::push) fn are_behind(&self) -> bool {
        let mut sessions = self.sessions().into_iter();
        sessions.any(|session| session.wants_call_log().is_some() && session.is_behind())
    }

    /// The subscriptions of a user through an app.
    pub(in crate::push) fn of(&self, grant: &AccessGrant) -> Vec<(Arc<Session>, Subscription)> {
        let mut found = Vec::new();
        for session in self.sessions() {
            if session.grant.app == grant.app && session.grant.user == grant.user {
                let theirs = session.subscriptions().into_iter();
                found.extend(theirs.map(|subscription| (Arc::clone(&session), subscription)));
            }
        }
        found
    }
}
