//! Records that are hidden from a user's own log.

use std::collections::HashSet;

use callbook_model::ExtensionId;

use super::{Postgres, each};
use crate::account::number;
use crate::{AccountKey, Error, Hidden};

impl Postgres {
    /// The account's row makes those who hide at the same time wait for each other, so numbers become visible in
    /// order.
    pub(crate) async fn hide(
        &self,
        account: AccountKey,
        extension: ExtensionId,
        ids: Vec<String>,
        at_ms: i64,
    ) -> Result<u64, Error> {
        let sql = "WITH newest AS (UPDATE account SET hidden = hidden + cardinality($4::text[])
                 WHERE account = $1 RETURNING hidden)
             INSERT INTO hidden (account, id, extension, number, hidden_ms)
             SELECT $1, u.id, $2, n.hidden - cardinality($4::text[]) + u.place, $3
             FROM newest n, unnest($4::text[]) WITH ORDINALITY u (id, place)
             ON CONFLICT DO NOTHING";
        self.execute(sql, &[&account.0, &number(extension.0), &at_ms, &ids]).await
    }

    pub(crate) async fn hidden_after(
        &self,
        account: AccountKey,
        extension: ExtensionId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Hidden>, Error> {
        let sql = "SELECT id, number, hidden_ms FROM hidden
             WHERE account = $1 AND extension = $2 AND number > $3 ORDER BY number LIMIT $4";
        let (extension, limit) = (number(extension.0), i64::from(limit));
        let rows = self.rows(sql, &[&account.0, &extension, &after, &limit]).await?;
        each(self, &rows, |row| {
            let (id, number) = (row.try_get(0)?, row.try_get(1)?);
            Ok(Hidden { id, number, hidden_ms: row.try_get(2)? })
        })
    }

    pub(crate) async fn hidden_of(
        &self,
        account: AccountKey,
        extension: ExtensionId,
        ids: Vec<String>,
    ) -> Result<HashSet<String>, Error> {
        let sql = "SELECT id FROM hidden
             WHERE account = $1 AND extension = $2 AND id = ANY ($3)";
        let rows = self.rows(sql, &[&account.0, &number(extension.0), &ids]).await?;
        Ok(each(self, &rows, |row| row.try_get(0))?.into_iter().collect())
    }

    pub(crate) async fn newest_hidden(&self, account: AccountKey) -> Result<i64, Error> {
        let rows =
            self.rows("SELECT hidden FROM account WHERE account = $1", &[&account.0]).await?;
        Ok(each(self, &rows, |row| row.try_get(0))?.pop().unwrap_or_default())
    }
}
