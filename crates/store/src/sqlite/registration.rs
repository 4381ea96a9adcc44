//! The accounts that are to be synced.

use jiff::Timestamp;
use rusqlite::Row;

use super::Sqlite;
use crate::{AccountKey, Attempt, Error, Registration, Settings};

impl Sqlite {
    pub(crate) async fn put_registration(
        &self,
        name: &str,
        settings: Settings,
    ) -> Result<(), Error> {
        let name = name.to_owned();
        self.write(move |connection| {
            let sql = "INSERT INTO registration
                     (name, server_url, credentials, every_s, retention_days, upstream_days,
                      created_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (name) DO UPDATE
                 SET server_url = excluded.server_url, credentials = excluded.credentials,
                     every_s = excluded.every_s, retention_days = excluded.retention_days,
                     upstream_days = excluded.upstream_days";
            let Settings { server_url, credentials, every_s, retention_days, upstream_days } =
                settings;
            let now_ms = Timestamp::now().as_millisecond();
            let values =
                (name, server_url, credentials, every_s, retention_days, upstream_days, now_ms);
            connection.execute(sql, values)?;
            Ok(())
        })
        .await
    }

    pub(crate) async fn registrations(&self) -> Result<Vec<Registration>, Error> {
        self.read(|connection| {
            let sql = "SELECT name, server_url, credentials, every_s, retention_days,
                     upstream_days, paused, account, last_attempt_ms, last_success_ms, last_error,
                     failures, login_refused, created_ms
                 FROM registration ORDER BY name";
            connection.prepare_cached(sql)?.query_map([], registration)?.collect()
        })
        .await
    }

    pub(crate) async fn set_paused(&self, name: &str, paused: bool) -> Result<bool, Error> {
        let name = name.to_owned();
        self.write(move |connection| {
            let sql = "UPDATE registration SET paused = ?2 WHERE name = ?1";
            Ok(connection.execute(sql, (name, paused))? > 0)
        })
        .await
    }

    pub(crate) async fn remove_registration(&self, name: &str) -> Result<bool, Error> {
        let name = name.to_owned();
        self.write(move |connection| {
            Ok(connection.execute("DELETE FROM registration WHERE name = ?1", [name])? > 0)
        })
        .await
    }

    pub(crate) async fn note_attempt(&self, name: &str, attempt: Attempt) -> Result<bool, Error> {
        let name = name.to_owned();
        self.write(move |connection| {
            let sql = "UPDATE registration
                 SET last_attempt_ms = ?2, account = coalesce(?3, account), last_error = ?4,
                     login_refused = ?5,
                     last_success_ms = CASE WHEN ?4 IS NULL THEN ?2 ELSE last_success_ms END,
                     failures = CASE WHEN ?4 IS NULL THEN 0 ELSE failures + 1 END
                 WHERE name = ?1";
            let Attempt { at_ms, account, error, login_refused } = attempt;
            let account = account.map(|account| account.0);
            let values = (name, at_ms, account, error, login_refused);
            Ok(connection.execute(sql, values)? > 0)
        })
        .await
    }
}

fn registration(row: &Row<'_>) -> rusqlite::Result<Registration> {
    Ok(Registration {
        name: row.get(0)?,
        settings: Settings {
            server_url: row.get(1)?,
            credentials: row.get(2)?,
            every_s: row.get(3)?,
            retention_days: row.get(4)?,
            upstream_days: row.get(5)?,
        },
        paused: row.get(6)?,
        account: row.get::<_, Option<i64>>(7)?.map(AccountKey),
        last_attempt_ms: row.get(8)?,
        last_success_ms: row.get(9)?,
        last_error: row.get(10)?,
        failures: row.get(11)?,
        login_refused: row.get(12)?,
        created_ms: row.get(13)?,
    })
}
