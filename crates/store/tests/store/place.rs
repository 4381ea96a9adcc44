//! Where the tests' archives are: the same tests run on each kind of database.

use std::sync::atomic::{AtomicU32, Ordering};

use callbook_store::Location;
use tempfile::TempDir;
use url::Url;

/// Says where a PostgreSQL server is that databases may be made on, or `skip`.
const POSTGRES: &str = "CALLBOOK_TEST_POSTGRES";

/// Databases made so far.
static MADE: AtomicU32 = AtomicU32::new(0);

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// An empty place for an archive, gone when dropped.
pub struct Place {
    kind: Kind,
    folder: TempDir,
    location: Location,
}

impl Kind {
    /// Whether its tests are to run.
    ///
    /// # Panics
    /// When nobody has said so: what is not tested must not look as if it were.
    pub fn is_wanted(self) -> bool {
        if self == Self::Sqlite {
            return true;
        }
        let wanted = std::env::var(POSTGRES).unwrap_or_default();
        assert!(
            !wanted.is_empty(),
            "set {POSTGRES} to postgres://… of an empty server, or to skip to leave its tests out"
        );
        wanted != "skip"
    }
}

impl Place {
    pub async fn new(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let location = Location::Sqlite(folder.path().join("a.db"));
                Self { kind, folder, location }
            }
            Kind::Postgres => {
                let server = std::env::var(POSTGRES).unwrap();
                let number = MADE.fetch_add(1, Ordering::Relaxed);
                let name = format!("test_{}_{number}", std::process::id());
                client(&server)
                    .await
                    .batch_execute(&format!("CREATE DATABASE {name}"))
                    .await
                    .unwrap();
                let mut url = Url::parse(&server).unwrap();
                url.set_path(&name);
                let location = url.as_str().parse().unwrap();
                Self { kind, folder: tempfile::tempdir().unwrap(), location }
            }
        }
    }

    /// A connection to the database itself.
    pub async fn client(&self) -> tokio_postgres::Client {
        let Location::Postgres(server) = &self.location else { panic!("no server") };
        let client = client(server.expose_url().as_str()).await;
        client.batch_execute("SET search_path TO callbook").await.unwrap();
        client
    }

    pub fn location(&self) -> Location {
        self.location.clone()
    }

    /// A folder for files of the test's own.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Changes something behind the archive's back. The SQL has to be understood everywhere.
    pub async fn sql(&self, sql: &str) {
        if self.kind == Kind::Postgres {
            return self.client().await.batch_execute(sql).await.unwrap();
        }
        let connection = rusqlite::Connection::open(self.location().to_string()).unwrap();
        connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        connection.execute_batch(sql).unwrap();
    }

    /// One value, as text, that a query gives.
    pub async fn text(&self, sql: &str) -> String {
        let sql = format!("SELECT CAST(({sql}) AS TEXT)");
        if self.kind == Kind::Postgres {
            return self.client().await.query_one(&sql, &[]).await.unwrap().get(0);
        }
        let connection = rusqlite::Connection::open(self.location().to_string()).unwrap();
        connection.query_row(&sql, [], |row| row.get(0)).unwrap()
    }
}

/// A connection to a server of the tests' own.
pub async fn client(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

impl Drop for Place {
    fn drop(&mut self) {
        let Location::Postgres(server) = &self.location else { return };
        let name = server.expose_url().path().trim_start_matches('/').to_owned();
        // Dropping cannot wait, and the test's runtime may be ending: another thread has one of its own.
        let dropped = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let client = client(&std::env::var(POSTGRES).unwrap()).await;
                let _ = client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
            });
        });
        let _ = dropped.join();
    }
}

/// Declares tests that run on each kind of database: `conformance! { async fn name(kind: Kind) { … } }`.
macro_rules! conformance {
    ($($(#[$meta:meta])* async fn $name:ident($kind:ident: Kind) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;
            use $crate::place::Kind;

            async fn on($kind: Kind) $body

            #[tokio::test]
            async fn sqlite() {
                on(Kind::Sqlite).await;
            }

            #[tokio::test]
            async fn postgres() {
                if Kind::Postgres.is_wanted() {
                    on(Kind::Postgres).await;
                }
            }
        }
    )+};
}

pub(crate) use conformance;
