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
}

impl<P: Ports> Delivery<P> {
    fn new(api: Api<P>) -> Self {
        Self { api, couriers: Couriers::default(), newest: watch::channel(0).0, ticks: 0 }
    }

    /// Whoever had subscribed before it happened is told of it.
    async fn offer(&mut self, event: &Arc<Event>) {
        if self.api.push().take_changed() {
            self.reload().await;
        }
        self.couriers.offer(event);
    }

    async fn tick(&mut self) {
        self.ticks = self.ticks.wrapping_add(1);
        if self.api.push().take_changed() || self.ticks % TICKS_A_LOOK == 1 {
            self.reload().await;
        }
        let now = self.api.ports().clock().now();
        self.couriers.remind(self.api.server_url(), now);
        if let Err(error) = self.look_at_call_log().await {
            report(&error);
        }
    }

    async fn look_at_call_log(&mut self) -> Result<(), PortError> {
        if !self.couriers.want_call_log() {
            return Ok(());
        }
        let newest = self.api.ports().journal().newest().await?;
        self.newest.send_if_modified(|seen| std::mem::replace(seen, newest) != newest);
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
