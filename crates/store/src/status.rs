//! What the archive holds, in numbers.

use rusqlite::{Connection, OptionalExtension as _};

use crate::account::Account;
use crate::{AccountKey, Error, Store};

/// The archive as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// UUID.
    pub archive_id: String,
    /// When it was made, milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: i64,
    /// Size of the database, in bytes, what is not checkpointed yet included.
    pub bytes: u64,
    /// Each account.
    pub accounts: Vec<AccountStatus>,
}

/// One account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountStatus {
    /// Which one.
    pub account: Account,
    /// Calls that upstream has not deleted.
    pub calls: i64,
    /// Calls that it has.
    pub deleted: i64,
    /// Calls with a recording.
    pub recorded: i64,
    /// Every state of every call.
    pub versions: i64,
    /// Records that could not be read.
    pub quarantined: i64,
    /// When the first and the last call began.
    pub calls_ms: Option<(i64, i64)>,
    /// The last sync that came to its end.
    pub last_run: Option<Run>,
}

/// A sync that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub started_ms: i64,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub finished_ms: i64,
    /// What it did: JSON.
    pub summary: String,
}

impl Store {
    /// # Errors
    /// When the archive cannot be read.
    pub async fn status(&self) -> Result<Status, Error> {
        let accounts = self.accounts().await?;
        let path = self.path().to_owned();
        self.read(move |connection| {
            let sql = "SELECT id, created_ms FROM archive";
            let (archive_id, created_ms) =
                connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let size = |suffix| {
                let mut file = path.as_os_str().to_owned();
                file.push(suffix);
                std::fs::metadata(file).map_or(0, |metadata| metadata.len())
            };
            let bytes = size("") + size("-wal");
            let accounts = accounts
                .into_iter()
                .map(|account| account_status(connection, account))
                .collect::<rusqlite::Result<_>>()?;
            Ok(Status { archive_id, created_ms, bytes, accounts })
        })
        .await
    }

    /// Notes a sync that came to its end.
    ///
    /// # Errors
    /// When the archive cannot be written.
    pub async fn put_run(&self, account: AccountKey, run: Run) -> Result<(), Error> {
        self.write(move |connection| {
            let sql = "INSERT INTO sync_run (account, started_ms, finished_ms, summary)
                 VALUES (?1, ?2, ?3, ?4)";
            connection.execute(sql, (account.0, run.started_ms, run.finished_ms, run.summary))?;
            Ok(())
        })
        .await
    }
}

fn account_status(connection: &Connection, account: Account) -> rusqlite::Result<AccountStatus> {
    let key = account.key.0;
    let number = |sql| connection.query_row(sql, [key], |row| row.get::<_, i64>(0));
    let sql = "SELECT count(*) FILTER (WHERE NOT deleted), count(*) FILTER (WHERE deleted),
             count(*) FILTER (WHERE recorded AND NOT deleted), min(start_ms), max(start_ms)
         FROM call WHERE account = ?1";
    let (calls, deleted, recorded, first, last) = connection.query_row(sql, [key], |row| {
        let ends: (Option<i64>, Option<i64>) = (row.get(3)?, row.get(4)?);
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, ends.0, ends.1))
    })?;
    let sql = "SELECT started_ms, finished_ms, summary FROM sync_run
         WHERE account = ?1 ORDER BY run DESC LIMIT 1";
    let last_run = connection
        .query_row(sql, [key], |row| {
            let (started_ms, finished_ms) = (row.get(0)?, row.get(1)?);
            Ok(Run { started_ms, finished_ms, summary: row.get(2)? })
        })
        .optional()?;
    Ok(AccountStatus {
        calls,
        deleted,
        recorded,
        versions: number("SELECT count(*) FROM version WHERE account = ?1")?,
        quarantined: number("SELECT count(*) FROM quarantine WHERE account = ?1")?,
        calls_ms: first.zip(last),
        last_run,
        account,
    })
}
