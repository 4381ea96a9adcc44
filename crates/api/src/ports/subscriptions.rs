//! Where subscriptions are kept.

use std::future::Future;

use callbook_model::ExtensionId;
use jiff::Timestamp;
use secrecy::SecretString;
use uuid::Uuid;

use super::PortError;

/// Who wants to hear of what, until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Its id.
    pub id: Uuid,
    /// The client id of the app that made it.
    pub app: String,
    /// The user who made it.
    pub user: ExtensionId,
    /// What it is about: paths with the ids that `~` stood for.
    pub filters: Vec<String>,
    /// When it was made.
    pub created: Timestamp,
    /// From when on nothing is sent.
    pub expires: Timestamp,
}

/// A subscription that is delivered over HTTP.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// Who wants to hear of what, until when.
    pub subscription: Subscription,
    /// Where to.
    pub address: String,
    /// What is sent along, so that the receiver knows the sender.
    pub verification_token: Option<SecretString>,
    /// Why nothing is sent any more, if that is so.
    pub blacklisted: Option<Blacklisted>,
    /// The last change of the call log that was delivered, or the newest when it was made.
    pub position: i64,
}

/// Why and since when nothing is sent to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blacklisted {
    /// Since when.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// Webhooks' subscriptions. Those of a WebSocket live and die with its session, and are not kept.
pub trait Subscriptions: Send + Sync + 'static {
    /// Keeps a new one, unless its user has `most` with its app already; says whether it did.
    fn add(
        &self,
        webhook: &Webhook,
        most: usize,
    ) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// One by its id.
    fn find(&self, id: Uuid) -> impl Future<Output = Result<Option<Webhook>, PortError>> + Send;

    /// Every one, whosever it is.
    fn all(&self) -> impl Future<Output = Result<Vec<Webhook>, PortError>> + Send;

    /// Writes what it is about and until when; nothing happens if it is gone.
    fn change(
        &self,
        subscription: &Subscription,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Notes that nothing is sent to it any more.
    fn blacklist(
        &self,
        id: Uuid,
        why: &Blacklisted,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Notes the last change of the call log that was delivered to it.
    fn advance(
        &self,
        id: Uuid,
        position: i64,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Forgets one; says whether it was there.
    fn remove(&self, id: Uuid) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// Whether this process is the one that delivers: of several that share a place, one at a time is.
    fn leads(&self) -> impl Future<Output = Result<bool, PortError>> + Send;
}
