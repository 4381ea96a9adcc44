//! The lake: an account's tables in files, brought up to date from the archive.

mod renewal;

use std::collections::HashSet;
use std::sync::Arc;

use callbook_store::{Account, PurgeMark, SessionChanges, Store};
use datafusion::prelude::SessionContext;
use futures_util::future::try_join;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;

use crate::directory::Directory;
use crate::manifest::{File, Manifest, Segment};
use crate::parquet::Writer;
use crate::segment::Shelf;
use crate::staged::Staged;
use crate::staging::{Batch, Steps, spilled};
use crate::table::{DIRECTORY, TABLES};
use crate::{Access, Error, Limits, Place, Tables, context, crash, staging, table};

/// A month has no more small segments than this; more are merged.
const SMALL_SEGMENTS: usize = 4;

/// Files that are merged at a time without being sorted first: as many as a month has small ones, and those of a commit.
const MERGED: usize = 16;

/// A segment with this many interactions is not small.
const LARGE: u64 = 1_000_000;

/// Rows of a session are found this far around its records' starts: none lasts longer.
pub(crate) const REACH: SignedDuration = SignedDuration::from_hours(48);

/// An account's tables.
pub struct Lake {
    store: Store,
    account: Account,
    place: Place,
    holidays: Vec<Date>,
    /// For its own work, not for questions.
    context: SessionContext,
}

/// An account's tables as they were found.
pub struct Snapshot<'a> {
    lake: &'a Lake,
    manifest: Manifest,
    behind: i64,
    is_purged: bool,
    directory: Arc<Directory>,
}

/// What files there are.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Extent {
    /// All changes up to this number are in the files.
    pub position: i64,
    /// How many interactions.
    pub interactions: u64,
    /// How many files.
    pub files: u64,
    /// How long they are together.
    pub bytes: u64,
}

impl Lake {
    /// The tables of an account, with their files at a place; `holidays` are days on which nobody is there.
    ///
    /// # Errors
    /// When questions can have no room on the disk.
    pub fn new(
        store: Store,
        account: Account,
        place: Place,
        holidays: Vec<Date>,
    ) -> Result<Self, Error> {
        let context = context::for_merging(&place, MERGED)?;
        Ok(Self { store, account, place, holidays, context })
    }

