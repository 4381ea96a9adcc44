//! What has changed since.

use callbook_model::Scope;
use rusqlite::{OptionalExtension as _, Row};

use super::{Sqlite, columns};
use crate::account::scope_number;
use crate::calls::View;
use crate::document::Unpacker;
use crate::{AccountKey, ChangedCall, Error};

impl Sqlite {
    pub(crate) async fn changed(
        &self,
        account: AccountKey,
        scope: Scope,
        after_seq: i64,
        limit: u32,
        view: View,
    ) -> Result<Vec<ChangedCall>, Error> {
        let rows: Vec<_> = self
            .read(move |connection| {
                let sql = "SELECT c.id, v.seq, c.start_ms, c.deleted, v.simple, v.detail
                     FROM version v CROSS JOIN call c ON c.call = v.call AND c.version = v.version
                     WHERE v.account = ?1 AND v.seq > ?2 AND c.scope = ?3
                     ORDER BY v.seq LIMIT ?4";
                let row = |row: &Row<'_>| {
                    let (id, seq, start_ms) = (row.get(0)?, row.get(1)?, row.get(2)?);
                    let (deleted, json) = (row.get(3)?, None);
                    Ok((ChangedCall { id, seq, start_ms, deleted, json }, columns(row, 4)?))
                };
                let parameters = (account.0, after_seq, scope_number(scope), limit);
                connection.prepare_cached(sql)?.query_map(parameters, row)?.collect()
            })
            .await?;
        let mut unpacker = Unpacker::new().map_err(Error::Compressor)?;
        let rows = rows.into_iter();
        Ok(rows.map(|(row, c)| ChangedCall { json: unpacker.view(&c, view), ..row }).collect())
    }

    pub(crate) async fn newest_seq(&self, account: AccountKey) -> Result<i64, Error> {
        self.read(move |connection| {
            let sql = "SELECT seq FROM account WHERE account = ?1";
            let seq = connection.prepare_cached(sql)?.query_row([account.0], |row| row.get(0));
            Ok(seq.optional()?.unwrap_or(0))
        })
        .await
    }

    /// The first state after a change number: its own number, and when it was received.
    pub(crate) async fn received_after(
        &self,
        account: AccountKey,
        seq: i64,
    ) -> Result<Option<(i64, i64)>, Error> {
        self.read(move |connection| {
            let sql = "SELECT seq, received_ms FROM version
                 WHERE account = ?1 AND seq > ?2 ORDER BY seq LIMIT 1";
            let found = connection
                .prepare_cached(sql)?
                .query_row((account.0, seq), |row| Ok((row.get(0)?, row.get(1)?)));
            found.optional()
        })
        .await
    }
}
