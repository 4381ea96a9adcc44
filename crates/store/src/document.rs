//! Documents: records as they came, compressed.

use std::sync::LazyLock;

use callbook_model::Scope;
use callbook_model::document::Parts;
use rusqlite::{OptionalExtension as _, Row};
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use crate::account::scope_number;
use crate::{AccountKey, Error, Store};

/// Higher levels gain little on texts this short.
const LEVEL: i32 = 3;

/// What records have in common, trained on synthetic ones by `scripts/train-dictionary`: it more than
/// halves texts this short. Its id is in every document compressed with it, so it may get successors
/// but may never change. Every archive holds a copy for readers that are not Callbook.
pub(crate) const DICTIONARY: &[u8] = include_bytes!("../dictionaries/1.zdict");

/// No record is longer; a damaged length must not take the memory.
const LONGEST: usize = 64 << 20;

static ENCODER: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(DICTIONARY, LEVEL));
static DECODER: LazyLock<DecoderDictionary<'static>> =
    LazyLock::new(|| DecoderDictionary::copy(DICTIONARY));

/// A call of the archive with its newest document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedCall {
    /// RingCentral's id.
    pub id: String,
    /// The Detailed record, byte for byte as it came.
    pub json: String,
    /// Upstream said that it was deleted.
    pub deleted: bool,
}

/// One state that a call was seen in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The account's change number.
    pub seq: i64,
    /// When it was received, milliseconds since 1970-01-01T00:00:00Z.
    pub received_ms: i64,
    /// The record as it came.
    pub json: String,
}

/// The two compressed columns of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) simple: Vec<u8>,
    pub(crate) detail: Option<Vec<u8>>,
}

/// Compresses documents one after the other.
pub(crate) struct Packer(Compressor<'static>);

/// Decompresses documents one after the other.
pub(crate) struct Unpacker(Decompressor<'static>);

impl Packer {
    pub(crate) fn new() -> std::io::Result<Self> {
        let mut compressor = Compressor::with_prepared_dictionary(&ENCODER)?;
        // Four bytes a document, so that a flipped bit is noticed when it is read.
        compressor.include_checksum(true)?;
        Ok(Self(compressor))
    }

    pub(crate) fn pack(&mut self, json: &str) -> std::io::Result<Columns> {
        let parts = Parts::split(json);
        let simple = self.compress(&parts.simple)?;
        let detail = parts.detail.map(|detail| self.compress(&detail)).transpose()?;
        Ok(Columns { simple, detail })
    }

    pub(crate) fn compress(&mut self, text: &str) -> std::io::Result<Vec<u8>> {
        self.0.compress(text.as_bytes())
    }
}

impl Columns {
    /// The columns at `place` and the one after it.
    pub(crate) fn from_row(row: &Row<'_>, place: usize) -> rusqlite::Result<Self> {
        Ok(Self { simple: row.get(place)?, detail: row.get(place + 1)? })
    }
}

impl Unpacker {
    pub(crate) fn new() -> std::io::Result<Self> {
        Decompressor::with_prepared_dictionary(&DECODER).map(Self)
    }

    /// The Simple view; `None` if it is damaged.
    pub(crate) fn simple(&mut self, columns: &Columns) -> Option<String> {
        self.text(&columns.simple)
    }

    /// The whole record; `None` if it is damaged.
    pub(crate) fn whole(&mut self, columns: &Columns) -> Option<String> {
        let detail = match &columns.detail {
            Some(detail) => Some(self.text(detail)?),
            None => None,
        };
        Parts { simple: self.simple(columns)?, detail }.join().ok()
    }

    fn text(&mut self, bytes: &[u8]) -> Option<String> {
        let length = zstd::zstd_safe::get_frame_content_size(bytes).ok()??;
        let length = usize::try_from(length).ok().filter(|length| *length <= LONGEST)?;
        String::from_utf8(self.0.decompress(bytes, length).ok()?).ok()
    }
}

impl Store {
    /// One call by RingCentral's id.
    ///
    /// # Errors
    /// When the archive cannot be read, or this record of it is damaged.
    pub async fn call(
        &self,
        account: AccountKey,
        scope: Scope,
        id: &str,
    ) -> Result<Option<ArchivedCall>, Error> {
        let id = id.to_owned();
        let (found, id) = self
            .read(move |connection| {
                let sql = "SELECT v.simple, v.detail, c.deleted
                     FROM call c JOIN version v ON v.version = c.version
                     WHERE c.account = ?1 AND c.scope = ?2 AND c.id = ?3";
                let found = connection
                    .query_row(sql, (account.0, scope_number(scope), &id), |row| {
                        Ok((Columns::from_row(row, 0)?, row.get(2)?))
                    })
                    .optional()?;
                Ok((found, id))
            })
            .await?;
        let Some((columns, deleted)) = found else { return Ok(None) };
        let json = Unpacker::new().map_err(Error::Compressor)?.whole(&columns);
        let json = json.ok_or_else(|| Error::DamagedRecord { id: id.clone() })?;
        Ok(Some(ArchivedCall { id, json, deleted }))
    }

    /// Every state that a call was seen in, newest first; none if there is no such call.
    ///
    /// # Errors
    /// When the archive cannot be read, or one of the states is damaged.
    pub async fn versions(
        &self,
        account: AccountKey,
        scope: Scope,
        id: &str,
    ) -> Result<Vec<Version>, Error> {
        let wanted = id.to_owned();
        let rows: Vec<(i64, i64, Columns)> = self
            .read(move |connection| {
                let sql = "WITH RECURSIVE history (version) AS (
                         SELECT version FROM call WHERE account = ?1 AND scope = ?2 AND id = ?3
                         UNION ALL
                         SELECT v.previous FROM version v JOIN history USING (version)
                         WHERE v.previous IS NOT NULL)
                     SELECT seq, received_ms, simple, detail
                     FROM history JOIN version USING (version) ORDER BY seq DESC";
                let row =
                    |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, Columns::from_row(row, 2)?));
                let parameters = (account.0, scope_number(scope), wanted);
                connection.prepare_cached(sql)?.query_map(parameters, row)?.collect()
            })
            .await?;
        let mut unpacker = Unpacker::new().map_err(Error::Compressor)?;
        rows.into_iter()
            .map(|(seq, received_ms, columns)| {
                let json = unpacker.whole(&columns);
                let json = json.ok_or_else(|| Error::DamagedRecord { id: id.to_owned() })?;
                Ok(Version { seq, received_ms, json })
            })
            .collect()
    }
}
