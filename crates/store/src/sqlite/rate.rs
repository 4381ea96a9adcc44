//! Requests that count against rate limits.

use rusqlite::{Connection, OptionalExtension as _, Row};

use super::Sqlite;
use crate::account::number;
use crate::{AccountKey, Error, Rate};

impl Sqlite {
    pub(crate) async fn rate(
        &self,
        AccountKey(account): AccountKey,
        app: &str,
        extension: u64,
        class: &str,
    ) -> Result<Option<Rate>, Error> {
        let (app, class) = (app.to_owned(), class.to_owned());
        self.read(move |connection| read(connection, account, &app, number(extension), &class))
            .await
    }

    pub(crate) async fn put_rates(
        &self,
        AccountKey(account): AccountKey,
        rates: Vec<Rate>,
    ) -> Result<Vec<Option<Rate>>, Error> {
        self.write(move |connection| {
            rates.into_iter().map(|rate| put(connection, account, rate)).collect()
        })
        .await
    }

    pub(crate) async fn forget_rates(
        &self,
        AccountKey(account): AccountKey,
        now_ms: i64,
    ) -> Result<(), Error> {
        self.write(move |connection| {
            let sql = "DELETE FROM app_rate WHERE account = ?1 AND expires_ms <= ?2";
            connection.execute(sql, (account, now_ms)).map(drop)
        })
        .await
    }
}

fn put(connection: &Connection, account: i64, new: Rate) -> rusqlite::Result<Option<Rate>> {
    let Rate { app, extension, class, revision, log, expires_ms } = new;
    let extension = number(extension);
    let sql = "INSERT INTO app_rate (account, app, extension, class, revision, log, expires_ms)
         VALUES (?1, ?2, ?3, ?4, ?5 + 1, ?6, ?7) ON CONFLICT (account, app, extension, class)
         DO UPDATE SET revision = excluded.revision, log = excluded.log,
             expires_ms = excluded.expires_ms
         WHERE app_rate.revision = ?5";
    let values = (account, &app, extension, &class, revision, log, expires_ms);
    if connection.prepare_cached(sql)?.execute(values)? > 0 {
        return Ok(None);
    }
    read(connection, account, &app, extension, &class)
}

fn read(
    connection: &Connection,
    account: i64,
    app: &str,
    extension: i64,
    class: &str,
) -> rusqlite::Result<Option<Rate>> {
    let sql = "SELECT app, extension, class, revision, log, expires_ms FROM app_rate
         WHERE account = ?1 AND app = ?2 AND extension = ?3 AND class = ?4";
    let key = (account, app, extension, class);
    connection.prepare_cached(sql)?.query_row(key, rate).optional()
}

fn rate(row: &Row<'_>) -> rusqlite::Result<Rate> {
    Ok(Rate {
        app: row.get(0)?,
        extension: row.get::<_, i64>(1)?.cast_unsigned(),
        class: row.get(2)?,
        revision: row.get(3)?,
        log: row.get(4)?,
        expires_ms: row.get(5)?,
    })
}
