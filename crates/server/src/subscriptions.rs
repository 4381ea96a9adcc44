//! Webhooks that outlive the process, and that all processes serving an account share.

use std::sync::{Mutex, PoisonError};

use callbook_api::{Blacklisted, PortError, Subscription, Subscriptions, Webhook};
use callbook_store::{AccountKey, Store, StoredWebhook};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::failed;

/// How long nobody else delivers after a process has last said that it does.
const LEASE: SignedDuration = SignedDuration::from_secs(5);

/// What is left of a lease when it is prolonged.
const PROLONGED_AT: SignedDuration = SignedDuration::from_secs(3);

/// An account's webhooks.
#[derive(Debug)]
pub struct ArchiveSubscriptions {
    store: Store,
    account: AccountKey,
    /// This process.
    holder: String,
    /// Until when it delivers.
    until: Mutex<Timestamp>,
}

impl ArchiveSubscriptions {
    /// Those of `account`.
    #[must_use]
    pub fn new(store: Store, account: AccountKey) -> Self {
        let (holder, until) = (Uuid::new_v4().to_string(), Mutex::new(Timestamp::MIN));
        Self { store, account, holder, until }
    }
}

impl Subscriptions for ArchiveSubscriptions {
    async fn add(&self, webhook: &Webhook, most: usize) -> Result<bool, PortError> {
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        self.store.add_webhook(self.account, stored(webhook), most).await.map_err(failed)
    }

    async fn find(&self, id: Uuid) -> Result<Option<Webhook>, PortError> {
        Ok(self.all().await?.into_iter().find(|webhook| webhook.subscription.id == id))
    }

    async fn all(&self) -> Result<Vec<Webhook>, PortError> {
        let webhooks = self.store.webhooks(self.account).await.map_err(failed)?;
        webhooks.into_iter().map(webhook).collect()
    }

    async fn change(&self, subscription: &Subscription) -> Result<(), PortError> {
        let Subscription { id, filters, expires, .. } = subscription.clone();
        let (id, expires_ms) = (id.to_string(), expires.as_millisecond());
        self.store.change_webhook(self.account, &id, filters, expires_ms).await.map_err(failed)
    }

    async fn blacklist(&self, id: Uuid, why: &Blacklisted) -> Result<(), PortError> {
        let (id, at_ms) = (id.to_string(), why.at.as_millisecond());
        self.store.blacklist_webhook(self.account, &id, at_ms, &why.reason).await.map_err(failed)
    }

    async fn advance(&self, id: Uuid, position: i64) -> Result<(), PortError> {
        let id = id.to_string();
        self.store.advance_webhook(self.account, &id, position).await.map_err(failed)
    }

    async fn remove(&self, id: Uuid) -> Result<bool, PortError> {
        self.store.remove_webhook(self.account, &id.to_string()).await.map_err(failed)
    }

    async fn leads(&self) -> Result<bool, PortError> {
        let now = Timestamp::now();
        let until = *self.until.lock().unwrap_or_else(PoisonError::into_inner);
        if until.duration_since(now) > PROLONGED_AT {
            return Ok(true);
        }
        let until = now.saturating_add(LEASE).map_err(failed)?;
        let (now_ms, until_ms) = (now.as_millisecond(), until.as_millisecond());
        let leased = self.store.lease_webhooks(self.account, &self.holder, now_ms, until_ms);
        let leads = leased.await.map_err(failed)?;
        let until = if leads { until } else { Timestamp::MIN };
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
        Ok(leads)
    }
}

fn stored(webhook: &Webhook) -> StoredWebhook {
    let Webhook { subscription, address, verification_token, position, .. } = webhook.clone();
    StoredWebhook {
        id: subscription.id.to_string(),
        app: subscription.app,
        extension: subscription.user,
        filters: subscription.filters,
        address,
        verification_token,
        created_ms: subscription.created.as_millisecond(),
        expires_ms: subscription.expires.as_millisecond(),
        blacklisted: None,
        position,
    }
}

fn webhook(stored: StoredWebhook) -> Result<Webhook, PortError> {
    let moment = |ms| Timestamp::from_millisecond(ms).map_err(failed);
    let blacklisted = match stored.blacklisted {
        Some((at_ms, reason)) => Some(Blacklisted { at: moment(at_ms)?, reason }),
        None => None,
    };
    Ok(Webhook {
        subscription: Subscription {
            id: stored.id.parse().map_err(failed)?,
            app: stored.app,
            user: stored.extension,
            filters: stored.filters,
            created: moment(stored.created_ms)?,
            expires: moment(stored.expires_ms)?,
        },
        address: stored.address,
        verification_token: stored.verification_token,
        blacklisted,
        position: stored.position,
    })
}
