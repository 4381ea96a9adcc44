//! Records that are hidden from a user's own log.

use callbook_model::ExtensionId;

use super::{Postgres, each};
use crate::account::number;
use crate::{AccountKey, Error, Hidden};

impl Postgres {
    pub(crate) async fn hide(
        &self,
        account: AccountKey,
        extension: ExtensionId,
        ids: Vec<String>,
        at_ms: i64,
    ) -> Result<u64, Error> {
        let sql = "INSERT INTO hidden (account, id, extension, hidden_ms)
             SELECT $1, u.id, $2, $3 FROM unnest($4::text[]) u (id) ON CONFLICT DO NOTHING";
        self.execute(sql, &[&account.0, &number(extension.0), &at_ms, &ids]).await
    }

    pub(crate) async fn hidden(
        &self,
        account: AccountKey,
        extension: ExtensionId,
        from_ms: i64,
        limit: u32,
    ) -> Result<Vec<Hidden>, Error> {
        let sql = "SELECT id, hidden_ms FROM hidden
             WHERE account = $1 AND extension = $2 AND hidden_ms >= $3
             ORDER BY hidden_ms, id LIMIT $4";
        let values = (account.0, number(extension.0), from_ms, i64::from(limit));
        let rows = self.rows(sql, &[&values.0, &values.1, &values.2, &values.3]).await?;
        each(self, &rows, |row| Ok(Hidden { id: row.try_get(0)?, hidden_ms: row.try_get(1)? }))
    }
}
