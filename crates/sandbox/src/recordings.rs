//! The synthetic calls' recordings, as the API's.

use std::ops::Range;
use std::sync::Arc;

use callbook_api::{ByteStream, PortError, Recording, Recordings};
use callbook_synth::Audio;
use futures_util::{StreamExt as _, stream};

use crate::call_log::synth_scope;
use crate::world::World;

/// A recording is made and sent in portions of this size.
const PORTION_BYTES: u64 = 64 * 1024;

pub(crate) struct SandboxRecordings(pub(crate) Arc<World>);

impl Recordings for SandboxRecordings {
    async fn find(
        &self,
        scope: callbook_api::Scope,
        id: &str,
    ) -> Result<Option<Recording>, PortError> {
        let id = id.to_owned();
        let found = self.0.look(move |now| now.recording(synth_scope(scope), &id)).await?;
        Ok(found.map(|recording| Recording {
            duration_s: recording.duration_ms / 1_000,
            content_type: recording.audio.content_type().to_owned(),
            len_bytes: recording.audio.len_bytes(),
            tag: format!("{:016x}", recording.audio.key()),
        }))
    }

    async fn open(&self, id: &str, range: Range<u64>) -> Result<ByteStream, PortError> {
        let audio = self.0.now().audio(id);
        let audio = audio.ok_or_else(|| PortError("the recording has gone".into()))?;
        Ok(portions(audio, range).boxed())
    }

    async fn delete(&self, ids: &[String]) -> Result<bool, PortError> {
        let (world, ids) = (Arc::clone(&self.0), ids.to_vec());
        let deleted = tokio::task::spawn_blocking(move || world.delete_recordings(&ids)).await;
        deleted.map_err(|error| PortError(Box::new(error)))
    }
}

/// Computed as they are sent: a portion takes less than a millisecond.
fn portions(
    audio: Audio,
    range: Range<u64>,
) -> impl futures_util::Stream<Item = Result<bytes::Bytes, PortError>> {
    let starts = range.clone().step_by(PORTION_BYTES as usize);
    stream::iter(starts.map(move |start| {
        let end = range.end.min(start.saturating_add(PORTION_BYTES));
        Ok(audio.bytes(start..end).into())
    }))
}
