//! Who is told of what happens.

use callbook_model::ExtensionId;
use secrecy::{ExposeSecret as _, SecretString};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::{Postgres, each, plain};
use crate::account::number;
use crate::{AccountKey, Error, StoredWebhook};

impl Postgres {
    pub(crate) async fn add_webhook(
        &self,
        AccountKey(account): AccountKey,
        webhook: StoredWebhook,
        most: u32,
    ) -> Result<bool, Error> {
        // Its id is drawn at random: one that is there was written by the try before.
        let sql = "WITH written AS (
                 INSERT INTO webhook (id, account, app, extension, filters, address,
                     verification_token, created_ms, expires_ms, position)
                 SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
                 WHERE (SELECT count(*) FROM webhook
                     WHERE account = $2 AND app = $3 AND extension = $4) < $11
                 ON CONFLICT DO NOTHING RETURNING 1)
             SELECT 1 FROM written UNION ALL SELECT 1 FROM webhook WHERE id = $1";
        let filters = serde_json::json!(webhook.filters).to_string();
        let token = webhook.verification_token.as_ref().map(|token| plain(token.expose_secret()));
        let values: [&(dyn ToSql + Sync); 11] = [
            &plain(&webhook.id),
            &account,
            &plain(&webhook.app),
            &number(webhook.extension.0),
            &plain(&filters),
            &plain(&webhook.address),
            &token,
            &webhook.created_ms,
            &webhook.expires_ms,
            &webhook.position,
            &i64::from(most),
        ];
        Ok(!self.rows(sql, &values).await?.is_empty())
    }

    pub(crate) async fn webhooks(
        &self,
        AccountKey(account): AccountKey,
    ) -> Result<Vec<StoredWebhook>, Error> {
        let sql = "SELECT id, app, extension, filters, address, verification_token, created_ms,
                 expires_ms, blacklisted_ms, blacklisted_for, position
             FROM webhook WHERE account = $1 ORDER BY created_ms, id";
        each(self, &self.rows(sql, &[&account]).await?, webhook)
    }

    pub(crate) async fn change_webhook(
        &self,
        AccountKey(account): AccountKey,
        id: &str,
        filters: Vec<String>,
        expires_ms: i64,
    ) -> Result<(), Error> {
        let filters = serde_json::json!(filters).to_string();
        let sql = "UPDATE webhook SET filters = $3, expires_ms = $4 WHERE account = $1 AND id = $2";
        let values: [&(dyn ToSql + Sync); 4] =
            [&account, &plain(id), &plain(&filters), &expires_ms];
        self.execute(sql, &values).await.map(drop)
    }

    pub(crate) async fn blacklist_webhook(
        &self,
        AccountKey(account): AccountKey,
        id: &str,
        at_ms: i64,
        reason: &str,
    ) -> Result<(), Error> {
        let sql = "UPDATE webhook SET blacklisted_ms = $3, blacklisted_for = $4
             WHERE account = $1 AND id = $2";
        let values: [&(dyn ToSql + Sync); 4] = [&account, &plain(id), &at_ms, &plain(reason)];
        self.execute(sql, &values).await.map(drop)
    }

    pub(crate) async fn advance_webhook(
        &self,
        AccountKey(account): AccountKey,
        id: &str,
        position: i64,
    ) -> Result<(), Error> {
        let sql = "UPDATE webhook SET position = $3 WHERE account = $1 AND id = $2";
        self.execute(sql, &[&account, &plain(id), &position]).await.map(drop)
    }

    pub(crate) async fn remove_webhook(
        &self,
        AccountKey(account): AccountKey,
        id: &str,
    ) -> Result<bool, Error> {
        let sql = "DELETE FROM webhook WHERE account = $1 AND id = $2";
        Ok(self.execute(sql, &[&account, &plain(id)]).await? > 0)
    }

    pub(crate) async fn lease_webhooks(
        &self,
        AccountKey(account): AccountKey,
        holder: &str,
        now_ms: i64,
        until_ms: i64,
    ) -> Result<bool, Error> {
        let sql = "INSERT INTO webhook_lease (account, holder, until_ms) VALUES ($1, $2, $4)
             ON CONFLICT (account) DO UPDATE
             SET holder = excluded.holder, until_ms = excluded.until_ms
             WHERE webhook_lease.holder = $2 OR webhook_lease.until_ms <= $3";
        let values: [&(dyn ToSql + Sync); 4] = [&account, &plain(holder), &now_ms, &until_ms];
        Ok(self.execute(sql, &values).await? > 0)
    }
}

fn webhook(row: &Row) -> Result<StoredWebhook, tokio_postgres::Error> {
    let since: Option<i64> = row.try_get(8)?;
    let reason: Option<String> = row.try_get(9)?;
    Ok(StoredWebhook {
        id: row.try_get(0)?,
        app: row.try_get(1)?,
        extension: ExtensionId(row.try_get::<_, i64>(2)?.cast_unsigned()),
        // What is no list is about nothing.
        filters: serde_json::from_str(row.try_get(3)?).unwrap_or_default(),
        address: row.try_get(4)?,
        verification_token: row.try_get::<_, Option<String>>(5)?.map(SecretString::from),
        created_ms: row.try_get(6)?,
        expires_ms: row.try_get(7)?,
        blacklisted: since.map(|since| (since, reason.unwrap_or_default())),
        position: row.try_get(10)?,
    })
}