    /// The files and the directory as they are now.
    ///
    /// # Errors
    /// When the archive or the manifest cannot be read.
    pub async fn snapshot(&self) -> Result<Snapshot<'_>, Error> {
        let manifest = self.manifest().await?;
        let behind = self.newest().await? - manifest.position;
        let purges = self.store.purges(self.account.key, manifest.purged).await?;
        let directory = Arc::new(self.directory().await?);
        Ok(Snapshot { lake: self, manifest, behind, is_purged: !purges.is_empty(), directory })
    }

    /// [`Snapshot::tables`] of now.
    ///
    /// # Errors
    /// When the archive or the files cannot be read.
    pub async fn tables(&self, limits: &Limits, access: &Access) -> Result<Tables, Error> {
        self.snapshot().await?.tables(limits, access).await
    }

    /// Brings the files up to date. If some are gone, or cut off, all are made anew.
    ///
    /// # Errors
    /// When another process does, the archive cannot be read, or the files not be written.
    pub async fn update(&self, progress: &mut (dyn FnMut(u64) + Send)) -> Result<Extent, Error> {
        let _lock = self.store.lock_lake(self.account.key).await?;
        let mut manifest = self.manifest().await?;
        if !manifest.files().all(|file| self.place.is_whole(file)) {
            manifest = manifest.begun_anew();
        }
        let directory = Arc::new(self.directory().await?);
        let facts = directory.facts();
        if facts != manifest.facts && !manifest.mixed.contains(&facts) {
            manifest.mixed.push(facts);
        }
        self.purge(&mut manifest, &directory).await?;
        self.revise(&mut manifest, &directory).await?;
        let changes = self.changes(manifest.position, i64::MAX);
        self.write(manifest, &directory, changes, progress).await
    }

    /// Fills empty tables with sessions that the archive does not have: for benchmarks.
    ///
    /// # Errors
    /// As [`Lake::update`].
    pub async fn fill(
        &self,
        sessions: mpsc::Receiver<Result<SessionChanges, Error>>,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<Extent, Error> {
        let _lock = self.store.lock_lake(self.account.key).await?;
        let generation = self.generation().await?;
        let archive = self.store.archive_id().await?;
        let mut manifest = Manifest { generation, ..Manifest::empty(&archive) };
        let directory = Arc::new(self.directory().await?);
        manifest.facts = directory.facts();
        self.write(manifest, &directory, sessions, progress).await
    }

    async fn write(
        &self,
        mut manifest: Manifest,
        directory: &Arc<Directory>,
        changes: mpsc::Receiver<Result<SessionChanges, Error>>,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<Extent, Error> {
        let mut done = 0;
        let mut count = |sessions| {
            done += sessions;
            progress(done);
        };
        let (place, position) = (&self.place, manifest.position);
        let mut steps = Steps::of(changes, Arc::clone(directory));
        let mut batch = staging::next(&mut steps, position, place, &mut count).await?;
        while batch.is_full() {
            let Batch { staged, position } = batch;
            let following = staging::next(&mut steps, position, place, &mut count);
            let committing = self.commit(&mut manifest, staged, position, None);
            (batch, _) = try_join(following, committing).await?;
        }
        self.commit(&mut manifest, batch.staged, batch.position, Some(directory)).await?;
        self.sweep(&manifest).await?;
        Ok(extent(&manifest))
    }

    fn changes(&self, position: i64, until: i64) -> mpsc::Receiver<Result<SessionChanges, Error>> {
        staging::changes(self.store.clone(), self.account.key, position, until)
    }

    /// Where its files are.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What files there are.
    ///
    /// # Errors
    /// When the manifest cannot be read.
    pub async fn extent(&self) -> Result<Extent, Error> {
        Ok(extent(&self.manifest().await?))
    }

    /// The number of the archive's newest change.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn newest(&self) -> Result<i64, Error> {
        Ok(self.store.newest_seq(self.account.key).await?)
    }

    /// How many changes the files do not have yet.
    ///
    /// # Errors
    /// When the archive or the manifest cannot be read.
    pub async fn behind(&self) -> Result<i64, Error> {
        Ok(self.newest().await? - self.manifest().await?.position)
    }

    /// Where outside readers find the files of a table.
    ///
    /// # Errors
    /// [`Error::NoTable`], or when the manifest cannot be read.
    pub async fn files(&self, table: &str) -> Result<Vec<String>, Error> {
        if !TABLES.contains(&table) && !DIRECTORY.contains(&table) {
            return Err(Error::NoTable { name: table.to_owned() });
        }
        let manifest = self.manifest().await?;
        let files = manifest.of_table(table);
        Ok(files.map(|file| self.place.outside(&file.path)).collect())
    }

    /// Statements that make the files views of DuckDB, and `local` a function of it.
    ///
    /// # Errors
    /// When the manifest cannot be read.
    pub async fn views(&self) -> Result<Vec<String>, Error> {
        let manifest = self.manifest().await?;
        let local = "CREATE MACRO local(moment, zone) AS timezone(zone, moment);";
        let mut statements = vec![local.to_owned()];
        for table in TABLES.iter().chain(&DIRECTORY) {
            let outside = |file: &File| self.place.outside(&file.path).replace('\'', "''");
            let files: Vec<_> = manifest.of_table(table).map(outside).collect();
            if !files.is_empty() {
                let list = files.join("', '");
                statements.push(format!(
                    "CREATE VIEW {table} AS SELECT * FROM read_parquet(['{list}']);"
                ));
            }
        }
        Ok(statements)
    }

    fn shelf<'a>(&'a self, folder: &'a str) -> Shelf<'a> {
        Shelf { place: &self.place, folder, context: &self.context }
    }

    /// Writes what is staged, and then the manifest that names it.
    async fn commit(
        &self,
        manifest: &mut Manifest,
        staged: Staged,
        position: i64,
        directory: Option<&Directory>,
    ) -> Result<(), Error> {
        let staged = spilled(staged, &self.place, 0).await?;
        let folder = Shelf::folder(&self.account);
        let shelf = self.shelf(&folder);
        let mut next = manifest.clone();
        self.retract(&shelf, &mut next, &staged).await?;
        for month in staged.months() {
            next.segments.extend(shelf.put(&staged, month).await?);
            compact(&shelf, &mut next, &month.to_string()).await?;
        }
        if let Some(directory) = directory {
            for (name, rows) in table::of_directory(directory) {
                let mut file = Writer::new(&self.place, rows.schema())?;
                file.write(&rows)?;
                let (of, there) = (format!("{folder}/{name}"), next.directory.get(name));
                let file = file.publish(&self.place, (&of, name), there).await?;
                next.directory.insert(name.to_owned(), file);
            }
        }
        next.position = position;
        next.received_ms = self.store.received_ms(self.account.key, position).await?;
        next.generation += 1;
        next.segments.sort_by(|a, b| (&a.month, a.from_ms).cmp(&(&b.month, b.from_ms)));
        let now_ms = Timestamp::now().as_millisecond();
        next.drop_those_of(manifest, now_ms, now_ms - self.place.kept.as_millis() as i64);
        let json = serde_json::to_vec_pretty(&next).expect("a manifest is JSON");
        crash::point(crash::COMMITTING);
        // The lock does not hold where its connection to the database has broken.
        if self.generation().await? != manifest.generation {
            return Err(Error::Overtaken);
        }
        self.place.write(&self.manifest_path(), json).await?;
        crash::point(crash::COMMITTED);
        *manifest = next;
        Ok(())
    }

    /// Takes the rows of sessions out of the files that other rows are staged for.
    async fn retract(
        &self,
        shelf: &Shelf<'_>,
        manifest: &mut Manifest,
        staged: &Staged,
    ) -> Result<(), Error> {
        for segment in std::mem::take(&mut manifest.segments) {
            let sessions = touched(&segment, staged);
            if sessions.is_empty() || !shelf.has(&segment, &sessions).await? {
                manifest.segments.push(segment);
            } else {
                manifest.segments.extend(shelf.merge(&[&segment], &sessions).await?);
            }
        }
        Ok(())
    }

    async fn sweep(&self, manifest: &Manifest) -> Result<(), Error> {
        let named = manifest.files().map(|file| file.path.as_str());
        let wanted: HashSet<&str> =
            named.chain(manifest.dropped.keys().map(String::as_str)).collect();
        let folder = Shelf::folder(&self.account);
        self.place.sweep(&folder, |path| wanted.contains(path)).await
    }

    /// The manifest; an empty one, if there is none or its rows are not those of today.
    async fn manifest(&self) -> Result<Manifest, Error> {
        let archive = self.store.archive_id().await?;
        let path = self.manifest_path();
        let Some(bytes) = self.place.read(&path).await? else {
            return Ok(Manifest::empty(&archive));
        };
        let read = Manifest::read(&bytes, &archive)
            .map_err(|source| Error::Manifest { object: path, source })?;
        if read.is_of(&archive) && self.has_lived_on(&read).await? {
            return Ok(read);
        }
        Ok(Manifest { archive, ..read }.begun_anew())
    }

    /// The number of the manifest that is there.
    async fn generation(&self) -> Result<u64, Error> {
        let path = self.manifest_path();
        let Some(bytes) = self.place.read(&path).await? else { return Ok(0) };
        let read = Manifest::generation(&bytes);
        read.map_err(|source| Error::Manifest { object: path, source })
    }

    /// Whether the archive is later than the files. One that was put back to an earlier state has fewer changes, or
    /// others of the same numbers, or calls again that were purged.
    async fn has_lived_on(&self, manifest: &Manifest) -> Result<bool, Error> {
        let account = self.account.key;
        let newest = self.store.newest_seq(account).await?;
        let received_ms = self.store.received_ms(account, manifest.position).await?;
        // A state that was purged has no moment any more.
        let is_other = received_ms.is_some() && received_ms != manifest.received_ms;
        let purges = self.store.purges(account, PurgeMark::default()).await?;
        let purged = purges.last().map_or_else(PurgeMark::default, |purge| purge.mark);
        Ok(manifest.position <= newest && !is_other && manifest.purged <= purged)
    }

    fn manifest_path(&self) -> String {
        format!("{}/manifest.json", Shelf::folder(&self.account))
    }

    async fn directory(&self) -> Result<Directory, Error> {
        Directory::read(&self.store, &self.account, &self.holidays).await
    }
}

