//! Recordings that are kept, as the API's.

use std::ops::Range;

use callbook_api::{ByteStream, PortError, Recording, Recordings, Scope};
use callbook_model::{Attachments, project};
use callbook_recordings::Place;
use callbook_store::{RecordingQuery, RecordingRow, RecordingState};
use futures_util::StreamExt as _;

use crate::archive::Archive;
use crate::failed;

/// So much of a hash tells contents apart.
const TAG_DIGITS: usize = 32;

/// The recordings of an archived account; none where there is no place that keeps them.
#[derive(Debug, Clone)]
pub struct ArchiveRecordings {
    /// The account.
    pub archive: Archive,
    /// Where they are kept.
    pub place: Option<Place>,
}

impl Recordings for ArchiveRecordings {
    async fn find(&self, scope: Scope, id: &str) -> Result<Option<Recording>, PortError> {
        let Some(row) = self.kept(id).await? else { return Ok(None) };
        if !self.shows(scope, &row).await? {
            return Ok(None);
        }
        let (Some(bytes), Some(sha256)) = (row.bytes, row.sha256) else { return Ok(None) };
        let duration_ms = row.duration_ms.unwrap_or_default();
        Ok(Some(Recording {
            duration_s: u32::try_from(duration_ms / 1_000).unwrap_or_default(),
            content_type: row.content_type.unwrap_or_else(|| "audio/mpeg".to_owned()),
            len_bytes: bytes.unsigned_abs(),
            tag: sha256.chars().take(TAG_DIGITS).collect(),
        }))
    }

    async fn open(&self, id: &str, range: Range<u64>) -> Result<ByteStream, PortError> {
        let object = self.kept(id).await?.and_then(|row| row.object);
        let (Some(object), Some(place)) = (object, &self.place) else {
            return Err(PortError("the recording has gone".into()));
        };
        let content = place.range(&object, range).await.map_err(failed)?;
        Ok(content.map(|piece| piece.map_err(failed)).boxed())
    }

    /// An archive deletes nothing for whoever reads it. Nobody has the permission, so nobody comes here.
    async fn delete(&self, _: &[String]) -> Result<bool, PortError> {
        Ok(false)
    }
}

impl ArchiveRecordings {
    async fn kept(&self, id: &str) -> Result<Option<RecordingRow>, PortError> {
        if self.place.is_none() {
            return Ok(None);
        }
        let query = RecordingQuery::Id(id.to_owned());
        let rows = self.archive.store().recordings(self.archive.key(), query).await;
        let mut rows = rows.map_err(failed)?.into_iter();
        Ok(rows.find(|row| row.state == RecordingState::Kept && row.bytes > Some(0)))
    }

    /// Whether a log shows a recording: the company's every one, an extension's those of its own legs.
    async fn shows(&self, scope: Scope, row: &RecordingRow) -> Result<bool, PortError> {
        let Scope::Extension(extension) = scope else { return Ok(true) };
        if row.scope == scope {
            return Ok(true);
        }
        let (store, key) = (self.archive.store(), self.archive.key());
        let call = store.call(key, row.scope, &row.call_id).await.map_err(failed)?;
        let own = call.and_then(|call| project(&call.json, extension));
        let names = |recordings: Vec<callbook_model::Recording>| {
            recordings.iter().any(|recording| recording.id == row.id)
        };
        Ok(own.is_some_and(|own| names(Attachments::decode(&own.json).recordings)))
    }
}
