//! What has changed since.

use callbook_model::Scope;

use super::{Postgres, columns, each, flag};
use crate::account::scope_number;
use crate::calls::View;
use crate::document::Unpacker;
use crate::{AccountKey, ChangedCall, Error};

impl Postgres {
    pub(crate) async fn changed(
        &self,
        account: AccountKey,
        scope: Scope,
        after_seq: i64,
        limit: u32,
        view: View,
    ) -> Result<Vec<ChangedCall>, Error> {
        let sql = "SELECT c.id, v.seq, c.start_ms, c.deleted, v.simple, v.detail
             FROM version v JOIN call c
                 ON c.account = v.account AND c.call = v.call AND c.version = v.seq
             WHERE v.account = $1 AND v.seq > $2 AND c.scope = $3
             ORDER BY v.seq LIMIT $4";
        let (scope, limit) = (scope_number(scope), i64::from(limit));
        let rows = self.rows(sql, &[&account.0, &after_seq, &scope, &limit]).await?;
        let rows = each(self, &rows, |row| {
            let (id, seq, start_ms) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let (deleted, json) = (flag(row, 3)?, None);
            Ok((ChangedCall { id, seq, start_ms, deleted, json }, columns(row, 4)?))
        })?;
        let mut unpacker = Unpacker::new().map_err(Error::Compressor)?;
        let rows = rows.into_iter();
        Ok(rows.map(|(row, c)| ChangedCall { json: unpacker.view(&c, view), ..row }).collect())
    }

    pub(crate) async fn newest_seq(&self, account: AccountKey) -> Result<i64, Error> {
        let rows = self.rows("SELECT seq FROM account WHERE account = $1", &[&account.0]).await?;
        Ok(each(self, &rows, |row| row.try_get(0))?.first().copied().unwrap_or(0))
    }

    /// The first state after a change number: its own number, and when it was received.
    pub(crate) async fn received_after(
        &self,
        account: AccountKey,
        seq: i64,
    ) -> Result<Option<(i64, i64)>, Error> {
        let sql = "SELECT seq, received_ms FROM version
             WHERE account = $1 AND seq > $2 ORDER BY seq LIMIT 1";
        let rows = self.rows(sql, &[&account.0, &seq]).await?;
        Ok(each(self, &rows, |row| Ok((row.try_get(0)?, row.try_get(1)?)))?.first().copied())
    }
}
