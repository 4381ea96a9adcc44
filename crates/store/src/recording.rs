//! Recordings: which are wanted, kept and lost.

use std::ops::Range;

use callbook_model::Scope;

use crate::backend::dispatch;
use crate::{AccountKey, Error, Store};

/// A recording that some call names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingRow {
    /// RingCentral's id, as upstream wrote it.
    pub id: String,
    /// The log of the call that named it first.
    pub scope: Scope,
    /// That call's id.
    pub call_id: String,
    /// What joins the recordings of one call.
    pub session: Option<String>,
    /// When the leg or call began, milliseconds since 1970-01-01T00:00:00Z.
    pub start_ms: i64,
    /// `Automatic`, `OnDemand`, or whatever else upstream says.
    pub mode: Option<String>,
    /// Upstream may drop it early, because it has too many.
    pub capped: bool,
    /// Where upstream says that its content is. Not to be trusted.
    pub content_uri: Option<String>,
    /// What became of it.
    pub state: RecordingState,
    /// Such as `audio/mpeg`.
    pub content_type: Option<String>,
    /// Length of the content.
    pub bytes: Option<i64>,
    /// Length of the sound.
    pub duration_ms: Option<i64>,
    /// Of the content, hexadecimal.
    pub sha256: Option<String>,
    /// Where the content is, or is about to be.
    pub object: Option<String>,
    /// When it was kept or lost, milliseconds since 1970-01-01T00:00:00Z.
    pub done_ms: Option<i64>,
    /// How often fetching it has failed.
    pub tries: i64,
    /// Not to be fetched before, milliseconds since 1970-01-01T00:00:00Z.
    pub next_try_ms: i64,
    /// What went wrong, or is odd about it.
    pub note: Option<String>,
}

/// What became of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingState {
    /// Not here yet.
    Wanted,
    /// Here.
    Kept,
    /// Upstream does not have it, and neither do we.
    Lost,
}

/// Which of the wanted recordings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedQuery {
    /// Those that upstream may drop early, or the others.
    pub capped: bool,
    /// Those that began in it, milliseconds since 1970-01-01T00:00:00Z.
    pub span_ms: Range<i64>,
    /// In this order of their starts.
    pub newest_first: bool,
    /// Those that may be tried by now.
    pub now_ms: i64,
    /// At most so many.
    pub limit: u32,
}

/// Which recordings, whatever became of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordingQuery {
    /// The one with this id.
    Id(String),
    /// Those of calls, by the calls' ids.
    Calls(Scope, Vec<String>),
    /// Those of one session, in order of start.
    Session(String),
    /// Kept ones, in order of their ids, after this id; at most so many.
    Kept(String, u32),
}

/// What happens to a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordingStep {
    /// Its content is about to be written to this object.
    Placed(String),
    /// Its content is where it was about to be written.
    Kept(Kept),
    /// It could not be fetched now.
    Later {
        /// Not to be tried before, milliseconds since 1970-01-01T00:00:00Z.
        next_try_ms: i64,
        /// Why.
        note: String,
    },
    /// It cannot be fetched any more.
    Lost {
        /// Why.
        note: String,
    },
    /// What was kept is not what it should be: its object is to be deleted, and it is wanted again.
    Damaged,
}

/// What is known of a recording that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Such as `audio/mpeg`.
    pub content_type: String,
    /// Length of the content.
    pub bytes: i64,
    /// Length of the sound, if it can be told.
    pub duration_ms: Option<i64>,
    /// Of the content, hexadecimal.
    pub sha256: String,
    /// What is odd about it.
    pub note: Option<String>,
}

/// The recordings that began in one hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecordingHour {
    /// Since 1970-01-01T00:00:00Z.
    pub hour: i64,
    /// Those that upstream may drop early, or the others.
    pub capped: bool,
    /// Not here yet.
    pub wanted: i64,
    /// Here.
    pub kept: i64,
    /// Gone.
    pub lost: i64,
    /// Length of those that are here.
    pub kept_bytes: i64,
}

impl RecordingState {
    /// As the databases have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wanted => "wanted",
            Self::Kept => "kept",
            Self::Lost => "lost",
        }
    }

    /// What [`RecordingState::as_str`] has given; what is neither of the others is wanted.
    pub(crate) fn of(text: &str) -> Self {
        let all = [Self::Kept, Self::Lost];
        all.into_iter().find(|state| state.as_str() == text).unwrap_or(Self::Wanted)
    }
}

/// The columns of [`RecordingRow`], in this order.
macro_rules! recording_columns {
    () => {
        "id, scope, call_id, session, start_ms, mode, capped, content_uri, state, content_type, \
         bytes, duration_ms, sha256, object, done_ms, tries, next_try_ms, note"
    };
}

pub(crate) use recording_columns;

impl Store {
    /// Recordings, whatever became of them.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn recordings(
        &self,
        account: AccountKey,
        query: RecordingQuery,
    ) -> Result<Vec<RecordingRow>, Error> {
        dispatch!(self, recordings(account, query))
    }

    /// Recordings that are to be fetched.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn wanted_recordings(
        &self,
        account: AccountKey,
        query: WantedQuery,
    ) -> Result<Vec<RecordingRow>, Error> {
        dispatch!(self, wanted_recordings(account, query))
    }

    /// Notes what happens to a recording at a moment, in milliseconds since 1970-01-01T00:00:00Z; `false` if
    /// there is none of that id (any more), or it is in no state for that.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn note_recording(
        &self,
        account: AccountKey,
        id: &str,
        step: RecordingStep,
        at_ms: i64,
    ) -> Result<bool, Error> {
        dispatch!(self, note_recording(account, id, step, at_ms))
    }

    /// Gives up all wanted recordings of a kind that began before a moment; how many.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn lose_recordings(
        &self,
        account: AccountKey,
        capped: bool,
        before_ms: i64,
        note: &str,
        at_ms: i64,
    ) -> Result<u64, Error> {
        dispatch!(self, lose_recordings(account, capped, before_ms, note, at_ms))
    }

    /// How many recordings began in each hour from a moment on, in milliseconds since 1970-01-01T00:00:00Z, in
    /// order.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn recording_hours(
        &self,
        account: AccountKey,
        from_ms: i64,
    ) -> Result<Vec<RecordingHour>, Error> {
        dispatch!(self, recording_hours(account, from_ms))
    }

    /// How many messages of each kind hang on calls; none of them is in the archive.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn message_counts(&self, account: AccountKey) -> Result<Vec<(String, i64)>, Error> {
        dispatch!(self, message_counts(account))
    }

    /// Objects that nothing refers to any more, at most so many.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn doomed_objects(&self, limit: u32) -> Result<Vec<String>, Error> {
        dispatch!(self, doomed_objects(limit))
    }

    /// Notes that an object is to be deleted.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn doom_object(&self, object: &str) -> Result<(), Error> {
        dispatch!(self, doom_object(object))
    }

    /// Forgets an object that has been deleted.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn forget_object(&self, object: &str) -> Result<(), Error> {
        dispatch!(self, forget_object(object))
    }
}
