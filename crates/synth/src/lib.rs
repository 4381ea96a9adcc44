//! A synthetic company, written against RingCentral's public contract alone.
//!
//! The same [`Config`] gives the same company and the same calls, byte for byte. Nothing here is
//! shared with the code that downloads, stores or serves calls: this crate is the independent truth
//! that those are compared with.
//!
//! A call's record is never kept. What is kept is when it starts; everything else is drawn again
//! from the seed whenever it is asked for:
//!
//! ```text
//! schedule ──▶ plan ──▶ view ──▶ facts    what a filter needs
//! (starts)   (legs)   (whose log)  └▶ render  the record's JSON text
//! ```

mod audio;
mod call;
mod company;
mod draw;
mod entries;
mod facts;
mod ids;
mod phone;
mod plan;
mod render;
mod scenario;
mod schedule;
mod session;
mod terms;
mod traffic;
mod view;

use jiff::Timestamp;

pub use audio::Audio;
pub use call::{Call, Extra};
pub use company::{Company, Extension, ExtensionKind, Recording};
pub use entries::{Entries, Entry};
pub use facts::Facts;
pub use ids::RecordId;
pub use scenario::{Scenario, UnknownScenario};
pub use session::{Engagement, Happening, Session};
pub use terms::{CallType, Direction, RecordingMode, Transport};

/// What makes a company. Equal configurations give equal bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Everything random is drawn from this.
    pub seed: u64,
    /// User extensions, at least 4.
    pub users: u32,
    /// Records in the account-level call log, exactly.
    pub calls: u32,
    /// No call starts before this moment …
    pub from: Timestamp,
    /// … nor ends after this one.
    pub until: Timestamp,
    /// Where every `uri` points, without a trailing slash, such as `http://127.0.0.1:8710`.
    pub server_url: String,
    /// Where the `contentUri` of a recording points: upstream has another host for them.
    pub media_url: String,
}

/// The two levels of detail of a call record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Without `legs`, `billing` and `lastModifiedTime`.
    Simple,
    /// Everything.
    Detailed,
}

/// Whose call log a record is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// `/restapi/v1.0/account/~/call-log`
    Account,
    /// `/restapi/v1.0/account/~/extension/{id}/call-log`
    Extension(u64),
}
