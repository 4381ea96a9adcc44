//! The archive as an SQLite file: WAL mode, `synchronous=FULL`.

mod absence;
mod account;
mod app;
pub(crate) mod backup;
mod calls;
mod changed;
mod changes;
mod commit;
mod directory;
mod document;
pub(crate) mod error;
mod feed;
mod fill;
mod health;
mod hidden;
mod import;
mod journal;
mod listed;
mod lock;
mod log;
mod purge;
mod quarantine;
mod rate;
mod recording;
mod registration;
mod reindex;
mod rows;
mod scan;
mod seal;
mod session;
mod sessions;
mod status;
mod value;
mod webhook;

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Row, TransactionBehavior};
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::document::{Columns, DICTIONARY};
use crate::{Error, Location, Open, SyncLock};

/// The first SQLite without a bug that could damage a WAL, as its number and in words.
pub const SQLITE_AT_LEAST: (i32, &str) = (3_051_003, "3.51.3");

/// `CBK1`: how a file says that it is one of ours.
const APPLICATION_ID: i64 = 0x43_42_4b_31;

/// Each brings the schema from the version of its index to the next.
const MIGRATIONS: [&str; 8] = [
    include_str!("../../migrations/sqlite/0001_archive.sql"),
    include_str!("../../migrations/sqlite/0002_complete.sql"),
    include_str!("../../migrations/sqlite/0003_recordings.sql"),
    include_str!("../../migrations/sqlite/0004_directory.sql"),
    include_str!("../../migrations/sqlite/0005_apps.sql"),
    include_str!("../../migrations/sqlite/0006_webhooks.sql"),
    include_str!("../../migrations/sqlite/0007_hidden.sql"),
    include_str!("../../migrations/sqlite/0008_purged.sql"),
];

/// A writer waits so long for another one.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// A commit changes pages all over the tables of keys. The longer the log beside the file may become (these are
/// 64 MB), the more of these changes reach the file as one.
const WAL_PAGES: i64 = 16_000;

/// One waits for the disk while the other computes.
const READS_A_PROCESSOR: usize = 2;

/// An open file. Cheap to clone; clones share the connections.
#[derive(Debug, Clone)]
pub(crate) struct Sqlite {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    writer: Mutex<Connection>,
    /// Readers not in use.
    readers: Mutex<Vec<Connection>>,
    /// Reads at one time: more would not be faster, and each connection has a cache.
    reading: Semaphore,
}

impl Sqlite {
    pub(crate) async fn open(path: PathBuf, open: Open) -> Result<Self, Error> {
        blocking(move || Self::open_blocking(path, open)).await
    }

    fn open_blocking(path: PathBuf, open: Open) -> Result<Self, Error> {
        if rusqlite::version_number() < SQLITE_AT_LEAST.0 {
            return Err(Error::OldSqlite { found: rusqlite::version() });
        }
        match first_bytes(&path) {
            Ok(bytes) if bytes.is_empty() || bytes == *b"SQLite format 3\0" => {}
            Ok(_) => return Err(Error::NotAnArchive { location: Location::Sqlite(path) }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                if open == Open::Existing {
                    return Err(Error::NoArchive { location: Location::Sqlite(path) });
                }
                create_private(&path)?;
            }
            Err(source) => return Err(Error::CannotOpen { path, source }),
        }
        let writer = match prepare(&path, open) {
            Ok(writer) => writer,
            Err(Refusal::Known(error)) => return Err(error),
            Err(Refusal::Sqlite(source)) => return Err(error::name(&path, source)),
        };
        let at_once = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let reading = Semaphore::new(READS_A_PROCESSOR * at_once);
        let (writer, readers) = (Mutex::new(writer), Mutex::default());
        let shared = Shared { path, writer, readers, reading };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The database file.
    pub(crate) fn path(&self) -> &Path {
        &self.shared.path
    }

    /// Runs a read on a connection of its own.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let store = self.clone();
        // Nobody closes it.
        let _turn = self.shared.reading.acquire().await;
        blocking(move || {
            let idle = lock(&store.shared.readers).pop();
            let result = idle.map_or_else(|| store.reader(), Ok).and_then(|connection| {
                let value = query(&connection)?;
                lock(&store.shared.readers).push(connection);
                Ok(value)
            });
            result.map_err(|source| error::name(store.path(), source))
        })
        .await
    }

