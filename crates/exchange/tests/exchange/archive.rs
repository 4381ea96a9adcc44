//! Small archives on SQLite; what is done differently on PostgreSQL is the store's, and tested there.

use std::path::Path;

use callbook_exchange::{How, Opened, Report, write_versions};
use callbook_model::{AccountId, DirectoryEntry, DirectoryKind, ExtensionId, Region, Scope, Span};
use callbook_store::{
    Account, Batch, CallFilter, Decoder, Fact, Incoming, JournalEntry, Location, Open, Reading,
    Store, SyncLock,
};
use jiff::Timestamp;
use tempfile::TempDir;

/// 2024-01-01T00:00:00Z.
pub const START_MS: i64 = 1_704_067_200_000;

pub struct Archive {
    pub folder: TempDir,
    pub store: Store,
    pub account: Account,
}

impl Archive {
    /// Without any account.
    async fn place() -> (TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("a.db"));
        let store = Store::open(&location, Open::OrCreate).await.unwrap();
        (folder, store)
    }

    pub async fn new() -> Self {
        let (folder, store) = Self::place().await;
        let account =
            store.put_account(AccountId(400), "http://a", Some("+16505550100"), Region::GB);
        let account = account.await.unwrap();
        Self { folder, store, account }
    }

    /// What a file makes of an empty place.
    pub async fn of_file(path: &Path) -> (Self, Report) {
        let (folder, store) = Self::place().await;
        let account = Opened::open(path).unwrap().account(&store).await.unwrap().unwrap();
        let archive = Self { folder, store, account };
        let report = archive.import(path).await;
        (archive, report)
    }

    pub async fn import(&self, path: &Path) -> Report {
        let how = How { scope: Scope::Account, clock: None };
        let opened = Opened::open(path).unwrap();
        opened.import(&self.store, &self.account, how, &mut |_| ()).await.unwrap()
    }

    pub async fn lock(&self) -> SyncLock {
        self.store.lock_sync(self.account.key).await.unwrap()
    }

    pub async fn commit(&self, lock: &SyncLock, scope: Scope, batch: Batch) {
        self.store.commit(lock, scope, batch).await.unwrap();
    }

    pub async fn journal(&self) -> Vec<JournalEntry> {
        self.store.journal(self.account.key, everything(), 0, 100_000).await.unwrap()
    }

    /// Everything that the directory ever said.
    pub async fn directory(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        for kind in DirectoryKind::ALL {
            facts.extend(self.store.directory_history(self.account.key, kind).await.unwrap());
        }
        facts
    }

    /// What a complete list says at a moment.
    pub async fn mirror(&self, at_ms: i64, part: u64, kind: DirectoryKind, entries: &[&str]) {
        let entry = |json: &&str| {
            let entry = DirectoryEntry::decode(kind, json).unwrap();
            let hours = (kind == DirectoryKind::Hours).then_some(ExtensionId(part));
            DirectoryEntry { extension: entry.extension.or(hours), ..entry }
        };
        let entries = entries.iter().map(entry).collect();
        let reading = Reading { kind, part, entries, complete: true };
        let lock = self.lock().await;
        self.store.mirror(&lock, at_ms, vec![reading], None).await.unwrap();
    }

    /// Everything, as a file of versions.
    pub async fn exported(&self) -> Vec<u8> {
        let mut out = Vec::new();
        write_versions(&self.store, &self.account, &everything(), &mut out, &mut |_| ())
            .await
            .unwrap();
        out
    }
}

pub fn everything() -> CallFilter {
    let span = Span { from: Timestamp::MIN, to: Timestamp::MAX };
    CallFilter { deleted: true, ..CallFilter::new(Scope::Account, span) }
}

pub fn incoming(json: &str) -> Incoming {
    Decoder::new(Region::GB).unwrap().decode(json).unwrap().unwrap()
}
