//! The archive behind the Call Log API: what `api` asks of its ports, answered from `store`.
//!
//! [`Archive`] is one account of an archive, and who works there; a file a port answers from it. What was stored
//! stays as it was received: texts are sent on with nothing changed but where their links lead.

mod apps;
mod archive;
mod call_log;
mod directory;
mod journal;
mod limiter;
mod memory;
mod ports;
mod recordings;
mod secrets;
mod serve;
mod shell;
mod staff;
mod subscriptions;
mod tokens;

pub use apps::{ArchiveApps, email, may_sign_in};
pub use archive::{Addresses, Archive};
pub use call_log::ArchiveCallLog;
pub use directory::ArchiveDirectory;
pub use journal::ArchiveJournal;
pub use limiter::ArchiveLimiter;
pub use ports::ArchivePorts;
pub use recordings::ArchiveRecordings;
pub use secrets::{NewApp, NewCredential, hash_password, random_password};
pub use serve::Serving;
pub use shell::shell;
pub use staff::permissions_of;
pub use subscriptions::ArchiveSubscriptions;
pub use tokens::ArchiveTokens;

use callbook_api::PortError;

/// What a port says when what stands behind it has failed.
fn failed(error: impl std::error::Error + Send + Sync + 'static) -> PortError {
    PortError(Box::new(error))
}