impl Snapshot<'_> {
    /// Whether more than so many changes are not in the files yet, or calls are in them that were purged, or rows that the
    /// directory has become another one for.
    pub fn is_behind(&self, changes: i64) -> bool {
        let Manifest { segments, facts, mixed, .. } = &self.manifest;
        let is_outdated = || !mixed.is_empty() || self.directory.facts() != *facts;
        self.behind > changes || self.is_purged || (!segments.is_empty() && is_outdated())
    }

    /// What is in the files, and what has changed since, as tables to ask, of which `access` says what may be seen.
    /// Nothing is written.
    ///
    /// # Errors
    /// When the archive or the files cannot be read.
    pub async fn tables(self, limits: &Limits, access: &Access) -> Result<Tables, Error> {
        let Self { lake, manifest, directory, behind, .. } = self;
        let mut staged = lake.revised(&manifest, &directory).await?;
        // What comes meanwhile is for the next question.
        let changes = lake.changes(manifest.position, manifest.position + behind);
        let mut steps = Steps::of(changes, Arc::clone(&directory));
        while let Some(step) = steps.next().await? {
            staged.add(step);
        }
        Tables::new(&lake.place, &manifest, &staged, &directory, limits, access)
    }
}

/// The sessions with rows staged that a segment may have rows of.
pub(crate) fn touched<'a>(segment: &Segment, staged: &'a Staged) -> HashSet<&'a str> {
    let reach = REACH.as_millis() as i64;
    let near =
        |span: &(i64, i64)| span.0 - reach <= segment.to_ms && segment.from_ms <= span.1 + reach;
    let retracted = staged.retracted.iter().filter(|(_, span)| near(span));
    retracted.map(|(session, _)| session.as_str()).collect()
}

/// Merges a month's small segments, if there are many.
async fn compact(shelf: &Shelf<'_>, manifest: &mut Manifest, month: &str) -> Result<(), Error> {
    let is_small = |segment: &Segment| segment.month == month && segment.sessions < LARGE;
    let small: Vec<&Segment> = manifest.segments.iter().filter(|one| is_small(one)).collect();
    if small.len() <= SMALL_SEGMENTS {
        return Ok(());
    }
    let merged = shelf.merge(&small, &HashSet::new()).await?;
    manifest.segments.retain(|segment| !is_small(segment));
    manifest.segments.extend(merged);
    Ok(())
}

fn extent(manifest: &Manifest) -> Extent {
    Extent {
        position: manifest.position,
        interactions: manifest.segments.iter().map(|segment| segment.sessions).sum(),
        files: manifest.files().count() as u64,
        bytes: manifest.files().map(|file| file.bytes).sum(),
    }
}
