//! The sandbox's ports, bundled for the server.

use std::sync::Arc;

use callbook_api::{MemorySubscriptions, MemoryTokens, NoAnalytics, OsRandom, PlanLimiter, Ports};

use crate::apps::SandboxApps;
use crate::call_log::SandboxCallLog;
use crate::directory::SandboxDirectory;
use crate::journal::SandboxJournal;
use crate::recordings::SandboxRecordings;
use crate::telephony::SandboxTelephony;
use crate::world::SandboxClock;

pub(crate) struct SandboxPorts {
    pub(crate) call_log: SandboxCallLog,
    pub(crate) recordings: SandboxRecordings,
    pub(crate) directory: SandboxDirectory,
    pub(crate) telephony: SandboxTelephony,
    pub(crate) apps: SandboxApps,
    pub(crate) clock: Arc<SandboxClock>,
    pub(crate) limiter: PlanLimiter,
    pub(crate) tokens: MemoryTokens,
    pub(crate) subscriptions: MemorySubscriptions,
    pub(crate) journal: SandboxJournal,
}

impl Ports for SandboxPorts {
    type CallLog = SandboxCallLog;
    type Recordings = SandboxRecordings;
    type Directory = SandboxDirectory;
    type Telephony = SandboxTelephony;
    type Apps = SandboxApps;
    type Clock = Arc<SandboxClock>;
    type Limiter = PlanLimiter;
    type Tokens = MemoryTokens;
    type Random = OsRandom;
    type Subscriptions = MemorySubscriptions;
    type Journal = SandboxJournal;
    type Analytics = NoAnalytics;

    fn call_log(&self) -> &SandboxCallLog {
        &self.call_log
    }

    fn recordings(&self) -> &SandboxRecordings {
        &self.recordings
    }

    fn directory(&self) -> &SandboxDirectory {
        &self.directory
    }

    fn telephony(&self) -> &SandboxTelephony {
        &self.telephony
    }

    fn apps(&self) -> &SandboxApps {
        &self.apps
    }

    fn clock(&self) -> &Arc<SandboxClock> {
        &self.clock
    }

    fn limiter(&self) -> &PlanLimiter {
        &self.limiter
    }

    fn tokens(&self) -> &MemoryTokens {
        &self.tokens
    }

    fn random(&self) -> &OsRandom {
        &OsRandom
    }

    fn subscriptions(&self) -> &MemorySubscriptions {
        &self.subscriptions
    }

    fn journal(&self) -> &SandboxJournal {
        &self.journal
    }

    fn analytics(&self) -> &NoAnalytics {
        &NoAnalytics
    }
}
