//! One webhook's notifications, one after the other.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::sender::Failure;
use crate::mask;
use crate::ports::{Blacklisted, Change, Clock, Journal, PortError, Ports, Subscriptions, Webhook};
use crate::push::filter::EventFilter;
use crate::push::notification::Notification;
use crate::router::Api;

/// Notifications that wait for one receiver; where more do, the oldest are dropped.
const MAX_WAITING: usize = 1_000;

/// Changes of the call log that are read at a time.
const CHANGES: u32 = 100;

/// The pause after the place where subscriptions or changes are kept has failed.
const PAUSE: Duration = Duration::from_secs(1);

/// What waits to be delivered. Whoever adds to it never waits.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: Mutex<VecDeque<Arc<Notification>>>,
    filled: Notify,
}

impl Queue {
    pub(super) fn push(&self, notification: Notification) {
        let mut waiting = self.lock();
        if waiting.len() == MAX_WAITING {
            waiting.pop_front();
            tracing::warn!("a receiver is too slow: its oldest notification was dropped");
        }
        waiting.push_back(Arc::new(notification));
        drop(waiting);
        self.filled.notify_one();
    }

    fn first(&self) -> Option<Arc<Notification>> {
        self.lock().front().cloned()
    }

    /// Takes the first out, unless it has been dropped meanwhile.
    fn done(&self, delivered: &Arc<Notification>) {
        let mut waiting = self.lock();
        if waiting.front().is_some_and(|first| Arc::ptr_eq(first, delivered)) {
            waiting.pop_front();
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Notification>>> {
        // Nothing panics while it is held.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Delivers to one address until it is stopped, or the address counts as gone.
pub(super) struct Courier<P> {
    pub(super) api: Api<P>,
    pub(super) webhook: Webhook,
    pub(super) filters: Vec<Arc<EventFilter>>,
    pub(super) queue: Arc<Queue>,
    /// The number of the call log's newest change.
    pub(super) newest: watch::Receiver<i64>,
    pub(super) ahead: VecDeque<Change>,
}

/// The address takes nothing any more.
struct Gone(Failure);

impl<P: Ports> Courier<P> {
    pub(super) async fn run(mut self) {
        let Err(Gone(failure)) = self.deliver_all().await;
        let at = self.api.ports().clock().now();
        let why = Blacklisted { at, reason: failure.reason() };
        let id = self.webhook.subscription.id;
        tracing::warn!(subscription = %id, reason = why.reason, "a webhook was blacklisted");
        while let Err(error) = self.api.ports().subscriptions().blacklist(id, &why).await {
            rest(&error).await;
        }
        self.api.push().has_changed();
    }

    async fn deliver_all(&mut self) -> Result<std::convert::Infallible, Gone> {
        loop {
            if let Some(first) = self.queue.first() {
                self.deliver(&first).await?;
                self.queue.done(&first);
                continue;
            }
            match self.next_change().await {
                Ok(Some(change)) => self.deliver_change(&change).await?,
                Ok(None) => self.wait().await,
                Err(error) => rest(&error).await,
            }
        }
    }

    async fn wait(&mut self) {
        tokio::select! {
            () = self.queue.filled.notified() => {}
            changed = self.newest.changed() => if changed.is_err() {
                // Nobody looks at the call log any more; what is in the queue still goes out.
                self.queue.filled.notified().await;
            },
        }
    }

    /// The next change that it has not been told of, in any log: what concerns it is seen later.
    async fn next_change(&mut self) -> Result<Option<Change>, PortError> {
        let newest = *self.newest.borrow_and_update();
        let wanted = self.filters.iter().any(|filter| filter.call_log().is_some());
        if self.ahead.is_empty() && wanted && self.webhook.position < newest {
            let changes =
                self.api.ports().journal().changes(self.webhook.position, CHANGES).await?;
            if changes.is_empty() {
                // What was there was erased.
                self.advance(newest).await?;
            }
            self.ahead = changes.into();
        }
        Ok(self.ahead.pop_front())
    }

    async fn deliver_change(&mut self, change: &Change) -> Result<(), Gone> {
        let mut concerned = false;
        let to = self.webhook.subscription.id;
        for filter in &self.filters {
            if let Some(notification) = Notification::of_change(to, filter, change) {
                concerned = true;
                self.deliver(&notification).await?;
            }
        }
        // What does not concern it needs no note of its own.
        if concerned || self.ahead.is_empty() {
            while let Err(error) = self.advance(change.number).await {
                rest(&error).await;
            }
        }
        Ok(())
    }

    async fn advance(&mut self, position: i64) -> Result<(), PortError> {
        let id = self.webhook.subscription.id;
        self.api.ports().subscriptions().advance(id, position).await?;
        self.webhook.position = position;
        Ok(())
    }

    /// Sends until it is taken, with longer and longer pauses.
    async fn deliver(&self, notification: &Notification) -> Result<(), Gone> {
        let Webhook { subscription, address, verification_token, .. } = &self.webhook;
        let body = match notification.write(subscription) {
            Ok(body) => body,
            Err(error) => {
                tracing::error!(%error, "a notification could not be written");
                return Ok(());
            }
        };
        // Of an app that was revoked nobody is told any more.
        let Some(body) = self.as_its_app_may_have_it(body).await else { return Ok(()) };
        let mut pauses = self.api.push().options.retries.pauses();
        loop {
            let sent =
                self.api.push().sender.deliver(address, verification_token.as_ref(), body.clone());
            let Err(failure) = sent.await else { return Ok(()) };
            let Some(pause) = pauses.next() else { return Err(Gone(failure)) };
            tracing::debug!(subscription = %subscription.id, ?failure, ?pause, "not delivered");
            tokio::time::sleep(pause).await;
        }
    }

    async fn as_its_app_may_have_it(&self, text: String) -> Option<String> {
        let app = &self.webhook.subscription.app;
        loop {
            match mask::text_for(self.api.ports().apps(), app, &text).await {
                Ok(text) => return text,
                Err(error) => rest(&error).await,
            }
        }
    }
}

async fn rest(error: &PortError) {
    tracing::error!(error = &*error.0 as &dyn std::error::Error, "a webhook has to wait");
    tokio::time::sleep(PAUSE).await;
}
