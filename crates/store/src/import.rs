//! Taking in what another archive, or a file, has of calls.

use callbook_model::Scope;
use serde::Serialize;

use crate::backend::dispatch;
use crate::document::Unpacker;
use crate::stored::StoredVersion;
use crate::{Cause, Error, Incoming, Store, SyncLock};

/// A state of a call that was seen elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The record.
    pub incoming: Incoming,
    /// Where and when. Without that nobody knows whether it is older than what the archive has of the call:
    /// then it goes in only if the archive has nothing, as [`Cause::Imported`].
    pub seen: Option<Seen>,
}

/// What the archive that had a state says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// When it was received, milliseconds since 1970-01-01T00:00:00Z.
    pub received_ms: i64,
    /// Why it was written.
    pub cause: Cause,
    /// Which of the call's states it is: 1, 2, 3 … Two may be the same in all else: what was edited and
    /// edited back within a second, which is what servers count in.
    pub version: i64,
}

/// What became of states.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// In the archive now.
    pub added: u64,
    /// Of calls that the archive has, and had in this state.
    pub known: u64,
    /// Of calls of which the archive has a newer state, and never had this one. Versions are written in the
    /// order of time, so these stay out.
    pub outdated: u64,
}

impl std::ops::AddAssign for Imported {
    fn add_assign(&mut self, other: Self) {
        self.added += other.added;
        self.known += other.known;
        self.outdated += other.outdated;
    }
}

impl Store {
    /// Takes states in, in their order, in one transaction: no call may have two of them. Nothing that is in
    /// the archive is replaced or removed, and what was taken in before is not taken in again.
    ///
    /// # Errors
    /// [`Error::TakenOver`], or when the archive cannot be read or written. Either way nothing is in.
    pub async fn import(
        &self,
        lock: &SyncLock,
        scope: Scope,
        states: Vec<State>,
        now_ms: i64,
    ) -> Result<Imported, Error> {
        dispatch!(self, import(lock, scope, states, now_ms))
    }
}

impl State {
    /// Whether it goes after the versions that a known call has, newest first; if not, it is counted.
    pub(crate) fn goes_on(
        &self,
        versions: &[StoredVersion],
        unpacker: &mut Unpacker,
        imported: &mut Imported,
    ) -> bool {
        let Some(Seen { received_ms, cause, version }) = self.seen else {
            imported.known += 1;
            return false;
        };
        // The same text may be compressed differently by another version of the compressor.
        let columns = &self.incoming.columns;
        let mut is_this = |stored: &StoredVersion| {
            (stored.received_ms, stored.cause) == (received_ms, cause)
                && (stored.columns == *columns
                    || unpacker.whole(&stored.columns) == unpacker.whole(columns))
        };
        let newer = versions.first().is_none_or(|newest| received_ms >= newest.received_ms);
        let is_next = version == versions.len() as i64 + 1;
        let known = versions.first().is_some_and(&mut is_this)
            || !(is_next && newer) && versions.iter().any(is_this);
        imported.known += u64::from(known);
        imported.outdated += u64::from(!known && !newer);
        !known && newer
    }

    /// When it was received, and why it is written.
    pub(crate) fn as_written(&self, now_ms: i64) -> (i64, Cause) {
        self.seen.map_or((now_ms, Cause::Imported), |seen| (seen.received_ms, seen.cause))
    }
}
