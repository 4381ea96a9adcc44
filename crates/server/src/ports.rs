//! The archive's ports, bundled for the server.

use std::sync::Arc;

use callbook_api::{
    Analytics, Apps, Limiter, NoTelephony, OsRandom, Ports, Subscriptions, SystemClock, Tokens,
};

use crate::call_log::ArchiveCallLog;
use crate::directory::ArchiveDirectory;
use crate::journal::ArchiveJournal;
use crate::recordings::ArchiveRecordings;

/// An account of an archive, for apps, sessions and limits that are kept somewhere.
pub struct ArchivePorts<A, T, L, S, N> {
    /// Its calls.
    pub call_log: ArchiveCallLog,
    /// Its recordings.
    pub recordings: ArchiveRecordings,
    /// Its people.
    pub directory: ArchiveDirectory,
    /// The apps that may connect.
    pub apps: A,
    /// Their sessions.
    pub tokens: T,
    /// How fast they may ask.
    pub limiter: Arc<L>,
    /// Whom to tell of what happens.
    pub subscriptions: S,
    /// What changes.
    pub journal: ArchiveJournal,
    /// Figures about its calls.
    pub analytics: N,
}

impl<A, T, L, S, N> Ports for ArchivePorts<A, T, L, S, N>
where
    A: Apps,
    T: Tokens,
    L: Limiter,
    S: Subscriptions,
    N: Analytics,
{
    type CallLog = ArchiveCallLog;
    type Recordings = ArchiveRecordings;
    type Directory = ArchiveDirectory;
    type Telephony = NoTelephony;
    type Apps = A;
    type Clock = SystemClock;
    type Limiter = L;
    type Tokens = T;
    type Random = OsRandom;
    type Subscriptions = S;
    type Journal = ArchiveJournal;
    type Analytics = N;

    fn call_log(&self) -> &ArchiveCallLog {
        &self.call_log
    }

    fn recordings(&self) -> &ArchiveRecordings {
        &self.recordings
    }

    fn directory(&self) -> &ArchiveDirectory {
        &self.directory
    }

    fn telephony(&self) -> &NoTelephony {
        &NoTelephony
    }

    fn apps(&self) -> &A {
        &self.apps
    }

    fn clock(&self) -> &SystemClock {
        &SystemClock
    }

    fn limiter(&self) -> &L {
        &self.limiter
    }

    fn tokens(&self) -> &T {
        &self.tokens
    }

    fn random(&self) -> &OsRandom {
        &OsRandom
    }

    fn subscriptions(&self) -> &S {
        &self.subscriptions
    }

    fn journal(&self) -> &ArchiveJournal {
        &self.journal
    }

    fn analytics(&self) -> &N {
        &self.analytics
    }
}
