//! From what happens to whom it is told.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

use super::event::Event;
use super::webhook::Couriers;
use crate::ports::{Clock, Journal, PortError, Ports};
use crate::router::Api;

/// How often the call log and the clock are looked at.
const TICK: Duration = Duration::from_millis(250);

/// Changes of the call log that sessions are told of at a tick, at most.
const CHANGES: u32 = 250;

/// Ticks after which subscriptions are read again: another process may have changed them.
const TICKS_A_LOOK: u32 = 4;

/// Delivers notifications of an [`Api`], for as long as it is polled. It has to run for the server to tell anybody
/// of anything; several servers on one place of subscriptions may each run it.
pub async fn deliver<P: Ports>(api: Api<P>) {
    let mut events = api.push().hub.listen();
    let mut delivery = Delivery::new(api);
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Ok(event) => delivery.offer(&event).await,
                Err(RecvError::Lagged(missed)) => {
                    tracing::error!(missed, "events came faster than they could be handed out");
                }
                // The API itself keeps the hub open.
                Err(RecvError::Closed) => return,
            },
            _ = ticks.tick() => delivery.tick().await,
        }
    }
}

struct Delivery<P> {
    api: Api<P>,
    couriers: Couriers,
    newest: watch::Sender<i64>,
    ticks: u32,
    /// The last change of the call log that the sessions were told of.
    position: Option<i64>,
}

impl<P: Ports> Delivery<P> {
    fn new(api: Api<P>) -> Self {
        let (couriers, newest) = (Couriers::default(), watch::channel(0).0);
        Self { api, couriers, newest, ticks: 0, position: None }
    }

    /// Whoever had subscribed before it happened is told of it.
    async fn offer(&mut self, event: &Arc<Event>) {
        if self.api.push().take_changed() {
            self.reload().await;
        }
        self.couriers.offer(event);
        self.api.push().switchboard.offer(event);
    }

    async fn tick(&mut self) {
        self.ticks = self.ticks.wrapping_add(1);
        if self.api.push().take_changed() || self.ticks % TICKS_A_LOOK == 1 {
            self.reload().await;
        }
        let now = self.api.ports().clock().now();
        self.couriers.remind(self.api.server_url(), now);
        self.api.push().switchboard.expire(now);
        if let Err(error) = self.look_at_call_log().await {
            report(&error);
        }
    }

    async fn look_at_call_log(&mut self) -> Result<(), PortError> {
        let switchboard = &self.api.push().switchboard;
        let since = switchboard.want_call_log();
        if since.is_none() && !self.couriers.want_call_log() {
            self.position = None;
            return Ok(());
        }
        let newest = self.api.ports().journal().newest().await?;
        self.newest.send_if_modified(|seen| std::mem::replace(seen, newest) != newest);
        // Couriers read by themselves.
        let position = since.map_or(newest, |since| self.position.unwrap_or(since));
        self.position = Some(position);
        if position < newest && !switchboard.are_behind() {
            let changes = self.api.ports().journal().changes(position, CHANGES).await?;
            for change in &changes {
                switchboard.offer_change(change);
            }
            self.position = Some(changes.last().map_or(newest, |change| change.number));
        }
        Ok(())
    }

    async fn reload(&mut self) {
        let receiver = self.newest.subscribe();
        if let Err(error) = self.couriers.reload(&self.api, &receiver).await {
            report(&error);
        }
    }
}

fn report(error: &PortError) {
    tracing::error!(error = &*error.0 as &dyn std::error::Error, "notifications have to wait");
}
