//! Records on their way in.

use callbook_model::{CallRecord, ContentHash, Region, content_hash};

use crate::Error;
use crate::document::{Columns, Packer};

/// A record ready to be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    pub(crate) record: CallRecord,
    pub(crate) hash: ContentHash,
    pub(crate) columns: Columns,
}

/// Something that came as a record and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    pub(crate) json: String,
    pub(crate) reason: String,
}

/// Reads and compresses records: everything that can be done before the archive is asked.
pub struct Decoder {
    home: Region,
    packer: Packer,
}

impl Decoder {
    /// Numbers without a country code will be taken as `home`'s.
    ///
    /// # Errors
    /// When there is no memory for the compressor.
    pub fn new(home: Region) -> Result<Self, Error> {
        Ok(Self { home, packer: Packer::new().map_err(Error::Compressor)? })
    }

    /// Reads a record's JSON; see [`CallRecord::decode`]. What is no record comes back ready for
    /// quarantine.
    ///
    /// # Errors
    /// When there is no memory to compress it.
    pub fn decode(&mut self, json: &str) -> Result<Result<Incoming, Quarantined>, Error> {
        Ok(match CallRecord::decode(json, self.home) {
            Ok(record) => {
                let columns = self.packer.pack(json).map_err(Error::Compressor)?;
                Ok(Incoming { record, hash: content_hash(json), columns })
            }
            Err(error) => Err(Quarantined { json: json.to_owned(), reason: error.to_string() }),
        })
    }
}

impl Incoming {
    /// The narrow part of the record.
    pub fn record(&self) -> &CallRecord {
        &self.record
    }
}

impl Quarantined {
    /// Something that came from elsewhere: JSON, and why it is no record.
    pub fn new(json: String, reason: String) -> Self {
        Self { json, reason }
    }

    /// Why it is no record.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}
