//! What the server needs from whoever starts it.

mod analytics;
mod apps;
mod call_log;
mod clock;
mod directory;
mod journal;
mod limiter;
mod recordings;
mod subscriptions;
mod telephony;
mod tokens;

pub use analytics::{
    Analytics, CallGroup, CallGroups, CallsFilter, CallsQuery, Grouping, Membership, NoAnalytics,
    Week,
};
pub use apps::{App, Apps};
pub use call_log::{CallLog, CallLogPage, Changes, Mark};
pub use clock::{Clock, SystemClock};
pub use directory::Directory;
pub use journal::{Change, ChangeKind, Journal, NoJournal};
pub use limiter::{LimitKey, Limiter, Verdict};
pub use recordings::{ByteStream, Recording, Recordings};
pub use subscriptions::{Blacklisted, Subscription, Subscriptions, Webhook};
pub use telephony::{Availability, NoTelephony, Telephony};
pub use tokens::{FoundSession, KeptSession, NoDigest, TokenChanges, TokenDigest, Tokens};

/// Why a port could not answer; it becomes a 500 and a log line, the text is never sent.
#[derive(Debug, thiserror::Error)]
#[error("what stands behind the API has failed")]
pub struct PortError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// The ports, bundled.
pub trait Ports: Send + Sync + 'static {
    /// Where call records come from.
    type CallLog: CallLog;
    /// Where recordings come from.
    type Recordings: Recordings;
    /// Who works at the company.
    type Directory: Directory;
    /// What is going on.
    type Telephony: Telephony;
    /// Which apps may connect.
    type Apps: Apps;
    /// What time it is.
    type Clock: Clock;
    /// How fast clients may ask.
    type Limiter: Limiter;
    /// Where sessions are kept.
    type Tokens: Tokens;
    /// Where tokens come from.
    type Random: Random;
    /// Where subscriptions are kept.
    type Subscriptions: Subscriptions;
    /// What changed in the call log.
    type Journal: Journal;
    /// Figures about calls.
    type Analytics: Analytics;

    /// Where call records come from.
    fn call_log(&self) -> &Self::CallLog;
    /// Where recordings come from.
    fn recordings(&self) -> &Self::Recordings;
    /// Who works at the company.
    fn directory(&self) -> &Self::Directory;
    /// What is going on.
    fn telephony(&self) -> &Self::Telephony;
    /// Which apps may connect.
    fn apps(&self) -> &Self::Apps;
    /// What time it is.
    fn clock(&self) -> &Self::Clock;
    /// How fast clients may ask.
    fn limiter(&self) -> &Self::Limiter;
    /// Where sessions are kept.
    fn tokens(&self) -> &Self::Tokens;
    /// Where tokens come from.
    fn random(&self) -> &Self::Random;
    /// Where subscriptions are kept.
    fn subscriptions(&self) -> &Self::Subscriptions;
    /// What changed in the call log.
    fn journal(&self) -> &Self::Journal;
    /// Figures about calls.
    fn analytics(&self) -> &Self::Analytics;
}

/// Unpredictable bytes for tokens.
pub trait Random: Send + Sync + 'static {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), PortError>;
}
