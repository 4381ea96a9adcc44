//! An archive with one account and two people, on SQLite or, where the tests have one, PostgreSQL.

use std::sync::Arc;

use callbook_api::{ExtensionId, Plan};
use callbook_model::{AccountId, DirectoryEntry, DirectoryKind, Region};
use callbook_server::{ArchiveApps, ArchiveLimiter};
use callbook_store::{AccountKey, Location, Open, Reading, Store};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

/// The URL of a server of the tests' own, or `skip`: see `scripts/postgres`.
const POSTGRES: &str = "CALLBOOK_TEST_POSTGRES";

pub const ANN: ExtensionId = ExtensionId(1_001);
pub const BOB: ExtensionId = ExtensionId(1_002);
/// A call queue.
pub const QUEUE: ExtensionId = ExtensionId(1_009);
/// Somebody who has left.
pub const EVE: ExtensionId = ExtensionId(1_003);

pub struct Place {
    location: Location,
    pub account: AccountKey,
    _folder: TempDir,
}

impl Place {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::at(Location::Sqlite(folder.path().join("callbook.db")), folder).await
    }

    /// `None` where tests of it are to be left out.
    pub async fn postgres() -> Option<Self> {
        let url = std::env::var(POSTGRES).unwrap_or_default();
        assert!(!url.is_empty(), "set {POSTGRES} to postgres://… of an empty server, or to skip");
        if url == "skip" {
            return None;
        }
        let (client, connection) =
            tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let name = format!("server_{}", Uuid::new_v4().simple());
        client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        let (server, _) = url.rsplit_once('/').unwrap();
        let location = format!("{server}/{name}").parse().unwrap();
        Some(Self::at(location, tempfile::tempdir().unwrap()).await)
    }

    async fn at(location: Location, folder: TempDir) -> Self {
        let store = Store::open(&location, Open::OrCreate).await.unwrap();
        let account = store.put_account(AccountId(400), "http://a", None, Region::US).await;
        let account = account.unwrap().key;
        let lock = store.lock_sync(account).await.unwrap();
        let entries = vec![
            entry(ANN, "101", "Ann Smith", "User", "Enabled"),
            entry(BOB, "102", "Bob Jones", "User", "Enabled"),
            entry(EVE, "103", "Eve Adams", "User", "Disabled"),
            entry(QUEUE, "200", "Support", "Department", "Enabled"),
        ];
        let kind = DirectoryKind::Extension;
        let reading = Reading { kind, part: 0, entries, complete: true };
        store.mirror(&lock, 1, vec![reading], None).await.unwrap();
        Self { location, account, _folder: folder }
    }

    /// The archive as another process opens it.
    pub async fn open(&self) -> Store {
        Store::open(&self.location, Open::Existing).await.unwrap()
    }

    pub async fn limiter(&self, plan: Plan) -> Arc<ArchiveLimiter> {
        Arc::new(ArchiveLimiter::new(self.open().await, self.account, plan))
    }

    pub async fn apps(&self) -> ArchiveApps {
        let limiter = self.limiter(Plan::Off).await;
        ArchiveApps::new(self.open().await, self.account, limiter).unwrap()
    }
}

fn entry(id: ExtensionId, number: &str, name: &str, kind: &str, status: &str) -> DirectoryEntry {
    let email = format!("{}@example.com", name.split(' ').next().unwrap().to_lowercase());
    let json = json!({ "id": id, "contact": { "email": email } }).to_string();
    DirectoryEntry {
        id: id.to_string(),
        number: Some(number.into()),
        name: Some(name.into()),
        r#type: Some(kind.into()),
        status: Some(status.into()),
        extension: Some(id),
        json,
        ..DirectoryEntry::default()
    }
}
