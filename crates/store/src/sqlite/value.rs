//! Small values that processes share.

use rusqlite::OptionalExtension as _;

use super::Sqlite;
use crate::Error;

impl Sqlite {
    pub(crate) async fn values(&self, prefix: &str) -> Result<Vec<(String, String)>, Error> {
        let prefix = prefix.to_owned();
        self.read(move |connection| {
            let sql =
                "SELECT key, value FROM value WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect()
        })
        .await
    }

    pub(crate) async fn update_value<T: Send + 'static>(
        &self,
        key: &str,
        change: impl FnOnce(Option<String>) -> (Option<String>, T) + Send + 'static,
    ) -> Result<T, Error> {
        let key = key.to_owned();
        self.write(move |connection| {
            let sql = "SELECT value FROM value WHERE key = ?1";
            let before: Option<String> =
                connection.prepare_cached(sql)?.query_row([&key], |row| row.get(0)).optional()?;
            let (after, result) = change(before.clone());
            match after {
                None if before.is_some() => {
                    connection.execute("DELETE FROM value WHERE key = ?1", [key])?;
                }
                Some(after) if before.as_ref() != Some(&after) => {
                    let sql = "INSERT INTO value (key, value) VALUES (?1, ?2)
                         ON CONFLICT (key) DO UPDATE SET value = excluded.value";
                    connection.prepare_cached(sql)?.execute((key, after))?;
                }
                _ => {}
            }
            Ok(result)
        })
        .await
    }
}
