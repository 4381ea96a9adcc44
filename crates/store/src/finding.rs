//! What a check of the archive can find.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckReport {
    /// Calls that were looked at.
    pub calls: u64,
    /// Versions of them.
    pub versions: u64,
    /// Sealed days that were computed again and compared.
    pub seals: u64,
    /// Sealed days that were changed by later commits, and wait for a new seal.
    pub stale: u64,
    /// Sealed days from which calls were purged: only the chain was looked at.
    pub purged: u64,
    /// Versions that cannot be read, and were replaced by what upstream had when they were repaired.
    #[serde(default)]
    pub replaced: u64,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of thing.
    pub kind: FindingKind,
    /// The day (UTC) concerned.
    pub day: Option<Date>,
    /// The call concerned.
    pub id: Option<String>,
    /// In words.
    pub what: String,
}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A document cannot be read: a repair fetches it again.
    Document,
    /// A document is not the one that was taken in: its hash is another.
    Hash,
    /// A call's columns are not what its document says: reindex.
    Columns,
    /// What the call can be found by is not what its document says: reindex.
    Postings,
    /// A version is missing, or leads to no call.
    Chain,
    /// Change numbers are missing.
    Numbers,
    /// A sealed day is not what it was.
    Seal,
    /// The chain of seals is broken.
    SealChain,
}
