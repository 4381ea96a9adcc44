//! What the archive holds, in numbers.

use rusqlite::{Connection, OptionalExtension as _};

use super::Sqlite;
use crate::status::last_success_sql;
use crate::{Account, AccountKey, AccountStatus, Error, Run, Status};

impl Sqlite {
    pub(crate) async fn status(&self) -> Result<Status, Error> {
        let accounts = self.accounts().await?;
        self.read(move |connection| {
            let sql = "SELECT id, created_ms FROM archive";
            let (archive_id, created_ms) =
                connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
            // What the log beside it will have become part of; how long that log is says nothing.
            let pages = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
            let bytes = connection.query_row(pages, [], |row| row.get::<_, i64>(0))?.unsigned_abs();
            let accounts = accounts
                .into_iter()
                .map(|account| account_status(connection, account))
                .collect::<rusqlite::Result<_>>()?;
            Ok(Status { archive_id, created_ms, bytes, accounts })
        })
        .await
    }

    pub(crate) async fn archive_id(&self) -> Result<String, Error> {
        self.read(|connection| connection.query_row("SELECT id FROM archive", [], |row| row.get(0)))
            .await
    }

    pub(crate) async fn last_success(&self, account: AccountKey) -> Result<Option<i64>, Error> {
        self.read(move |connection| {
            connection.query_row(last_success_sql!("?1"), [account.0], |row| row.get(0))
        })
        .await
    }

    pub(crate) async fn calls_since(&self, start_ms: i64) -> Result<i64, Error> {
        self.read(move |connection| {
            let sql = "SELECT count(*) FROM call WHERE start_ms >= ?1";
            connection.query_row(sql, [start_ms], |row| row.get(0))
        })
        .await
    }

    pub(crate) async fn put_run(&self, account: AccountKey, run: Run) -> Result<(), Error> {
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
    // The portal's log is -1.
    let sql = "SELECT count(*) FILTER (WHERE NOT deleted AND scope <> -1),
             count(*) FILTER (WHERE deleted), count(*) FILTER (WHERE recorded AND NOT deleted),
             count(*) FILTER (WHERE scope = -1), min(start_ms), max(start_ms)
         FROM call WHERE account = ?1";
    let (calls, deleted, recorded, imported, first, last) =
        connection.query_row(sql, [key], |row| {
            let ends: (Option<i64>, Option<i64>) = (row.get(4)?, row.get(5)?);
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, ends.0, ends.1))
        })?;
    let sql = "SELECT started_ms, finished_ms, summary FROM sync_run
         WHERE account = ?1 ORDER BY run DESC LIMIT 1";
    let last_run = connection
        .query_row(sql, [key], |row| {
            let (started_ms, finished_ms) = (row.get(0)?, row.get(1)?);
            Ok(Run { started_ms, finished_ms, summary: row.get(2)? })
        })
        .optional()?;
    let sql = "SELECT max(last_success_ms) FROM registration WHERE account = ?1";
    let registered: Option<i64> = connection.query_row(sql, [key], |row| row.get(0))?;
    Ok(AccountStatus {
        calls,
        deleted,
        recorded,
        imported,
        versions: number("SELECT count(*) FROM version WHERE account = ?1")?,
        tombstones: number(
            "SELECT count(*) FROM call c JOIN version v ON v.version = c.version
             WHERE c.account = ?1 AND c.deleted AND v.cause = 'absent'",
        )?,
        suspects: number("SELECT count(*) FROM absence WHERE account = ?1")?,
        expired: number(
            "SELECT count(*) FROM log l JOIN call c
             ON c.account = l.account AND c.scope = l.scope AND c.start_ms < l.upstream_from_ms
             WHERE l.account = ?1 AND NOT c.deleted",
        )?,
        quarantined: number("SELECT count(*) FROM quarantine WHERE account = ?1")?,
        calls_ms: first.zip(last),
        last_success_ms: last_run.as_ref().map(|run| run.finished_ms).max(registered),
        last_run,
        account,
    })
}
