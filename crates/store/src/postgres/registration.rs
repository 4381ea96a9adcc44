//! The accounts that are to be synced.

use jiff::Timestamp;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::{Postgres, each, flag, plain};
use crate::{AccountKey, Attempt, Error, Registration, Settings};

impl Postgres {
    pub(crate) async fn put_registration(
        &self,
        name: &str,
        settings: Settings,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO registration
                 (name, server_url, credentials, every_s, retention_days, upstream_days, created_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (name) DO UPDATE
             SET server_url = excluded.server_url, credentials = excluded.credentials,
                 every_s = excluded.every_s, retention_days = excluded.retention_days,
                 upstream_days = excluded.upstream_days";
        let values: [&(dyn ToSql + Sync); 7] = [
            &plain(name),
            &plain(&settings.server_url),
            &plain(&settings.credentials),
            &settings.every_s,
            &settings.retention_days,
            &settings.upstream_days,
            &Timestamp::now().as_millisecond(),
        ];
        self.execute(sql, &values).await?;
        Ok(())
    }

    pub(crate) async fn registrations(&self) -> Result<Vec<Registration>, Error> {
        let sql = "SELECT name, server_url, credentials, every_s, retention_days,
                 upstream_days, paused, account, last_attempt_ms, last_success_ms, last_error,
                 failures, login_refused, created_ms
             FROM registration ORDER BY name";
        each(self, &self.rows(sql, &[]).await?, registration)
    }

    pub(crate) async fn set_paused(&self, name: &str, paused: bool) -> Result<bool, Error> {
        let sql = "UPDATE registration SET paused = $2 WHERE name = $1";
        Ok(self.execute(sql, &[&plain(name), &i16::from(paused)]).await? > 0)
    }

    pub(crate) async fn remove_registration(&self, name: &str) -> Result<bool, Error> {
        let sql = "DELETE FROM registration WHERE name = $1";
        Ok(self.execute(sql, &[&plain(name)]).await? > 0)
    }

    /// Should the connection break just now, a failure may be counted twice.
    pub(crate) async fn note_attempt(&self, name: &str, attempt: Attempt) -> Result<bool, Error> {
        let sql = "UPDATE registration
             SET last_attempt_ms = $2, account = coalesce($3, account), last_error = $4::text,
                 login_refused = $5,
                 last_success_ms = CASE WHEN $4::text IS NULL THEN $2 ELSE last_success_ms END,
                 failures = CASE WHEN $4::text IS NULL THEN 0 ELSE failures + 1 END
             WHERE name = $1";
        let Attempt { at_ms, account, error, login_refused } = attempt;
        let account = account.map(|account| account.0);
        let error = error.as_deref().map(plain);
        let login_refused = i16::from(login_refused);
        let values: [&(dyn ToSql + Sync); 5] =
            [&plain(name), &at_ms, &account, &error, &login_refused];
        Ok(self.execute(sql, &values).await? > 0)
    }
}

fn registration(row: &Row) -> Result<Registration, tokio_postgres::Error> {
    Ok(Registration {
        name: row.try_get(0)?,
        settings: Settings {
            server_url: row.try_get(1)?,
            credentials: row.try_get(2)?,
            every_s: row.try_get(3)?,
            retention_days: row.try_get(4)?,
            upstream_days: row.try_get(5)?,
        },
        paused: flag(row, 6)?,
        account: row.try_get::<_, Option<i64>>(7)?.map(AccountKey),
        last_attempt_ms: row.try_get(8)?,
        last_success_ms: row.try_get(9)?,
        last_error: row.try_get(10)?,
        failures: row.try_get(11)?,
        login_refused: flag(row, 12)?,
        created_ms: row.try_get(13)?,
    })
}
