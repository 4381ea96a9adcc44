//! Which files make up an account's tables.

use std::collections::{BTreeMap, HashSet};

use callbook_store::PurgeMark;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::directory::Facts;

/// `manifest.json`: written anew, whole, with every change of the files it names. Files that it does not name are
/// nobody's, and are removed some time later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// Of this file and of the tables' columns.
    pub format: u32,
    /// Rises with each one written.
    pub generation: u64,
    /// What the rows were derived by ([`callbook_interaction::DERIVATION`]).
    pub derivation: u32,
    /// The archive that the rows are from.
    pub archive: String,
    /// All changes up to this number of the archive are in the files.
    pub position: i64,
    /// When the archive received the change of that number, milliseconds since 1970-01-01T00:00:00Z: another one of the
    /// same number came at another moment.
    pub received_ms: Option<i64>,
    /// What was purged up to this mark is not in them.
    pub purged: PurgeMark,
    /// What the directory said, as far as rows depend on it.
    pub facts: Facts,
    /// What else it said when some rows were derived, by an update that did not come to its end.
    #[serde(default)]
    pub mixed: Vec<Facts>,
    /// The rows, each interaction in one segment with all that belongs to it.
    pub segments: Vec<Segment>,
    /// People and queues.
    pub directory: BTreeMap<String, File>,
    /// Files that earlier ones named, by their paths, and when that ended, milliseconds since 1970-01-01T00:00:00Z:
    /// questions may be reading them.
    #[serde(default)]
    pub dropped: BTreeMap<String, i64>,
}

/// Interactions of a month, and what belongs to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Segment {
    /// `2024-01`, UTC.
    pub month: String,
    /// The first interaction's start, milliseconds since 1970-01-01T00:00:00Z.
    pub from_ms: i64,
    /// The last one's.
    pub to_ms: i64,
    /// How many interactions.
    pub sessions: u64,
    /// A file of each table, by the table's name.
    pub files: BTreeMap<String, File>,
}

/// A Parquet file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct File {
    /// Its path beside the manifest.
    pub path: String,
    /// How long it is.
    pub bytes: u64,
    /// How many rows it has.
    pub rows: u64,
    /// Its first and last row's `started`, milliseconds since 1970-01-01T00:00:00Z, if its rows have one.
    pub span_ms: Option<(i64, i64)>,
}

/// What each format has.
#[derive(Deserialize)]
struct Head {
    format: u32,
    generation: u64,
}

/// Of the manifest, and of the columns; an older lake is built anew.
pub(crate) const FORMAT: u32 = 3;

impl Manifest {
    pub(crate) fn empty(archive: &str) -> Self {
        Self {
            format: FORMAT,
            generation: 0,
            derivation: callbook_interaction::DERIVATION,
            archive: archive.to_owned(),
            position: 0,
            received_ms: None,
            purged: PurgeMark::default(),
            facts: Facts::default(),
            mixed: Vec::new(),
            segments: Vec::new(),
            directory: BTreeMap::new(),
            dropped: BTreeMap::new(),
        }
    }

    /// The number of one, of whatever format.
    pub(crate) fn generation(json: &[u8]) -> serde_json::Result<u64> {
        serde_json::from_slice(json).map(|Head { generation, .. }| generation)
    }

    /// Of an older format nothing is read but which, and its number.
    pub(crate) fn read(json: &[u8], archive: &str) -> serde_json::Result<Self> {
        let Head { format, generation } = serde_json::from_slice(json)?;
        match format {
            FORMAT => serde_json::from_slice(json),
            format => Ok(Self { format, generation, ..Self::empty(archive) }),
        }
    }

    /// One without rows, to follow it.
    pub(crate) fn begun_anew(&self) -> Self {
        let mut anew = Self { generation: self.generation, ..Self::empty(&self.archive) };
        anew.drop_those_of(self, Timestamp::now().as_millisecond(), i64::MIN);
        anew
    }

    /// Notes the files that only the one before names; those that were so before a moment are forgotten.
    pub(crate) fn drop_those_of(&mut self, before: &Self, now_ms: i64, forgotten_ms: i64) {
        let mut dropped = before.dropped.clone();
        dropped.extend(before.files().map(|file| (file.path.clone(), now_ms)));
        let named: HashSet<&str> = self.files().map(|file| file.path.as_str()).collect();
        dropped.retain(|path, at_ms| *at_ms >= forgotten_ms && !named.contains(path.as_str()));
        self.dropped = dropped;
    }

    /// Whether its rows are those that would be derived today.
    pub(crate) fn is_of(&self, archive: &str) -> bool {
        self.format == FORMAT
            && self.derivation == callbook_interaction::DERIVATION
            && self.archive == archive
    }

    /// The files of one table.
    pub(crate) fn of_table(&self, table: &str) -> impl Iterator<Item = &File> {
        let rows = self.segments.iter().filter_map(move |segment| segment.files.get(table));
        rows.chain(self.directory.get(table))
    }

    /// All files.
    pub(crate) fn files(&self) -> impl Iterator<Item = &File> {
        self.segments
            .iter()
            .flat_map(|segment| segment.files.values())
            .chain(self.directory.values())
    }
}
