//! Requests that count against rate limits.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::{Postgres, each, plain};
use crate::account::number;
use crate::{AccountKey, Error, Rate};

impl Postgres {
    pub(crate) async fn rate(
        &self,
        AccountKey(account): AccountKey,
        app: &str,
        extension: u64,
        class: &str,
    ) -> Result<Option<Rate>, Error> {
        let sql = "SELECT app, extension, class, revision, log, expires_ms FROM app_rate
             WHERE account = $1 AND app = $2 AND extension = $3 AND class = $4";
        let key: [&(dyn ToSql + Sync); 4] =
            [&account, &plain(app), &number(extension), &plain(class)];
        Ok(each(self, &self.rows(sql, &key).await?, rate)?.pop())
    }

    /// Should the connection break just now, what was written may be told as somebody else's: it is then counted
    /// twice.
    pub(crate) async fn put_rates(
        &self,
        account: AccountKey,
        rates: Vec<Rate>,
    ) -> Result<Vec<Option<Rate>>, Error> {
        let mut there = Vec::with_capacity(rates.len());
        for rate in &rates {
            there.push(self.put_rate(account, rate).await?);
        }
        Ok(there)
    }

    async fn put_rate(
        &self,
        AccountKey(account): AccountKey,
        new: &Rate,
    ) -> Result<Option<Rate>, Error> {
        // A row of somebody else's that was only just written is not in the snapshot of this statement; but the
        // next one sees it.
        let sql = "WITH written AS (
                 INSERT INTO app_rate (account, app, extension, class, revision, log, expires_ms)
                 VALUES ($1, $2, $3, $4, $5::int8 + 1, $6, $7)
                 ON CONFLICT (account, app, extension, class) DO UPDATE
                 SET revision = excluded.revision, log = excluded.log,
                     expires_ms = excluded.expires_ms
                 WHERE app_rate.revision = $5
                 RETURNING 1)
             SELECT NULL::text, NULL::int8, NULL::text, NULL::int8, NULL::text, NULL::int8 FROM written
             UNION ALL
             SELECT app, extension, class, revision, log, expires_ms FROM app_rate
             WHERE account = $1 AND app = $2 AND extension = $3 AND class = $4
                 AND NOT EXISTS (SELECT 1 FROM written)";
        let (app, class, extension) = (plain(&new.app), plain(&new.class), number(new.extension));
        loop {
            let values: [&(dyn ToSql + Sync); 7] =
                [&account, &app, &extension, &class, &new.revision, &new.log, &new.expires_ms];
            let rows = self.rows(sql, &values).await?;
            let there = each(self, &rows, |row| match row.try_get::<_, Option<String>>(0)? {
                Some(_) => rate(row).map(Some),
                None => Ok(None),
            });
            if let Some(there) = there?.pop() {
                return Ok(there);
            }
        }
    }

    pub(crate) async fn forget_rates(
        &self,
        AccountKey(account): AccountKey,
        now_ms: i64,
    ) -> Result<(), Error> {
        let sql = "DELETE FROM app_rate WHERE account = $1 AND expires_ms <= $2";
        self.execute(sql, &[&account, &now_ms]).await.map(drop)
    }
}

fn rate(row: &Row) -> Result<Rate, tokio_postgres::Error> {
    Ok(Rate {
        app: row.try_get(0)?,
        extension: row.try_get::<_, i64>(1)?.cast_unsigned(),
        class: row.try_get(2)?,
        revision: row.try_get(3)?,
        log: row.try_get(4)?,
        expires_ms: row.try_get(5)?,
    })
}
