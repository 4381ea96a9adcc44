//! What is going on at this moment.

use std::future::Future;

use callbook_model::ExtensionId;
use serde_json::{Value, json};

use super::PortError;

/// Whether a queue's member takes its calls; `None` where nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Availability {
    /// Takes calls of queues at all.
    pub of_queues: Option<bool>,
    /// Takes this queue's calls.
    pub of_this_queue: Option<bool>,
}

/// Calls that are under way, and who is busy with them.
pub trait Telephony: Send + Sync + 'static {
    /// `PresenceInfoResponse` for each of these users, in their order, without `uri` and `extension`; `activeCalls`
    /// only if they are asked for.
    fn presence(
        &self,
        users: &[ExtensionId],
        with_calls: bool,
    ) -> impl Future<Output = Result<Vec<Value>, PortError>> + Send;

    /// Whether each of a queue's members takes calls, in their order.
    fn availability(
        &self,
        queue: ExtensionId,
        members: &[ExtensionId],
    ) -> impl Future<Output = Result<Vec<Availability>, PortError>> + Send;

    /// `CallSessionObject` of a call that is under way.
    fn session(
        &self,
        telephony_session_id: &str,
    ) -> impl Future<Output = Result<Option<Value>, PortError>> + Send;
}

/// For whoever hears of calls only after they have ended: nothing is under way, and nobody's state is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTelephony;

impl Telephony for NoTelephony {
    async fn presence(&self, users: &[ExtensionId], _: bool) -> Result<Vec<Value>, PortError> {
        Ok(users.iter().map(|_| json!({ "dndStatus": "Unknown" })).collect())
    }

    async fn availability(
        &self,
        _: ExtensionId,
        members: &[ExtensionId],
    ) -> Result<Vec<Availability>, PortError> {
        Ok(vec![Availability::default(); members.len()])
    }

    async fn session(&self, _: &str) -> Result<Option<Value>, PortError> {
        Ok(None)
    }
}
