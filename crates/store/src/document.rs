//! Documents: records as they came, compressed.

use std::cell::Cell;
use std::sync::LazyLock;

use callbook_model::Scope;
use callbook_model::document::Parts;
use serde::{Deserialize, Serialize};
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use crate::backend::dispatch;
use crate::calls::View;
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
    /// Why it was written.
    pub cause: Cause,
    /// The record as it came.
    pub json: String,
}

/// Why a version was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// Upstream sent a record that says something new.
    Received,
    /// Upstream lists the call no more: the document is the one before.
    Absent,
    /// The call was absent and is listed again.
    Listed,
    /// A repair fetched the record once more.
    Repaired,
    /// It came from a file that does not say when or why.
    Imported,
}

/// The two compressed columns of a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) simple: Vec<u8>,
    pub(crate) detail: Option<Vec<u8>>,
}

impl Cause {
    /// As the databases have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Absent => "absent",
            Self::Listed => "listed",
            Self::Repaired => "repaired",
            Self::Imported => "imported",
        }
    }

    /// What [`Cause::as_str`] has given; what is none of them was received.
    pub(crate) fn of(text: &str) -> Self {
        let all = [Self::Absent, Self::Listed, Self::Repaired, Self::Imported];
        all.into_iter().find(|cause| cause.as_str() == text).unwrap_or(Self::Received)
    }
}

/// Compresses documents one after the other.
pub(crate) struct Packer(Compressor<'static>);

/// Decompresses documents one after the other.
pub(crate) struct Unpacker(Option<Decompressor<'static>>);

thread_local! {
    /// What the thread's last [`Unpacker`] has left: to make one takes as long as to read a dozen documents.
    static IDLE: Cell<Option<Decompressor<'static>>> = const { Cell::new(None) };
}

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

impl Unpacker {
    pub(crate) fn new() -> std::io::Result<Self> {
        let idle = IDLE.take().map(Ok);
        let made = idle.unwrap_or_else(|| Decompressor::with_prepared_dictionary(&DECODER));
        made.map(|decompressor| Self(Some(decompressor)))
    }

    /// The whole record; `None` if it is damaged.
    pub(crate) fn whole(&mut self, columns: &Columns) -> Option<String> {
        self.view(columns, View::Detailed)
    }

    /// What is wanted of the record; `None` if it is damaged.
    pub(crate) fn view(&mut self, columns: &Columns, view: View) -> Option<String> {
        self.read(&columns.simple, columns.detail.as_deref(), view)
    }

    /// The same, of columns that are still the database's.
    pub(crate) fn read(
        &mut self,
        simple: &[u8],
        detail: Option<&[u8]>,
        view: View,
    ) -> Option<String> {
        let simple = self.text(simple)?;
        match detail.filter(|_| view == View::Detailed) {
            Some(detail) => {
                let detail = Some(self.text(detail)?);
                Parts { simple, detail }.join().ok()
            }
            None => Some(simple),
        }
    }

    /// A text of its own; `None` if it is damaged.
    pub(crate) fn text(&mut self, bytes: &[u8]) -> Option<String> {
        let length = zstd::zstd_safe::get_frame_content_size(bytes).ok()??;
        let length = usize::try_from(length).ok().filter(|length| *length <= LONGEST)?;
        String::from_utf8(self.0.as_mut()?.decompress(bytes, length).ok()?).ok()
    }
}

impl Drop for Unpacker {
    fn drop(&mut self) {
        // A thread that ends needs none.
        let _ = IDLE.try_with(|idle| idle.set(self.0.take()));
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
        dispatch!(self, call(account, scope, id))
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
        dispatch!(self, versions(account, scope, id))
    }
}
