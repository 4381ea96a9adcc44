//! A session: its subscriptions, and the notifications that its client may not have seen yet.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use uuid::Uuid;

use super::message::{self, Mark};
use super::{ABSOLUTE_TIMEOUT_S, RECOVERY_BUFFER, RECOVERY_TIMEOUT_S};
use crate::auth::AccessGrant;
use crate::mask::mask_numbers;
use crate::ports::Subscription;
use crate::push::filter::EventFilter;
use crate::push::notification::Notification;

/// Notifications that may wait for a connection to take them; where more do, the oldest are dropped.
const MAX_UNSENT: usize = 1_000;

/// A session.
#[derive(Debug)]
pub(crate) struct Session {
    pub(in crate::push) id: Uuid,
    pub(in crate::push) grant: AccessGrant,
    pub(in crate::push) created: Timestamp,
    /// What its client shows to come back.
    secret: String,
    state: Mutex<State>,
    /// There is something to send, or the connection's turn is over.
    pub(super) wake: Notify,
}

#[derive(Debug)]
struct State {
    /// The newest message's number.
    newest: u64,
    /// The number of the last one that was written to the connection.
    sent: u64,
    /// The newest notifications, sent or not, in the order of their numbers.
    buffer: VecDeque<(u64, Timestamp, String)>,
    subscriptions: Vec<Held>,
    /// Which connection is the session's: each that comes back takes it over.
    turn: u64,
    /// Since when there is no connection.
    lost: Option<Timestamp>,
    ended: bool,
}

#[derive(Debug)]
struct Held {
    subscription: Subscription,
    filters: Vec<Arc<EventFilter>>,
    /// The newest change of the call log when it was made: it is told of those after.
    since: i64,
}

impl Held {
    fn wants_call_log(&self) -> bool {
        self.filters.iter().any(|filter| filter.call_log().is_some())
    }
}

/// What a connection has to do next.
#[derive(Debug)]
pub(super) enum Next {
    Send(String),
    Wait,
    /// Another connection has taken over, or the session is at its end.
    Leave,
}

