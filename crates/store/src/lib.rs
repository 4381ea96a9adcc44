//! The archive of call logs: an append-only store of every version of every call.
//!
//! [`Store::commit`] is the one way in: a batch of records, their change numbers and the cursors of
//! the tasks that read them become durable in one transaction, or not at all. Everything else reads.
//!
//! The files of this folder hold what callers see, and what every database has in common; a folder for
//! each database holds how it is done there. What a method promises is written at the [`Store`]'s.

mod account;
mod app;
mod backend;
mod backup;
mod batch;
mod calls;
mod changed;
mod check;
mod crash;
mod directory;
mod document;
mod error;
mod feed;
mod finding;
mod gathering;
mod health;
mod hidden;
mod import;
mod incoming;
mod journal;
mod listed;
mod location;
mod lock;
mod log;
mod names;
mod postgres;
mod purge;
mod quarantine;
mod rate;
mod recording;
mod registration;
mod reindex;
mod seal;
mod session;
mod sessions;
mod sqlite;
mod status;
mod store;
mod stored;
mod value;
mod webhook;

pub use account::{Account, AccountKey, Extension};
pub use app::{AppCredential, RegisteredApp};
pub use batch::{ABSENT_AFTER_MS, Batch, Committed};
pub use calls::{CallFilter, CallRow, Position, View};
pub use changed::ChangedCall;
pub use directory::{Fact, Mirrored, Reading};
pub use document::{ArchivedCall, Cause, Version};
pub use error::Error;
pub use feed::RecordingFeed;
pub use finding::{CheckReport, Finding, FindingKind};
pub use health::Health;
pub use hidden::Hidden;
pub use import::{Imported, Seen, State};
pub use incoming::{Decoder, Incoming, Quarantined};
pub use journal::JournalEntry;
pub use listed::Listed;
pub use location::{Location, LocationError, ServerLocation};
pub use lock::{RecordingLock, SyncLock};
pub use names::Names;
pub use purge::{Purge, PurgeMark, Purged};
pub use quarantine::QuarantineEntry;
pub use rate::Rate;
pub use recording::{
    Kept, RecordingHour, RecordingQuery, RecordingRow, RecordingState, RecordingStep, WantedQuery,
};
pub use registration::{Attempt, Registration, Settings};
pub use seal::{Seal, UpstreamDay};
pub use session::{StoredSession, TokenRows};
pub use sessions::{ChangedSession, SessionChanges, SessionRecord};
pub use sqlite::SQLITE_AT_LEAST;
pub use status::{AccountStatus, Run, Status};
pub use store::{Open, Store};
pub use webhook::StoredWebhook;
