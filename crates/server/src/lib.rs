//! The archive behind the Call Log API: what `api` asks of its ports, answered from `store`.
//!
//! [`Archive`] is one account of an archive, and who works there; a file a port answers from it. What was stored
//! stays as it was received: texts are sent on with nothing changed but where their links lead.

mod archive;
mod call_log;
mod directory;
mod ports;
mod recordings;
mod shell;
mod staff;

pub use archive::{Addresses, Archive};
pub use call_log::ArchiveCallLog;
pub use directory::ArchiveDirectory;
pub use ports::ArchivePorts;
pub use recordings::ArchiveRecordings;
pub use shell::shell;

use callbook_api::PortError;

/// What a port says when what stands behind it has failed.
fn failed(error: impl std::error::Error + Send + Sync + 'static) -> PortError {
    PortError(Box::new(error))
}