impl Session {
    pub(super) fn new(grant: AccessGrant, secret: String, created: Timestamp) -> Self {
        let state = State {
            newest: 1,
            sent: 1,
            buffer: VecDeque::new(),
            subscriptions: Vec::new(),
            turn: 0,
            lost: None,
            ended: false,
        };
        let (id, state, wake) = (Uuid::new_v4(), Mutex::new(state), Notify::new());
        Self { id, grant, created, secret, state, wake }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics between two changes that belong together.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the session to a new connection, of a client that has seen the messages up to `seen`. Which turn
    /// that is, and what stands at the connection's beginning.
    pub(super) fn take_over(&self, seen: Option<u64>) -> (u64, Mark<'_>) {
        let mut state = self.lock();
        state.turn += 1;
        state.lost = None;
        // What a client claims to have seen has to have been there.
        state.sent = seen.map_or(state.sent, |seen| seen.min(state.newest));
        let mark = Mark { secret: &self.secret, sequence: state.sent };
        let turn = state.turn;
        drop(state);
        self.wake.notify_one();
        (turn, mark)
    }

    /// Notes that a connection is gone.
    pub(super) fn lose(&self, turn: u64, now: Timestamp) {
        let mut state = self.lock();
        if state.turn == turn {
            state.lost = Some(now);
            state.trim();
        }
    }

    /// The next message of a connection, which is none while it is quiet.
    pub(super) fn next(&self, turn: u64, quiet: bool) -> Next {
        let mut state = self.lock();
        if state.turn != turn || state.ended {
            return Next::Leave;
        }
        if quiet {
            return Next::Wait;
        }
        let sent = state.sent;
        let unsent = state.buffer.iter().find(|(sequence, ..)| *sequence > sent);
        let Some((sequence, at, body)) = unsent else { return Next::Wait };
        let sequence = *sequence;
        let text = message::notification(Mark { secret: &self.secret, sequence }, *at, body);
        state.sent = sequence;
        state.trim();
        Next::Send(text)
    }

    /// Tells the client of what concerns its subscriptions.
    pub(in crate::push) fn offer(
        &self,
        at: Timestamp,
        told: impl Fn(&Subscription, i64, &Arc<EventFilter>) -> Option<Notification>,
    ) {
        let mut state = self.lock();
        let mut texts = Vec::new();
        for Held { subscription, filters, since } in &state.subscriptions {
            let told = filters.iter().filter_map(|filter| told(subscription, *since, filter));
            texts.extend(told.filter_map(|notification| self.write(&notification, subscription)));
        }
        if texts.is_empty() {
            return;
        }
        for text in texts {
            state.newest += 1;
            let newest = state.newest;
            state.buffer.push_back((newest, at, text));
        }
        state.trim();
        drop(state);
        self.wake.notify_one();
    }

    /// A notification as the session's app may have it.
    fn write(&self, notification: &Notification, to: &Subscription) -> Option<String> {
        let mut text = notification.write(to).ok()?.into_bytes();
        if self.grant.masks_numbers {
            mask_numbers(&mut text);
        }
        String::from_utf8(text).ok()
    }

    /// Makes or changes a subscription. `newest`: the number of the call log's newest change.
    pub(in crate::push) fn subscribe(
        &self,
        subscription: Subscription,
        filters: Vec<Arc<EventFilter>>,
        newest: i64,
    ) {
        let mut state = self.lock();
        let all = &mut state.subscriptions;
        let old = all.iter().position(|held| held.subscription.id == subscription.id);
        let old = old.map(|at| all.remove(at)).filter(Held::wants_call_log);
        let since = old.map_or(newest, |old| old.since);
        all.push(Held { subscription, filters, since });
    }

    /// Ends a subscription; says whether there was one.
    pub(in crate::push) fn unsubscribe(&self, id: Uuid) -> bool {
        let mut state = self.lock();
        let before = state.subscriptions.len();
        state.subscriptions.retain(|held| held.subscription.id != id);
        state.subscriptions.len() < before
    }

    pub(in crate::push) fn subscriptions(&self) -> Vec<Subscription> {
        self.lock().subscriptions.iter().map(|held| held.subscription.clone()).collect()
    }

    /// Since which change of the call log it wants to hear of more, if it does.
    pub(in crate::push) fn wants_call_log(&self) -> Option<i64> {
        let state = self.lock();
        let wanting = state.subscriptions.iter().filter(|held| held.wants_call_log());
        wanting.map(|held| held.since).min()
    }

    /// Whether its connection has more to send than one that comes back is given.
    pub(in crate::push) fn is_behind(&self) -> bool {
        let state = self.lock();
        let unsent = state.buffer.iter().filter(|(sequence, ..)| *sequence > state.sent).count();
        state.lost.is_none() && unsent >= RECOVERY_BUFFER
    }

    /// When it ends, whatever happens.
    pub(in crate::push) fn end(&self) -> Timestamp {
        let lifetime = SignedDuration::from_secs(ABSOLUTE_TIMEOUT_S);
        self.created.saturating_add(lifetime).unwrap_or(Timestamp::MAX)
    }

    /// Whether nobody can come back to it.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        let timeout = SignedDuration::from_secs(RECOVERY_TIMEOUT_S);
        let lost = self.lock().lost;
        lost.is_some_and(|lost| now.duration_since(lost) >= timeout || self.end() <= now)
    }

    /// Sends its connection away.
    pub(super) fn finish(&self) {
        self.lock().ended = true;
        self.wake.notify_one();
    }
}

impl State {
    /// Keeps what a client that comes back is given, and what its connection has not taken yet.
    fn trim(&mut self) {
        let most_unsent = if self.lost.is_some() { RECOVERY_BUFFER } else { MAX_UNSENT };
        while self.buffer.len() > RECOVERY_BUFFER {
            let oldest = self.buffer.front().map_or(0, |(sequence, ..)| *sequence);
            if oldest > self.sent && self.buffer.len() <= most_unsent {
                break;
            }
            self.buffer.pop_front();
        }
    }
}
