//! Records on their way in.

use callbook_model::{CallRecord, ContentHash, Region, content_hash};

/// A record ready to be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    pub(crate) json: String,
    pub(crate) record: CallRecord,
    pub(crate) hash: ContentHash,
}

/// Something that came as a record and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    pub(crate) json: String,
    pub(crate) reason: String,
}

impl Incoming {
    /// Reads a record's JSON; see [`CallRecord::decode`].
    ///
    /// # Errors
    /// What is no record comes back ready for quarantine.
    pub fn decode(json: &str, home: Region) -> Result<Self, Quarantined> {
        match CallRecord::decode(json, home) {
            Ok(record) => Ok(Self { json: json.to_owned(), record, hash: content_hash(json) }),
            Err(error) => Err(Quarantined { json: json.to_owned(), reason: error.to_string() }),
        }
    }

    /// The narrow part of the record.
    pub fn record(&self) -> &CallRecord {
        &self.record
    }
}

impl Quarantined {
    /// Why it is no record.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}
