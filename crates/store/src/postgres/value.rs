//! Small values that processes share.

use super::failure::{Failure, retried};
use super::{LOCKS, Postgres, each, execute, plain, query};
use crate::Error;

/// What a change made of a value.
struct Changed {
    before: Option<String>,
    after: Option<String>,
}

impl Postgres {
    pub(crate) async fn values(&self, prefix: &str) -> Result<Vec<(String, String)>, Error> {
        let sql =
            "SELECT key, value FROM value WHERE starts_with(key, $1) ORDER BY key COLLATE \"C\"";
        let rows = self.rows(sql, &[&plain(prefix)]).await?;
        each(self, &rows, |row| Ok((row.try_get(0)?, row.try_get(1)?)))
    }

    pub(crate) async fn update_value<T: Send + 'static>(
        &self,
        key: &str,
        change: impl FnOnce(Option<String>) -> (Option<String>, T) + Send + 'static,
    ) -> Result<T, Error> {
        let key = plain(key);
        let (mut change, mut made) = (Some(change), None);
        let updated: Result<(), Error> =
            retried!(self, self.update_once(&key, &mut change, &mut made));
        updated?;
        let (_, result) = made.ok_or(Error::TakenOver)?;
        Ok(result)
    }

    /// The change can be asked but once. When the connection breaks after that, the value is written if it is
    /// still what the change was told.
    async fn update_once<T: Send>(
        &self,
        key: &str,
        change: &mut Option<impl FnOnce(Option<String>) -> (Option<String>, T) + Send>,
        made: &mut Option<(Changed, T)>,
    ) -> Result<(), Failure> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        // A row that is not there yet cannot be locked. Negative numbers: accounts have the others.
        let sql = "SELECT pg_advisory_xact_lock($1, hashtext($2) | (1 << 31))";
        query(&transaction, sql, &[&LOCKS, &key]).await?;
        let rows = query(&transaction, "SELECT value FROM value WHERE key = $1", &[&key]).await?;
        let now: Option<String> = rows.first().map(|row| row.try_get(0)).transpose()?;
        if let Some(change) = change.take() {
            let (after, result) = change(now.clone());
            let after = after.map(|after| plain(&after).into_owned());
            *made = Some((Changed { before: now.clone(), after }, result));
        }
        let Some((Changed { before, after }, _)) = &*made else { return Ok(()) };
        if now == *after {
            return Ok(());
        }
        if now != *before {
            // The connection broke, and somebody else was quicker.
            return Err(Error::Busy { location: self.location().clone() }.into());
        }
        match after {
            None => execute(&transaction, "DELETE FROM value WHERE key = $1", &[&key]).await?,
            Some(after) => {
                let sql = "INSERT INTO value (key, value) VALUES ($1, $2)
                     ON CONFLICT (key) DO UPDATE SET value = excluded.value";
                execute(&transaction, sql, &[&key, after]).await?
            }
        };
        transaction.commit().await?;
        Ok(())
    }
}
