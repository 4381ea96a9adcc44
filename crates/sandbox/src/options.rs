//! What a sandbox is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use callbook_api::{AppScope, Plan};
use jiff::{SignedDuration, Timestamp};

use crate::error::Error;
use crate::fault::FaultSpec;

/// Where the sandbox listens unless told otherwise.
pub const DEFAULT_PORT: u16 = 8710;
/// Records in the account's call log.
pub const DEFAULT_CALLS: u32 = 20_000;
/// User extensions.
pub const DEFAULT_USERS: u32 = 25;
/// Everything random is drawn from this.
pub const DEFAULT_SEED: u64 = 1;
/// 2023-12-01T00:00:00Z, before which no call starts: earlier than January 2024, which public samples ask for.
pub const DEFAULT_FROM: Timestamp = Timestamp::constant(1_701_388_800, 0);

/// Days that recordings are kept for unless told otherwise: as many as upstream.
pub const DEFAULT_RECORDING_DAYS: u32 = 90;
/// Automatic recordings that are kept unless told otherwise: as many as upstream.
pub const DEFAULT_RECORDING_CAP: u32 = 100_000;

/// What the apps are registered with unless told otherwise: all that deletes nothing.
pub const DEFAULT_SCOPES: [AppScope; 8] = [
    AppScope::ReadAccounts,
    AppScope::ReadCallLog,
    AppScope::ReadCallRecording,
    AppScope::ReadPresence,
    AppScope::CallControl,
    AppScope::SubscriptionWebhook,
    AppScope::WebSocket,
    AppScope::Analytics,
];
/// For how long a lost answer to a refresh can be asked for again, unless told otherwise.
pub const DEFAULT_REFRESH_GRACE: Duration = Duration::from_secs(60);

/// The fewest users that a company with queues and transfers can do with.
const MIN_USERS: u32 = 4;

/// The longest time from the end of a call to its record.
const SETTLING: SignedDuration = SignedDuration::from_secs(30);

/// Which company is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyOptions {
    /// Records in the account's call log, exactly.
    pub calls: u32,
    /// User extensions.
    pub users: u32,
    /// No call starts before this moment.
    pub from: Timestamp,
    /// No call ends after this one; `None` is 30 s before the sandbox starts, so that all of them have shown up.
    pub until: Option<Timestamp>,
    /// Equal seeds give equal companies and equal credentials.
    pub seed: u64,
}

impl Default for CompanyOptions {
    fn default() -> Self {
        Self {
            calls: DEFAULT_CALLS,
            users: DEFAULT_USERS,
            from: DEFAULT_FROM,
            until: None,
            seed: DEFAULT_SEED,
        }
    }
}

impl CompanyOptions {
    /// The moment after which no call ends, in a sandbox started at `now`.
    #[must_use]
    pub fn until(&self, now: Timestamp) -> Timestamp {
        self.until.unwrap_or_else(|| now.checked_sub(SETTLING).unwrap_or(now))
    }

    /// Whether there can be such a company.
    pub(crate) fn check(&self, now: Timestamp) -> Result<(), Error> {
        let until = self.until(now);
        if self.users < MIN_USERS {
            return Err(Error::TooFewUsers { users: self.users, minimum: MIN_USERS });
        }
        if self.from >= until {
            return Err(Error::EmptyPeriod { from: self.from, until });
        }
        Ok(())
    }

    /// The company's configuration, once it is known where it is served.
    pub(crate) fn config(
        &self,
        server_url: String,
        media_url: String,
        now: Timestamp,
    ) -> callbook_synth::Config {
        callbook_synth::Config {
            seed: self.seed,
            users: self.users,
            calls: self.calls,
            from: self.from,
            until: self.until(now),
            server_url,
            media_url,
        }
    }
}

/// What a sandbox is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 takes any free port.
    pub listen: SocketAddr,
    /// Which company.
    pub company: CompanyOptions,
    /// How fast clients may ask.
    pub plan: Plan,
    /// Calls that go on being made each minute.
    pub live_per_minute: Option<u32>,
    /// Days that records are kept for; for ever unless it is given.
    pub retention_days: Option<u32>,
    /// Days that recordings are kept for after their call; `None` for as long as the call's record.
    pub recording_days: Option<u32>,
    /// Automatic recordings that are kept, the newest ones; `None` for all of them.
    pub recording_cap: Option<u32>,
    /// The host name that recordings' sounds are said to be at, such as `localhost`; unless it is given, the same as
    /// of everything else. It has to lead to the sandbox.
    pub media_host: Option<String>,
    /// What the apps are registered with.
    pub scopes: Vec<AppScope>,
    /// How long a refresh token may be shown again by whoever never got the answer, as long as what it was
    /// exchanged for is unused. Nobody says that RingCentral has such a grace; zero is the worst case.
    pub refresh_grace: Duration,
    /// Whether it offers what RingCentral does not: subscriptions to changes of the call log.
    pub extensions: bool,
    /// What goes wrong on purpose.
    pub faults: Vec<FaultSpec>,
    /// Where to write the address and credentials, as `NAME=value` lines.
    pub env_file: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT)),
            company: CompanyOptions::default(),
            plan: Plan::DEFAULT,
            live_per_minute: None,
            retention_days: None,
            recording_days: Some(DEFAULT_RECORDING_DAYS),
            recording_cap: Some(DEFAULT_RECORDING_CAP),
            media_host: None,
            scopes: DEFAULT_SCOPES.to_vec(),
            refresh_grace: DEFAULT_REFRESH_GRACE,
            extensions: false,
            faults: Vec::new(),
            env_file: None,
        }
    }
}
