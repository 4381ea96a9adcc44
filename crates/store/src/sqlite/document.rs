//! Documents of single calls.

use callbook_model::Scope;
use rusqlite::{OptionalExtension as _, Row};

use super::{Sqlite, columns};
use crate::account::scope_number;
use crate::document::{Columns, Unpacker};
use crate::{AccountKey, ArchivedCall, Cause, Error, Version};

impl Sqlite {
    pub(crate) async fn call(
        &self,
        account: AccountKey,
        scope: Scope,
        id: &str,
    ) -> Result<Option<ArchivedCall>, Error> {
        let id = id.to_owned();
        let (found, id) = self
            .read(move |connection| {
                let sql = "SELECT v.simple, v.detail, c.deleted
                     FROM call c JOIN version v ON v.version = c.version
                     WHERE c.account = ?1 AND c.scope = ?2 AND c.id = ?3";
                let found = connection
                    .query_row(sql, (account.0, scope_number(scope), &id), |row| {
                        Ok((columns(row, 0)?, row.get(2)?))
                    })
                    .optional()?;
                Ok((found, id))
            })
            .await?;
        let Some((columns, deleted)) = found else { return Ok(None) };
        let json = Unpacker::new().map_err(Error::Compressor)?.whole(&columns);
        let json = json.ok_or_else(|| Error::DamagedRecord { id: id.clone() })?;
        Ok(Some(ArchivedCall { id, json, deleted }))
    }

    pub(crate) async fn versions(
        &self,
        account: AccountKey,
        scope: Scope,
        id: &str,
    ) -> Result<Vec<Version>, Error> {
        let wanted = id.to_owned();
        let rows: Vec<(i64, i64, Cause, Columns)> = self
            .read(move |connection| {
                let sql = "WITH RECURSIVE history (version) AS (
                         SELECT version FROM call WHERE account = ?1 AND scope = ?2 AND id = ?3
                         UNION ALL
                         SELECT v.previous FROM version v JOIN history USING (version)
                         WHERE v.previous IS NOT NULL)
                     SELECT seq, received_ms, cause, simple, detail
                     FROM history JOIN version USING (version) ORDER BY seq DESC";
                let row = |row: &Row<'_>| {
                    let cause = Cause::of(row.get_ref(2)?.as_str()?);
                    Ok((row.get(0)?, row.get(1)?, cause, columns(row, 3)?))
                };
                let parameters = (account.0, scope_number(scope), wanted);
                connection.prepare_cached(sql)?.query_map(parameters, row)?.collect()
            })
            .await?;
        let mut unpacker = Unpacker::new().map_err(Error::Compressor)?;
        rows.into_iter()
            .map(|(seq, received_ms, cause, columns)| {
                let json = unpacker.whole(&columns);
                let json = json.ok_or_else(|| Error::DamagedRecord { id: id.to_owned() })?;
                Ok(Version { seq, received_ms, cause, json })
            })
            .collect()
    }
}