    /// Runs a write in one transaction, which takes effect only if it returns `Ok`.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.with_writer(move |connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })
        .await
    }

    /// Runs a write in one transaction if the lock is still the newest of its account.
    async fn write_locked<T: Send + 'static>(
        &self,
        lock: &SyncLock,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let (account, fence) = (lock.account.0, lock.fence);
        self.write(move |connection| {
            let sql = "SELECT EXISTS (SELECT 1 FROM account WHERE account = ?1 AND fence = ?2)";
            let holds = connection.query_row(sql, (account, fence), |row| row.get(0))?;
            if holds { work(connection).map(Some) } else { Ok(None) }
        })
        .await?
        .ok_or(Error::TakenOver)
    }

    /// Lends the one writing connection.
    pub(crate) async fn with_writer<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let store = self.clone();
        blocking(move || {
            let mut writer = lock(&store.shared.writer);
            work(&mut writer).map_err(|source| error::name(store.path(), source))
        })
        .await
    }

    fn reader(&self) -> rusqlite::Result<Connection> {
        let connection = connect(self.path(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(connection)
    }
}

/// Why a file cannot be used: what we found, or what SQLite said.
enum Refusal {
    Known(Error),
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Refusal {
    fn from(source: rusqlite::Error) -> Self {
        Self::Sqlite(source)
    }
}

/// Checks what the file is before anything is written to it, then migrates it.
fn prepare(path: &Path, open: Open) -> Result<Connection, Refusal> {
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, found) = (pragma("application_id")?, pragma("user_version")?);
    let known = MIGRATIONS.len() as i64;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    if application != APPLICATION_ID && (tables > 0 || open == Open::Existing) {
        return Err(Refusal::Known(Error::NotAnArchive {
            location: Location::Sqlite(path.to_owned()),
        }));
    }
    if found > known {
        let location = Location::Sqlite(path.to_owned());
        return Err(Refusal::Known(Error::Newer { location, found, known }));
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cache_size", -16_384)?;
    connection.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)?;
    if found < known {
        migrate(&mut connection, found)?;
    }
    Ok(connection)
}

fn migrate(connection: &mut Connection, found: i64) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been first.
    let found = transaction
        .pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))?
        .max(found);
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.execute_batch(migration)?;
    }
    if found == 1 {
        fill::parties(&transaction)?;
    }
    if found == 0 {
        transaction.execute(
            "INSERT INTO archive (id, created_ms) VALUES (?1, ?2)",
            (Uuid::new_v4().to_string(), jiff::Timestamp::now().as_millisecond()),
        )?;
        let sql = "INSERT INTO dictionary (dictionary, bytes) VALUES (1, ?1)";
        transaction.execute(sql, [DICTIONARY])?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", MIGRATIONS.len() as i64)?;
    transaction.commit()
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // Otherwise a statement with a bound LIMIT is planned anew whenever it is run.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Makes the file for its owner alone: a call log is personal data. SQLite gives the files beside
/// it the same permissions.
fn create_private(path: &Path) -> Result<(), Error> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(Error::CannotOpen { path: path.to_owned(), source }),
    }
}

/// The two columns of a document, the first of them at `place`.
fn columns(row: &Row<'_>, place: usize) -> rusqlite::Result<Columns> {
    Ok(Columns { simple: row.get(place)?, detail: row.get(place + 1)? })
}

/// Compressing into memory fails for want of memory alone.
fn no_memory(error: std::io::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}

fn first_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(16).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes an archive in an empty file without any row, not even of the archive itself.
pub(crate) fn make_empty(path: &Path) -> Result<Connection, Error> {
    let made = prepare(path, Open::OrCreate).and_then(|connection| {
        connection.execute_batch("DELETE FROM archive; DELETE FROM dictionary")?;
        Ok(connection)
    });
    made.map_err(|refusal| match refusal {
        Refusal::Known(error) => error,
        Refusal::Sqlite(source) => error::name(path, source),
    })
}

/// Runs blocking work aside; a panic in it goes on here.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(join) => match join.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down and has dropped the work before it began.
            Err(_) => std::future::pending().await,
        },
    }
}
