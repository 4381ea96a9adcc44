//! A synthetic company, written against RingCentral's public contract alone.
//!
//! The same [`Config`] gives the same company and the same calls, byte for byte. Nothing here is
//! shared with the code that downloads, stores or serves calls: this crate is the independent truth
//! that those are compared with.

use jiff::Timestamp;

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

/// What an extension is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExtensionKind {
    /// A person.
    User,
    /// A call queue (`Department` in the contract).
    Queue,
    /// An auto-receptionist menu.
    Ivr,
    /// A site.
    Site,
}

/// One extension of the company.
#[derive(Debug, Clone)]
pub struct Extension {
    /// RingCentral's internal id.
    pub id: u64,
    /// The short number people dial, such as `101`.
    pub number: String,
    /// Display name.
    pub name: String,
    /// User, queue, menu or site.
    pub kind: ExtensionKind,
    /// May read the whole company's call log.
    pub admin: bool,
    /// Queues only: the member users' extension ids.
    pub members: Vec<u64>,
    /// The contract's `GetExtensionInfoResponse`; its list form is a subset.
    pub json: serde_json::Value,
}

/// What a call log filter can ask of one record, without the record's JSON being made.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Which call this is: pass it to [`Company::record`].
    pub call: u32,
    /// Whose log it stands in.
    pub scope: Scope,
    /// The record's id within that log.
    pub id: String,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub start_ms: i64,
}
