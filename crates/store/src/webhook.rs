//! Who is told of what happens, over HTTP, and how far they have been told.

use callbook_model::ExtensionId;
use secrecy::SecretString;

use crate::backend::dispatch;
use crate::{AccountKey, Error, Store};

/// A subscription. Moments are milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone)]
pub struct StoredWebhook {
    /// Unique in the archive.
    pub id: String,
    /// The client id of the app that made it.
    pub app: String,
    /// The person who made it.
    pub extension: ExtensionId,
    /// What it is about.
    pub filters: Vec<String>,
    /// Where to.
    pub address: String,
    /// What is sent along. It is kept in clear.
    pub verification_token: Option<SecretString>,
    /// When it was made.
    pub created_ms: i64,
    /// From when on nothing is sent.
    pub expires_ms: i64,
    /// Since when and why nothing is sent any more.
    pub blacklisted: Option<(i64, String)>,
    /// The last change number that it was told of.
    pub position: i64,
}

impl Store {
    /// Keeps a new webhook, unless the person has `most` with the app already; says whether it did.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn add_webhook(
        &self,
        account: AccountKey,
        webhook: StoredWebhook,
        most: u32,
    ) -> Result<bool, Error> {
        dispatch!(self, add_webhook(account, webhook, most))
    }

    /// An account's webhooks, the oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn webhooks(&self, account: AccountKey) -> Result<Vec<StoredWebhook>, Error> {
        dispatch!(self, webhooks(account))
    }

    /// Writes what a webhook is about and until when, if it is there.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn change_webhook(
        &self,
        account: AccountKey,
        id: &str,
        filters: Vec<String>,
        expires_ms: i64,
    ) -> Result<(), Error> {
        dispatch!(self, change_webhook(account, id, filters, expires_ms))
    }

    /// Notes that nothing is sent to a webhook any more, and why.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn blacklist_webhook(
        &self,
        account: AccountKey,
        id: &str,
        at_ms: i64,
        reason: &str,
    ) -> Result<(), Error> {
        dispatch!(self, blacklist_webhook(account, id, at_ms, reason))
    }

    /// Notes the last change number that a webhook was told of.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn advance_webhook(
        &self,
        account: AccountKey,
        id: &str,
        position: i64,
    ) -> Result<(), Error> {
        dispatch!(self, advance_webhook(account, id, position))
    }

    /// Forgets a webhook; `false` if there is none.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn remove_webhook(&self, account: AccountKey, id: &str) -> Result<bool, Error> {
        dispatch!(self, remove_webhook(account, id))
    }

    /// Takes or prolongs the lease of who delivers to an account's webhooks; `false` while another holder's is
    /// good at `now_ms`.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn lease_webhooks(
        &self,
        account: AccountKey,
        holder: &str,
        now_ms: i64,
        until_ms: i64,
    ) -> Result<bool, Error> {
        dispatch!(self, lease_webhooks(account, holder, now_ms, until_ms))
    }
}
