//! What hangs on calls, found by going through their versions in the order of their change numbers.

use callbook_model::Attachments;

use crate::backend::dispatch;
use crate::document::{Columns, Unpacker};
use crate::{AccountKey, Error, Store};

/// Versions looked at in one go.
const VERSIONS_AT_ONCE: i64 = 500;

/// Where an account's recordings stand as a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecordingFeed {
    /// The change number of the last version that was looked at.
    pub position: i64,
    /// Syncs fetch recordings.
    pub enabled: bool,
    /// How many upstream lets us fetch, as its answers last said.
    pub capacity_a_day: Option<i64>,
}

/// A version to be looked at.
#[derive(Debug)]
pub(crate) struct FedVersion {
    pub(crate) seq: i64,
    pub(crate) scope: i64,
    pub(crate) call_id: String,
    pub(crate) columns: Columns,
}

/// What hangs on one call, ready to be written.
#[derive(Debug)]
pub(crate) struct Fed {
    pub(crate) scope: i64,
    pub(crate) call_id: String,
    pub(crate) attachments: Attachments,
}

/// From which position to which, and what was found in between.
#[derive(Debug)]
pub(crate) struct Feeding {
    pub(crate) from: i64,
    pub(crate) to: i64,
    pub(crate) found: Vec<Fed>,
}

/// Upstream drops the oldest of these once it has too many, whatever their age. What it does not call
/// `OnDemand` may be one.
pub(crate) fn is_capped(mode: Option<&str>) -> bool {
    mode != Some("OnDemand")
}

impl Store {
    /// Where an account's recordings stand.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn recording_feed(&self, account: AccountKey) -> Result<RecordingFeed, Error> {
        dispatch!(self, recording_feed(account))
    }

    /// Says whether syncs fetch recordings.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn enable_recordings(&self, account: AccountKey, enabled: bool) -> Result<(), Error> {
        dispatch!(self, enable_recordings(account, enabled))
    }

    /// Notes how many recordings upstream lets us fetch in a day.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn note_recording_capacity(
        &self,
        account: AccountKey,
        a_day: i64,
    ) -> Result<(), Error> {
        dispatch!(self, note_recording_capacity(account, a_day))
    }

    /// Goes through the versions that came since, and notes the recordings and messages that they name, each
    /// piece together with how far it has come: it may be stopped anywhere, and run by several at a time.
    ///
    /// # Errors
    /// When the archive cannot be read or written.
    pub async fn find_recordings(&self, account: AccountKey) -> Result<(), Error> {
        loop {
            let from = self.recording_feed(account).await?.position;
            let versions: Vec<FedVersion> =
                dispatch!(self, fed_versions(account, from, VERSIONS_AT_ONCE))?;
            let Some(last) = versions.last() else { return Ok(()) };
            let (to, whole) = (last.seq, versions.len() as i64 == VERSIONS_AT_ONCE);
            let found = tokio::task::spawn_blocking(move || decode(versions)).await;
            let found = match found {
                Ok(found) => found.map_err(Error::Compressor)?,
                Err(join) => std::panic::resume_unwind(join.into_panic()),
            };
            // Where another process was quicker, its position counts.
            dispatch!(self, feed(account, Feeding { from, to, found }))?;
            if !whole {
                return Ok(());
            }
        }
    }
}

/// A document that is damaged names nothing: `verify` finds it.
fn decode(versions: Vec<FedVersion>) -> std::io::Result<Vec<Fed>> {
    let mut unpacker = Unpacker::new()?;
    let found = versions.into_iter().filter_map(|version| {
        let FedVersion { scope, call_id, columns, .. } = version;
        let attachments = Attachments::decode(&unpacker.whole(&columns)?);
        let empty = attachments.recordings.is_empty() && attachments.messages.is_empty();
        (!empty).then_some(Fed { scope, call_id, attachments })
    });
    Ok(found.collect())
}
