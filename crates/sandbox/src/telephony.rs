//! The synthetic calls that are under way, as the API's.

use std::sync::Arc;

use callbook_api::{Availability, ExtensionId, PortError, Telephony};
use serde_json::Value;

use crate::presence::presence;
use crate::world::World;

pub(crate) struct SandboxTelephony(pub(crate) Arc<World>);

impl Telephony for SandboxTelephony {
    async fn presence(
        &self,
        users: &[ExtensionId],
        with_calls: bool,
    ) -> Result<Vec<Value>, PortError> {
        let engagements = self.0.look(|now| now.engagements()).await?;
        let of = |user: &ExtensionId| engagements.get(&user.0).map(Vec::as_slice);
        Ok(users.iter().map(|user| presence(of(user).unwrap_or_default(), with_calls)).collect())
    }

    /// Everybody takes what comes.
    async fn availability(
        &self,
        _: ExtensionId,
        members: &[ExtensionId],
    ) -> Result<Vec<Availability>, PortError> {
        let known = Availability { of_queues: Some(true), of_this_queue: Some(true) };
        Ok(vec![known; members.len()])
    }

    async fn session(&self, telephony_session_id: &str) -> Result<Option<Value>, PortError> {
        let id = telephony_session_id.to_owned();
        self.0
            .look(move |now| {
                let mut sessions = now.sessions(now.now_ms());
                let is_meant = |session: &callbook_synth::Session<'_>| {
                    session.is_under_way(now.now_ms()) && session.id() == id
                };
                sessions.find(is_meant).map(|session| session.status_json(now.now_ms()))
            })
            .await
    }
}
