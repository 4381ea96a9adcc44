//! The vocabulary of a call log: ids, calls, legs, keys, documents and time spans.
//!
//! Pure code: no I/O, no clock, no randomness. A call record arrives as JSON text and stays text
//! (see [`document`]); [`CallRecord`] is the narrow part of it that an archive indexes.

mod attachment;
mod canonical;
mod directory;
pub mod document;
mod id;
mod key;
mod leg;
pub mod lenient;
mod links;
mod phone;
mod place;
mod projection;
mod record;
mod span;

pub use attachment::{Attachments, Message, Recording};
pub use canonical::{ContentHash, content_hash};
pub use directory::{DirectoryEntry, DirectoryKind, UnknownKind};
pub use id::{AccountId, ExtensionId, Scope, UnknownScope};
pub use key::Key;
pub use leg::{Leg, legs};
pub use links::Links;
pub use phone::{Region, number_key};
pub use place::RecordPlace;
pub use projection::{Projected, project, projected_id, unprojected_id};
pub use record::{CallRecord, DecodeError, Party};
pub use span::Span;
