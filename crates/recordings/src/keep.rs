//! One recording, from wanted to kept.
//!
//! Each step leaves something that the next process goes on from: the spool the content, the archive the object that
//! it is about to be. Killed anywhere, the recording is kept once.

use callbook_ringcentral::{Client, Priority, RecordingId};
use callbook_store::{Account, RecordingQuery, RecordingRow, RecordingState, RecordingStep, Store};
use jiff::{SignedDuration, Timestamp};

use crate::fetch::{Failure, fetch};
use crate::place::Place;
use crate::put::{look_at, put};
use crate::spool::{Head, Part, Spool};
use crate::{Error, crash};

/// Content that is odd in the same way as before is kept as it is after so many tries.
const ODD_TRIES: i64 = 2;

/// Content that is odd in another way each time, after so many.
const MOST_ODD_TRIES: i64 = 8;

/// The first pause after a failure; each further one is twice as long.
const PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// The longest pause.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(12);

/// Where recordings of an account go.
#[derive(Debug, Clone)]
pub(crate) struct Keeper {
    pub(crate) store: Store,
    pub(crate) account: Account,
    pub(crate) place: Place,
    pub(crate) spool: Spool,
}

/// What became of one.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It is here.
    Kept { bytes: u64 },
    /// Upstream does not have it.
    Gone,
    /// Not now, for a reason of its own.
    Later,
    /// Nobody wants it any more.
    Dropped,
}

impl Keeper {
    /// Removes what is left in the spool of recordings that nobody wants any more.
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        let key = self.account.key;
        let is_wanted = async |id: &str| {
            let rows = self.store.recordings(key, RecordingQuery::Id(id.to_owned())).await?;
            Ok(rows.iter().any(|row| row.state == RecordingState::Wanted))
        };
        self.spool.sweep(self.account.id, is_wanted).await
    }

    /// Brings one recording here, by the first of these users who can hear it. `thorough` asks what upstream knows of
    /// it, which costs a request more.
    ///
    /// # Errors
    /// When the user, the server, the spool or the place would fail with others as well.
    pub(crate) async fn keep(
        &self,
        clients: &[&Client],
        row: &RecordingRow,
        thorough: bool,
    ) -> Result<Outcome, Error> {
        let Ok(id) = row.id.parse::<RecordingId>() else {
            return self.lose(row, "its id is none that can be asked for").await;
        };
        let part = self.spool.part(self.account.id, &id);
        let (client, head) = match by_any(clients, &id, row, &part).await {
            Ok(fetched) => fetched,
            Err(failure) if failure.is_gone() => {
                part.remove().await.map_err(Error::Spool)?;
                return self.lose(row, "upstream does not have it").await;
            }
            Err(Failure::Failed(error)) => return Err(error),
            Err(failure @ (Failure::Unending | Failure::TooLong)) => {
                part.remove().await.map_err(Error::Spool)?;
                return self.later(row, &failure.to_string()).await;
            }
        };
        callbook_crash::point(crash::SPOOLED);
        let stated_ms = if thorough { self.stated_ms(client, &id).await? } else { None };
        let file = part.open().await.map_err(Error::Spool)?;
        let found = look_at(file, head.content_type, stated_ms).await.map_err(Error::Spool)?;
        let again = |note: &&str| {
            let tries = if row.note.as_deref() == Some(note) { ODD_TRIES } else { MOST_ODD_TRIES };
            row.tries < tries
        };
        if let Some(note) = found.note.as_deref().filter(again) {
            part.remove().await.map_err(Error::Spool)?;
            return self.later(row, note).await;
        }
        let bytes = found.hash.bytes;
        let file = part.open().await.map_err(Error::Spool)?;
        let kept = put(&self.store, &self.account, &self.place, row, file, found).await?;
        part.remove().await.map_err(Error::Spool)?;
        Ok(if kept { Outcome::Kept { bytes } } else { Outcome::Dropped })
    }

    /// How long upstream says that it is; nothing, where it does not say.
    async fn stated_ms(&self, client: &Client, id: &RecordingId) -> Result<Option<i64>, Error> {
        match client.recording(id, Priority::Low).await {
            Ok(info) => Ok(info.duration_ms),
            Err(error) if error.is_unavailable() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn lose(&self, row: &RecordingRow, why: &str) -> Result<Outcome, Error> {
        self.note(row, RecordingStep::Lost { note: why.to_owned() }).await?;
        Ok(Outcome::Gone)
    }

    /// Puts it off, each time for longer.
    pub(crate) async fn later(&self, row: &RecordingRow, why: &str) -> Result<Outcome, Error> {
        let doublings = u32::try_from(row.tries.clamp(0, 16)).unwrap_or(16);
        let pause = PAUSE.checked_mul(1 << doublings).unwrap_or(LONGEST_PAUSE).min(LONGEST_PAUSE);
        let next_try_ms =
            Timestamp::now().saturating_add(pause).map_or(i64::MAX, Timestamp::as_millisecond);
        self.note(row, RecordingStep::Later { next_try_ms, note: why.to_owned() }).await?;
        Ok(Outcome::Later)
    }

    async fn note(&self, row: &RecordingRow, step: RecordingStep) -> Result<bool, Error> {
        let at_ms = Timestamp::now().as_millisecond();
        Ok(self.store.note_recording(self.account.key, &row.id, step, at_ms).await?)
    }
}

/// Fetches a content; who has done so, and what is known of it. To a user who may not hear it, it is not there: it is
/// gone when nobody finds it.
async fn by_any<'a>(
    clients: &[&'a Client],
    id: &RecordingId,
    row: &RecordingRow,
    part: &Part,
) -> Result<(&'a Client, Head), Failure> {
    let mut gone = None;
    for client in clients {
        match fetch(client, id, row.content_uri.as_deref(), part).await {
            Ok(head) => return Ok((client, head)),
            Err(failure) if failure.is_gone() => gone = Some(failure),
            Err(failure) if gone.is_some() && failure.is_the_users() => {}
            Err(failure) => return Err(failure),
        }
    }
    Err(gone.unwrap_or(Failure::Unending))
}
