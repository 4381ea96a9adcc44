//! Rows in files that are no longer right although their calls are as they were.

use std::collections::BTreeMap;

use datafusion::prelude::{DataFrame, col};

use super::Lake;
use crate::directory::{Directory, FactSpan as Span};
use crate::manifest::{Manifest, Segment};
use crate::outdated::Change;
use crate::segment::{Sessions, Shelf};
use crate::staged::{Staged, Step};
use crate::staging::{HELD_BYTES, TOGETHER, spilled};
use crate::table::TABLES;
use crate::{Error, crash, outdated};

/// What a session's key may begin with, before what the tables have of it.
const KEYS: [char; 4] = ['t', 's', 'r', 'p'];

impl Lake {
    /// Takes out what was purged from the archive.
    pub(super) async fn purge(
        &self,
        manifest: &mut Manifest,
        directory: &Directory,
    ) -> Result<(), Error> {
        let purges = self.store.purges(self.account.key, manifest.purged).await?;
        let Some(last) = purges.last() else { return Ok(()) };
        let until_ms = purges.iter().map(|purge| purge.until_ms).fold(i64::MIN, i64::max);
        let folder = Shelf::folder(&self.account);
        let shelf = self.shelf(&folder);
        for segment in manifest.segments.clone() {
            let early = col("started").lt(outdated::moment(until_ms));
            let early = shelf.sessions(&segment, TABLES[0], Some(early))?;
            if self.replace(manifest, &segment, early, directory).await? {
                crash::point(crash::PURGING);
            }
        }
        let position = manifest.position;
        manifest.purged = last.mark;
        self.commit(manifest, Staged::default(), position, None).await
    }

    /// Derives what the directory has become another one for anew.
    pub(super) async fn revise(
        &self,
        manifest: &mut Manifest,
        directory: &Directory,
    ) -> Result<(), Error> {
        let outdated = outdated(manifest, directory);
        let folder = Shelf::folder(&self.account);
        for segment in manifest.segments.clone() {
            let sessions = outdated::sessions(&self.shelf(&folder), &segment, &outdated)?;
            if self.replace(manifest, &segment, sessions, directory).await? {
                crash::point(crash::REVISING);
            }
        }
        (manifest.facts, manifest.mixed) = (directory.facts(), Vec::new());
        Ok(())
    }

    /// The same, but in memory.
    pub(super) async fn revised(
        &self,
        manifest: &Manifest,
        directory: &Directory,
    ) -> Result<Staged, Error> {
        let outdated = outdated(manifest, directory);
        let folder = Shelf::folder(&self.account);
        let mut staged = Staged::default();
        for segment in &manifest.segments {
            let sessions = outdated::sessions(&self.shelf(&folder), segment, &outdated)?;
            let mut sessions = Sessions::of(sessions).await?;
            while let Some(some) = sessions.next().await? {
                self.renew(&mut staged, manifest, segment, &some, directory).await?;
            }
        }
        Ok(staged)
    }

    /// Writes sessions of a segment anew; whether there were any.
    async fn replace(
        &self,
        manifest: &mut Manifest,
        segment: &Segment,
        sessions: Option<DataFrame>,
        directory: &Directory,
    ) -> Result<bool, Error> {
        let (mut sessions, mut staged) = (Sessions::of(sessions).await?, Staged::default());
        let (position, mut any) = (manifest.position, false);
        loop {
            let some = sessions.next().await?;
            if let Some(some) = &some {
                any = true;
                self.renew(&mut staged, manifest, segment, some, directory).await?;
                staged = spilled(staged, &self.place, HELD_BYTES).await?;
            }
            if staged.sessions() >= TOGETHER || (some.is_none() && staged.sessions() > 0) {
                self.commit(manifest, std::mem::take(&mut staged), position, None).await?;
            }
            if some.is_none() {
                return Ok(any);
            }
        }
    }

    /// Stages the rows that some sessions of a segment have now.
    async fn renew(
        &self,
        staged: &mut Staged,
        manifest: &Manifest,
        segment: &Segment,
        sessions: &[String],
        directory: &Directory,
    ) -> Result<(), Error> {
        let keys = sessions.iter().flat_map(|session| KEYS.map(|key| format!("{key}{session}")));
        let now = self.store.sessions(self.account.key, keys.collect(), manifest.position).await?;
        let now = Step::derive(&now, directory);
        staged.replace(sessions, (segment.from_ms, segment.to_ms), now);
        Ok(())
    }
}

/// What the directory says otherwise than when the rows were derived.
fn outdated(manifest: &Manifest, directory: &Directory) -> BTreeMap<Span, Change> {
    let facts = directory.facts();
    let mut outdated = facts.since(&manifest.facts);
    for mixed in &manifest.mixed {
        for (span, change) in facts.since(mixed) {
            outdated.entry(span).or_default().join(change);
        }
    }
    outdated
}
