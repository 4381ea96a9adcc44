//! The archive behind the Call Log API: what `api` asks of its ports, answered from `store`.

mod apps;
mod limiter;
mod memory;
mod secrets;
mod subscriptions;
mod tokens;

pub use apps::{ArchiveApps, may_sign_in};
pub use limiter::ArchiveLimiter;
pub use secrets::{NewApp, NewCredential, hash_password, random_password};
pub use subscriptions::ArchiveSubscriptions;
pub use tokens::ArchiveTokens;

use callbook_api::PortError;

/// What a port says when what stands behind it has failed.
fn failed(error: impl std::error::Error + Send + Sync + 'static) -> PortError {
    PortError(Box::new(error))
}
