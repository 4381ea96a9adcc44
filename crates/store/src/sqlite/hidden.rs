//! Records that are hidden from a user's own log.

use std::collections::HashSet;

use callbook_model::ExtensionId;
use rusqlite::{OptionalExtension as _, Row};

use super::Sqlite;
use crate::account::number;
use crate::{AccountKey, Error, Hidden};

impl Sqlite {
    pub(crate) async fn hide(
        &self,
        account: AccountKey,
        extension: ExtensionId,
        ids: Vec<String>,
        at_ms: i64,
    ) -> Result<u64, Error> {
        self.write(move |connection| {
            let sql = "UPDATE account SET hidden = hidden + 1 WHERE account = ?1 RETURNING hidden";
            let mut next = connection.prepare_cached(sql)?;
            let sql = "INSERT INTO hidden (account, id, extension, number, hidden_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
            let mut insert = connection.prepare_cached(sql)?;
            let mut hidden = 0;
            for id in &ids {
                let place: i64 = next.query_row([account.0], |row| row.get(0))?;
                hidden += insert.execute((account.0, id, number(extension.0), place, at_ms))?;
            }
            Ok(hidden as u64)
        })
        .await
    }

    pub(crate) async fn hidden_after(
        &self,
        account: AccountKey,
        extension: ExtensionId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Hidden>, Error> {
        self.read(move |connection| {
            let sql = "SELECT id, number, hidden_ms FROM hidden
                 WHERE account = ?1 AND extension = ?2 AND number > ?3 ORDER BY number LIMIT ?4";
            let values = (account.0, number(extension.0), after, limit);
            let hidden = |row: &Row<'_>| {
                Ok(Hidden { id: row.get(0)?, number: row.get(1)?, hidden_ms: row.get(2)? })
            };
            connection.prepare_cached(sql)?.query_map(values, hidden)?.collect()
        })
        .await
    }

    pub(crate) async fn hidden_of(
        &self,
        account: AccountKey,
        extension: ExtensionId,
        ids: Vec<String>,
    ) -> Result<HashSet<String>, Error> {
        self.read(move |connection| {
            let sql = "SELECT h.id FROM json_each(?3) i CROSS JOIN hidden h
                 ON h.account = ?1 AND h.id = i.value AND h.extension = ?2";
            let ids = serde_json::Value::from(ids).to_string();
            let values = (account.0, number(extension.0), ids);
            connection.prepare_cached(sql)?.query_map(values, |row| row.get(0))?.collect()
        })
        .await
    }

    pub(crate) async fn newest_hidden(&self, account: AccountKey) -> Result<i64, Error> {
        self.read(move |connection| {
            let sql = "SELECT hidden FROM account WHERE account = ?1";
            let newest = connection.prepare_cached(sql)?.query_row([account.0], |row| row.get(0));
            Ok(newest.optional()?.unwrap_or_default())
        })
        .await
    }
}
