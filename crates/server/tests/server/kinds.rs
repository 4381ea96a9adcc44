//! The same tests on each kind of database.

use callbook_store::Location;
use tempfile::TempDir;
use uuid::Uuid;

/// Says where a PostgreSQL server is that databases may be made on, or `skip`.
const POSTGRES: &str = "CALLBOOK_TEST_POSTGRES";

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// An empty place for an archive.
pub struct Empty {
    pub location: Location,
    _folder: TempDir,
}

impl Kind {
    /// Whether its tests are to run; nobody having said so is an error.
    pub fn is_wanted(self) -> bool {
        let wanted = || std::env::var(POSTGRES).unwrap_or_default();
        self == Self::Sqlite || {
            assert!(!wanted().is_empty(), "set {POSTGRES} to postgres://… or to skip");
            wanted() != "skip"
        }
    }
}

impl Empty {
    pub async fn new(kind: Kind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        if kind == Kind::Sqlite {
            return Self {
                location: Location::Sqlite(folder.path().join("a.db")),
                _folder: folder,
            };
        }
        let url = std::env::var(POSTGRES).unwrap();
        let (client, connection) =
            tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let name = format!("served_{}", Uuid::new_v4().simple());
        client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
        let (server, _) = url.rsplit_once('/').unwrap();
        Self { location: format!("{server}/{name}").parse().unwrap(), _folder: folder }
    }
}

/// Declares tests that run on each kind of database: `conformance! { async fn name(kind: Kind) { … } }`.
macro_rules! conformance {
    ($(async fn $name:ident($kind:ident: Kind) $body:block)+) => {$(
        mod $name {
            use super::*;
            use $crate::kinds::Kind;

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
