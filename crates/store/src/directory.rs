//! The directory with dates: what upstream's lists said, and when. A list is mirrored: what it says is compared
//! with what was known, and only what changed is written.

use std::collections::HashMap;

use callbook_model::{DirectoryEntry, DirectoryKind, ExtensionId, content_hash};

use crate::account::number;
use crate::backend::dispatch;
use crate::{AccountKey, Error, Extension, Names, Store, SyncLock};

/// What a look at one of upstream's lists has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Of what the list is.
    pub kind: DirectoryKind,
    /// Whose list: of members a queue's id, of hours an extension's; 0 where there is but one.
    pub part: u64,
    /// What it says. Of several with one id the last counts.
    pub entries: Vec<DirectoryEntry>,
    /// All of it was seen: what is not on it is gone.
    pub complete: bool,
}

/// Something that was so for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Of which list.
    pub kind: DirectoryKind,
    /// Whose list, see [`Reading::part`].
    pub part: u64,
    /// When it was first seen: milliseconds since 1970-01-01T00:00:00Z.
    pub valid_from_ms: i64,
    /// When it was seen to be gone or different; `None` if it is so still.
    pub valid_to_ms: Option<i64>,
    /// What was so.
    pub entry: DirectoryEntry,
}

/// What mirroring has changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mirrored {
    /// What is new, or different from now on.
    pub opened: u64,
    /// What is gone, or was different before.
    pub closed: u64,
}

impl Store {
    /// Takes in what upstream's lists say at a moment (milliseconds since 1970-01-01T00:00:00Z), with how far
    /// the mirroring has come (as [`crate::Batch::cursors`]): all in one transaction. What is unchanged is not
    /// written. A list whose last change was seen at that moment or later, by a clock that was ahead, changes
    /// just after it.
    ///
    /// # Errors
    /// [`Error::TakenOver`], or when the archive cannot be written.
    pub async fn mirror(
        &self,
        lock: &SyncLock,
        at_ms: i64,
        readings: Vec<Reading>,
        cursor: Option<(&'static str, String)>,
    ) -> Result<Mirrored, Error> {
        dispatch!(self, mirror(lock, at_ms, readings, cursor))
    }

    /// What the lists of a kind said at a moment (milliseconds since 1970-01-01T00:00:00Z), by list, number and
    /// id. Before the first look at a list counts what that look has shown.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn directory_at(
        &self,
        account: AccountKey,
        kind: DirectoryKind,
        at_ms: i64,
    ) -> Result<Vec<Fact>, Error> {
        dispatch!(self, directory_at(account, kind, at_ms))
    }

    /// Everything that the lists of a kind ever said, by list, id and time.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn directory_history(
        &self,
        account: AccountKey,
        kind: DirectoryKind,
    ) -> Result<Vec<Fact>, Error> {
        dispatch!(self, directory_history(account, kind))
    }

    /// The names of an account's extensions, at any time.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn names(&self, account: AccountKey) -> Result<Names, Error> {
        Ok(Names::of(self.directory_history(account, DirectoryKind::Extension).await?))
    }

    /// Writes facts of another archive, in one transaction; what is there already stays as it is.
    ///
    /// # Errors
    /// [`Error::TakenOver`], or when the archive cannot be written.
    pub async fn import_facts(&self, lock: &SyncLock, facts: Vec<Fact>) -> Result<(), Error> {
        dispatch!(self, import_facts(lock, facts))
    }
}

impl From<Extension> for DirectoryEntry {
    fn from(Extension { id, number, name, kind }: Extension) -> Self {
        let json = serde_json::json!({
            "id": id, "extensionNumber": number, "name": name, "type": kind,
        });
        let (id, extension, json) = (id.to_string(), Some(id), json.to_string());
        Self { id, number, name, r#type: kind, extension, json, ..Self::default() }
    }
}

/// What is known of an entry of a list.
#[derive(Debug)]
pub(crate) struct Known {
    /// What it says; empty if only what is shown was ever known.
    pub(crate) hash: Vec<u8>,
    /// Number, name and type.
    pub(crate) shown: [Option<String>; 3],
}

/// What a look has changed.
#[derive(Debug, Default)]
pub(crate) struct Difference<'a> {
    /// Ids of what is gone, or is different now.
    pub(crate) close: Vec<String>,
    /// What is new, or different.
    pub(crate) open: Vec<Row<'a>>,
    /// What is the same as far as was known, and now known in full.
    pub(crate) complete: Vec<Row<'a>>,
}

/// An entry, and what it says.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(crate) entry: &'a DirectoryEntry,
    pub(crate) hash: Vec<u8>,
}

impl Row<'_> {
    pub(crate) fn of(entry: &DirectoryEntry) -> Row<'_> {
        Row { entry, hash: content_hash(&entry.json).0.to_vec() }
    }

    pub(crate) fn extension(&self) -> Option<i64> {
        self.entry.extension.map(|id| number(id.0))
    }
}

impl<'a> Difference<'a> {
    pub(crate) fn of(reading: &'a Reading, mut known: HashMap<String, Known>) -> Self {
        let mut difference = Self::default();
        let by_id: HashMap<&str, &DirectoryEntry> =
            reading.entries.iter().map(|entry| (entry.id.as_str(), entry)).collect();
        for entry in by_id.into_values() {
            let row = Row::of(entry);
            match known.remove(&entry.id) {
                Some(known) if known.hash == row.hash => {}
                Some(known) if known.hash.is_empty() && known.shows(entry) => {
                    difference.complete.push(row);
                }
                Some(_) => {
                    difference.close.push(entry.id.clone());
                    difference.open.push(row);
                }
                None => difference.open.push(row),
            }
        }
        if reading.complete {
            difference.close.extend(known.into_keys());
        }
        difference
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.close.is_empty() && self.open.is_empty() && self.complete.is_empty()
    }

    pub(crate) fn counted(&self) -> Mirrored {
        Mirrored { opened: self.open.len() as u64, closed: self.close.len() as u64 }
    }
}

impl Known {
    fn shows(&self, entry: &DirectoryEntry) -> bool {
        [&entry.number, &entry.name, &entry.r#type].into_iter().eq(&self.shown)
    }
}

impl std::ops::AddAssign for Mirrored {
    fn add_assign(&mut self, other: Self) {
        self.opened += other.opened;
        self.closed += other.closed;
    }
}

/// The columns of a fact `d`, in every database.
macro_rules! fact_columns {
    () => {
        "d.part, d.valid_from_ms, d.valid_to_ms, d.id, d.number, d.name, d.type, d.status,
         d.department, d.extension, d.site, d.json"
    };
}

pub(crate) use fact_columns;

/// What the column `extension` was given.
pub(crate) fn extension_of(column: Option<i64>) -> Option<ExtensionId> {
    column.map(|id| ExtensionId(id.cast_unsigned()))
}
