//! Documents of single calls.

use callbook_model::Scope;

use super::{Postgres, columns, each, flag};
use crate::account::scope_number;
use crate::document::Unpacker;
use crate::stored::key_text;
use crate::{AccountKey, ArchivedCall, Cause, Error, Version};

impl Postgres {
    pub(crate) async fn call(
        &self,
        account: AccountKey,
        scope: Scope,
        id: &str,
    ) -> Result<Option<ArchivedCall>, Error> {
        let sql = "SELECT c.id, v.simple, v.detail, c.deleted
             FROM call c JOIN version v
                 ON v.account = c.account AND v.seq = c.version AND v.start_ms = c.version_ms
             WHERE c.account = $1 AND c.scope = $2 AND c.id = $3";
        let rows = self.rows(sql, &[&account.0, &scope_number(scope), &key_text(id)]).await?;
        let found = each(self, &rows, |row| {
            Ok((row.try_get::<_, String>(0)?, columns(row, 1)?, flag(row, 3)?))
        })?;
        let Some((id, columns, deleted)) = found.into_iter().next() else { return Ok(None) };
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
        let sql = "WITH RECURSIVE history (seq, start_ms) AS (
                 SELECT version, version_ms FROM call WHERE account = $1 AND scope = $2 AND id = $3
                 UNION ALL
                 SELECT v.previous, v.previous_ms FROM history h JOIN version v
                     ON v.account = $1 AND v.seq = h.seq AND v.start_ms = h.start_ms
                 WHERE v.previous < v.seq)
             SELECT v.seq, v.received_ms, v.cause, v.simple, v.detail FROM history h JOIN version v
                 ON v.account = $1 AND v.seq = h.seq AND v.start_ms = h.start_ms
             ORDER BY v.seq DESC";
        let rows = self.rows(sql, &[&account.0, &scope_number(scope), &key_text(id)]).await?;
        let rows = each(self, &rows, |row| {
            let cause = Cause::of(row.try_get(2)?);
            Ok((row.try_get(0)?, row.try_get(1)?, cause, columns(row, 3)?))
        })?;
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
