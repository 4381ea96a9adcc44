//! Records that are hidden from a user's own log.

use callbook_model::ExtensionId;

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
            let sql = "INSERT INTO hidden (account, id, extension, hidden_ms)
                 VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
            let mut insert = connection.prepare_cached(sql)?;
            let hide = |id| insert.execute((account.0, id, number(extension.0), at_ms));
            let hidden: usize = ids.iter().map(hide).sum::<rusqlite::Result<_>>()?;
            Ok(hidden as u64)
        })
        .await
    }

    pub(crate) async fn hidden(
        &self,
        account: AccountKey,
        extension: ExtensionId,
        from_ms: i64,
        limit: u32,
    ) -> Result<Vec<Hidden>, Error> {
        self.read(move |connection| {
            let sql = "SELECT id, hidden_ms FROM hidden
                 WHERE account = ?1 AND extension = ?2 AND hidden_ms >= ?3
                 ORDER BY hidden_ms, id LIMIT ?4";
            let values = (account.0, number(extension.0), from_ms, limit);
            let hidden =
                |row: &rusqlite::Row<'_>| Ok(Hidden { id: row.get(0)?, hidden_ms: row.get(1)? });
            connection.prepare_cached(sql)?.query_map(values, hidden)?.collect()
        })
        .await
    }
}
