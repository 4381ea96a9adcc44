//! The archive of call logs: an append-only store of every version of every call.
//!
//! [`Store::commit`] is the one way in: a batch of records, their change numbers and the cursor of
//! the task that read them become durable in one transaction, or not at all. Everything else reads.
//!
//! SQLite in WAL mode with `synchronous=FULL`; the shape of the tables is in `migrations/`.

mod account;
mod calls;
mod commit;
mod crash;
mod document;
mod error;
mod incoming;
mod listed;
mod location;
mod lock;
mod open;
mod status;

pub use account::{Account, AccountKey, Extension};
pub use calls::{CallFilter, CallRow, Position};
pub use commit::{Batch, Committed};
pub use document::{ArchivedCall, Version};
pub use error::Error;
pub use incoming::{Decoder, Incoming, Quarantined};
pub use listed::Listed;
pub use location::{Location, LocationError};
pub use lock::SyncLock;
pub use open::{Open, SQLITE_AT_LEAST, Store};
pub use status::{AccountStatus, Run, Status};
