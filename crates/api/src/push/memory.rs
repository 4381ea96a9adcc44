//! Subscriptions in memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::ports::{Blacklisted, PortError, Subscription, Subscriptions, Webhook};

/// Subscriptions of a server that forgets them when it stops.
#[derive(Debug, Default)]
pub struct MemorySubscriptions(Mutex<HashMap<Uuid, Webhook>>);

impl MemorySubscriptions {
    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Webhook>> {
        // Nothing panics between two changes that belong together, so a poisoned lock holds nothing half-done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn edit(&self, id: Uuid, edit: impl FnOnce(&mut Webhook)) {
        if let Some(webhook) = self.lock().get_mut(&id) {
            edit(webhook);
        }
    }
}

impl Subscriptions for MemorySubscriptions {
    async fn add(&self, webhook: &Webhook, most: usize) -> Result<bool, PortError> {
        let new = &webhook.subscription;
        let mut held = self.lock();
        let theirs = held.values().map(|held| &held.subscription);
        let count = theirs.filter(|s| s.app == new.app && s.user == new.user).count();
        if count >= most {
            return Ok(false);
        }
        held.insert(new.id, webhook.clone());
        Ok(true)
    }

    async fn find(&self, id: Uuid) -> Result<Option<Webhook>, PortError> {
        Ok(self.lock().get(&id).cloned())
    }

    async fn all(&self) -> Result<Vec<Webhook>, PortError> {
        Ok(self.lock().values().cloned().collect())
    }

    async fn change(&self, subscription: &Subscription) -> Result<(), PortError> {
        self.edit(subscription.id, |webhook| webhook.subscription = subscription.clone());
        Ok(())
    }

    async fn blacklist(&self, id: Uuid, why: &Blacklisted) -> Result<(), PortError> {
        self.edit(id, |webhook| webhook.blacklisted = Some(why.clone()));
        Ok(())
    }

    async fn advance(&self, id: Uuid, position: i64) -> Result<(), PortError> {
        self.edit(id, |webhook| webhook.position = position);
        Ok(())
    }

    async fn remove(&self, id: Uuid) -> Result<bool, PortError> {
        Ok(self.lock().remove(&id).is_some())
    }

    async fn leads(&self) -> Result<bool, PortError> {
        Ok(true)
    }
}
