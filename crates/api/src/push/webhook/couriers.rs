//! All webhooks that this process delivers to.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::courier::{Courier, Queue};
use crate::ports::{Clock, Directory, PortError, Ports, Subscription, Subscriptions, Webhook};
use crate::push::event::Event;
use crate::push::filter::{EventFilter, Wish};
use crate::push::info;
use crate::push::notification::Notification;
use crate::router::Api;

/// A courier for each webhook.
#[derive(Default)]
pub(in crate::push) struct Couriers(HashMap<Uuid, Round>);

/// What one courier was sent out with.
struct Round {
    webhook: Webhook,
    filters: Vec<Arc<EventFilter>>,
    queue: Arc<Queue>,
    /// When it was last reminded of its end.
    reminded: Option<Timestamp>,
    courier: JoinHandle<()>,
}

impl Drop for Round {
    fn drop(&mut self) {
        self.courier.abort();
    }
}

impl Couriers {
    /// Sends out who is missing, calls back whose webhook is gone, and forgets what has expired.
    pub(in crate::push) async fn reload<P: Ports>(
        &mut self,
        api: &Api<P>,
        newest: &watch::Receiver<i64>,
    ) -> Result<(), PortError> {
        let kept = api.ports().subscriptions();
        let webhooks = kept.all().await?;
        // Who has nothing to deliver need not be the one who does.
        if webhooks.is_empty() || !kept.leads().await? {
            self.0.clear();
            return Ok(());
        }
        let now = api.ports().clock().now();
        let mut live = HashSet::new();
        for webhook in webhooks {
            let id = webhook.subscription.id;
            if webhook.subscription.expires <= now {
                kept.remove(id).await?;
            } else if webhook.blacklisted.is_none() {
                live.insert(id);
                self.send_out(api, webhook, newest);
            }
        }
        self.0.retain(|id, _| live.contains(id));
        Ok(())
    }

    fn send_out<P: Ports>(
        &mut self,
        api: &Api<P>,
        webhook: Webhook,
        newest: &watch::Receiver<i64>,
    ) {
        let id = webhook.subscription.id;
        let old = self.0.remove(&id);
        let same = |old: &Round| old.webhook.subscription.filters == webhook.subscription.filters;
        if let Some(mut old) = old {
            if same(&old) {
                if old.webhook.subscription.expires != webhook.subscription.expires {
                    old.reminded = None;
                    old.webhook.subscription = webhook.subscription;
                }
                self.0.insert(id, old);
                return;
            }
            // What waits goes on waiting; what is under way may be sent again.
            let queue = Arc::clone(&old.queue);
            drop(old);
            self.0.insert(id, Round::begin(api, webhook, queue, newest));
        } else {
            self.0.insert(id, Round::begin(api, webhook, Arc::default(), newest));
        }
    }

    /// Tells everybody who wants to hear of an event.
    pub(in crate::push) fn offer(&self, event: &Arc<Event>) {
        for round in self.0.values() {
            for filter in round.filters.iter().filter(|filter| filter.takes(event)) {
                let filter = Arc::clone(filter);
                round.queue.push(Notification::of_event(filter, Arc::clone(event)));
            }
        }
    }

    /// Reminds those who asked for it that their subscription will end.
    pub(in crate::push) fn remind(&mut self, server_url: &str, now: Timestamp) {
        for round in self.0.values_mut() {
            let due = round.filters.iter().find(|filter| is_due(filter, round, now)).cloned();
            if let Some(filter) = due {
                round.reminded = Some(now);
                let info = info::of_webhook(server_url, &round.webhook, now);
                let body = Bytes::from(info.to_string());
                round.queue.push(Notification::of_text(filter, now, body));
            }
        }
    }

    /// Whether one of them wants to hear of the call log.
    pub(in crate::push) fn want_call_log(&self) -> bool {
        self.0.values().flat_map(|round| &round.filters).any(|filter| filter.call_log().is_some())
    }
}

impl Round {
    fn begin<P: Ports>(
        api: &Api<P>,
        webhook: Webhook,
        queue: Arc<Queue>,
        newest: &watch::Receiver<i64>,
    ) -> Self {
        let filters = filters(api, &webhook.subscription);
        let courier = Courier {
            api: api.clone(),
            webhook: webhook.clone(),
            filters: filters.clone(),
            queue: Arc::clone(&queue),
            newest: newest.clone(),
            ahead: VecDeque::new(),
        };
        let courier = tokio::spawn(courier.run());
        Self { webhook, filters, queue, reminded: None, courier }
    }
}

fn filters<P: Ports>(api: &Api<P>, subscription: &Subscription) -> Vec<Arc<EventFilter>> {
    let account = api.ports().directory().account_id();
    let texts = subscription.filters.iter();
    // What is kept was read once before.
    let parsed = texts.filter_map(|text| EventFilter::parse(text, account, subscription.user).ok());
    parsed.map(Arc::new).collect()
}

fn is_due(filter: &EventFilter, round: &Round, now: Timestamp) -> bool {
    let Wish::Reminder { threshold, interval } = filter.wish else { return false };
    let left = round.webhook.subscription.expires.duration_since(now);
    let rested = round.reminded.is_none_or(|last| now.duration_since(last) >= interval);
    left <= threshold && rested
}
