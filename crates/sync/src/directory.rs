//! Mirroring the directory: carries [`DirectoryPlan`] out, a list at a time, after the calls.

use callbook_model::{DirectoryKind, ExtensionId, Scope};
use callbook_ringcentral::{Client, DirectoryList, Error as Upstream, Resource};
use callbook_store::{Account, AccountKey, Mirrored, Reading, Store, SyncLock};
use jiff::Timestamp;

use crate::Error;
use crate::plan::{DirectoryPlan, DirectoryTask};

/// The plan's name among the archive's cursors.
const CURSOR: &str = "directory";

/// The directory of an account, and how far it is read.
pub(crate) struct Directory<'a> {
    client: &'a Client,
    store: &'a Store,
    account: AccountKey,
    plan: DirectoryPlan,
}

impl<'a> Directory<'a> {
    pub(crate) async fn open(
        client: &'a Client,
        store: &'a Store,
        account: &Account,
    ) -> Result<Self, Error> {
        let plan = directory_plan(store, account).await?;
        Ok(Self { client, store, account: account.key, plan })
    }

    /// Reads the names of extensions, if they are due: calls are of little use without.
    pub(crate) async fn read_names(&mut self, lock: &SyncLock) -> Result<Mirrored, Error> {
        match self.plan.next(self.now(), &[]) {
            Some(Resource::Extensions) => self.read(lock, Resource::Extensions).await,
            _ => Ok(Mirrored::default()),
        }
    }

    /// Reads what is due, until nothing is, or calls are, at `until`. What calls would have to wait for is read
    /// another time.
    pub(crate) async fn run(
        &mut self,
        lock: &SyncLock,
        until: Timestamp,
    ) -> Result<Mirrored, Error> {
        let (mut mirrored, mut postponed) = (Mirrored::default(), Vec::new());
        while let Some(resource) = self.plan.next(self.now(), &postponed) {
            if until <= self.now() {
                break;
            }
            if resource == Resource::Numbers && !self.client.has_room_for(resource).await {
                postponed.push(DirectoryTask::Numbers);
                continue;
            }
            mirrored += self.read(lock, resource).await?;
        }
        Ok(mirrored)
    }

    /// The server's clock says when something was seen to be so.
    fn now(&self) -> Timestamp {
        self.client.server_time().unwrap_or_else(Timestamp::now)
    }

    /// Reads a list and writes what it says, together with the plan.
    async fn read(&mut self, lock: &SyncLock, resource: Resource) -> Result<Mirrored, Error> {
        let answer = self.client.directory(resource).await;
        let now = self.now();
        let readings = match answer {
            Ok(list) => self.take(resource, list, now).await?,
            Err(error @ Upstream::LoginRefused { .. }) => return Err(error.into()),
            Err(error) => {
                self.note(resource, now, &error);
                Vec::new()
            }
        };
        let state = serde_json::to_string(&self.plan).map_err(Error::State)?;
        let (at_ms, cursor) = (now.as_millisecond(), Some((CURSOR, state)));
        Ok(self.store.mirror(lock, at_ms, readings, cursor).await?)
    }

    async fn take(
        &mut self,
        resource: Resource,
        list: DirectoryList,
        now: Timestamp,
    ) -> Result<Vec<Reading>, Error> {
        let DirectoryList { entries, complete } = list;
        let mut readings = Vec::new();
        if complete {
            let queues = entries.iter().filter_map(|entry| entry.extension).collect();
            if resource == Resource::Queues {
                readings = self.lists_of_gone_queues(&queues).await?;
            }
            self.plan.read(resource, now, queues);
        } else {
            tracing::warn!(?resource, "upstream announced more of the directory than it listed");
            self.plan.failed(resource, now);
        }
        let part = resource.of().map_or(0, |queue| queue.0);
        readings.push(Reading { kind: resource.kind(), part, entries, complete });
        Ok(readings)
    }

    /// What belongs to a queue that is gone is gone as well.
    async fn lists_of_gone_queues(
        &self,
        queues: &std::collections::BTreeSet<ExtensionId>,
    ) -> Result<Vec<Reading>, Error> {
        let mut gone = Vec::new();
        for kind in [DirectoryKind::Member, DirectoryKind::Hours] {
            let facts = self.store.directory_at(self.account, kind, i64::MAX).await?;
            let mut parts: Vec<u64> = facts.iter().map(|fact| fact.part).collect();
            parts.retain(|part| *part != 0 && !queues.contains(&ExtensionId(*part)));
            parts.dedup();
            let empty = |part| Reading { kind, part, entries: Vec::new(), complete: true };
            gone.extend(parts.into_iter().map(empty));
        }
        Ok(gone)
    }

    fn note(&mut self, resource: Resource, now: Timestamp, error: &Upstream) {
        let (forbidden, unavailable) =
            (matches!(error, Upstream::Forbidden { .. }), error.is_unavailable());
        if unavailable && !forbidden && resource.of().is_some() {
            return self.plan.gone(resource);
        }
        tracing::warn!(%error, ?resource, "this part of the directory stays as it is");
        match error {
            Upstream::Forbidden { permission: Some(permission), .. } => {
                self.plan.refused(resource, now, format!("the permission {permission} is missing"));
            }
            error if unavailable => self.plan.refused(resource, now, error.to_string()),
            _ => self.plan.failed(resource, now),
        }
    }
}

/// How far an account's directory is read, and what of it is refused.
///
/// # Errors
/// When the archive cannot be read.
pub async fn directory_plan(store: &Store, account: &Account) -> Result<DirectoryPlan, Error> {
    let cursor = store.cursor(account.key, Scope::Account, CURSOR).await?;
    // Of what cannot be read, another look costs the least.
    Ok(cursor.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
}
