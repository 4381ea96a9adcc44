//! Where the tests' archives are: the same tests run on each kind of database.

use callbook_store::Location;
use tempfile::TempDir;

/// Says where a PostgreSQL server is that databases may be made on, or `skip`.
const POSTGRES: &str = "CALLBOOK_TEST_POSTGRES";

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// An empty place for an archive, gone when dropped.
pub struct Place {
    folder: TempDir,
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
            Kind::Sqlite => Self { folder: tempfile::tempdir().unwrap() },
            Kind::Postgres => panic!("this Callbook has no PostgreSQL"),
        }
    }

    pub fn location(&self) -> Location {
        Location::Sqlite(self.folder.path().join("a.db"))
    }

    /// A folder for files of the test's own.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Changes something behind the archive's back. The SQL has to be understood everywhere.
    pub async fn sql(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.location().to_string()).unwrap();
        connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        connection.execute_batch(sql).unwrap();
    }

    /// One value, as text, that a query gives.
    pub async fn text(&self, sql: &str) -> String {
        let connection = rusqlite::Connection::open(self.location().to_string()).unwrap();
        let sql = format!("SELECT CAST(({sql}) AS TEXT)");
        connection.query_row(&sql, [], |row| row.get(0)).unwrap()
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
