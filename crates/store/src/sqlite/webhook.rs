//! Who is told of what happens.

use callbook_model::ExtensionId;
use rusqlite::Row;
use secrecy::{ExposeSecret as _, SecretString};

use super::Sqlite;
use crate::account::number;
use crate::{AccountKey, Error, StoredWebhook};

impl Sqlite {
    pub(crate) async fn add_webhook(
        &self,
        AccountKey(account): AccountKey,
        webhook: StoredWebhook,
        most: u32,
    ) -> Result<bool, Error> {
        self.write(move |connection| {
            let sql = "INSERT INTO webhook (id, account, app, extension, filters, address,
                     verification_token, created_ms, expires_ms, position)
                 SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
                 WHERE (SELECT count(*) FROM webhook
                     WHERE account = ?2 AND app = ?3 AND extension = ?4) < ?11";
            let StoredWebhook { id, app, extension, address, position, .. } = webhook;
            let filters = serde_json::json!(webhook.filters).to_string();
            let token = webhook.verification_token.as_ref().map(|token| token.expose_secret());
            let (extension, times) =
                (number(extension.0), (webhook.created_ms, webhook.expires_ms));
            let values = (
                id, account, app, extension, filters, address, token, times.0, times.1, position,
                most,
            );
            Ok(connection.execute(sql, values)? > 0)
        })
        .await
    }

    pub(crate) async fn webhooks(
        &self,
        AccountKey(account): AccountKey,
    ) -> Result<Vec<StoredWebhook>, Error> {
        self.read(move |connection| {
            let sql = "SELECT id, app, extension, filters, address, verification_token, created_ms,
                     expires_ms, blacklisted_ms, blacklisted_for, position
                 FROM webhook WHERE account = ?1 ORDER BY created_ms, id";
            connection.prepare_cached(sql)?.query_map([account], webhook)?.collect()
        })
        .await
    }

    pub(crate) async fn change_webhook(
        &self,
        AccountKey(account): AccountKey,
        id: &str,
        filters: Vec<String>,
        expires_ms: i64,
    ) -> Result<(), Error> {
        let (id, filters) = (id.to_owned(), serde_json::json!(filters).to_string());
        self.write(move |connection| {
            let sql = "UPDATE webhook SET filters = ?3, expires_ms = ?4
                 WHERE account = ?1 AND id = ?2";
            connection.execute(sql, (account, id, filters, expires_ms)).map(drop)
        })
        .await
    }

    pub(crate) async fn blacklist_webhook(
        &self,
        AccountKey(account): AccountKey,
        id: &str,
        at_ms: i64,
        reason: &str,
    ) -> Result<(), Error> {
        let (id, reason) = (id.to_owned(), reason.to_owned());
        self.write(move |connection| {
            let sql = "UPDATE webhook SET blacklisted_ms = ?3, blacklisted_for = ?4
                 WHERE account = ?1 AND id = ?2";
            connection.execute(sql, (account, id, at_ms, reason)).map(drop)
        })
        .await
    }

    pub(crate) async fn advance_webhook(
        &self,
        AccountKey(account): AccountKey,
        id: &str,
        position: i64,
    ) -> Result<(), Error> {
        let id = id.to_owned();
        self.write(move |connection| {
            let sql = "UPDATE webhook SET position = ?3 WHERE account = ?1 AND id = ?2";
            connection.prepare_cached(sql)?.execute((account, id, position)).map(drop)
        })
        .await
    }

    pub(crate) async fn remove_webhook(
        &self,
        AccountKey(account): AccountKey,
        id: &str,
    ) -> Result<bool, Error> {
        let id = id.to_owned();
        self.write(move |connection| {
            let sql = "DELETE FROM webhook WHERE account = ?1 AND id = ?2";
            Ok(connection.execute(sql, (account, id))? > 0)
        })
        .await
    }

    pub(crate) async fn lease_webhooks(
        &self,
        AccountKey(account): AccountKey,
        holder: &str,
        now_ms: i64,
        until_ms: i64,
    ) -> Result<bool, Error> {
        let holder = holder.to_owned();
        self.write(move |connection| {
            let sql = "INSERT INTO webhook_lease (account, holder, until_ms) VALUES (?1, ?2, ?4)
                 ON CONFLICT (account) DO UPDATE
                 SET holder = excluded.holder, until_ms = excluded.until_ms
                 WHERE webhook_lease.holder = ?2 OR webhook_lease.until_ms <= ?3";
            let values = (account, holder, now_ms, until_ms);
            Ok(connection.prepare_cached(sql)?.execute(values)? > 0)
        })
        .await
    }
}

fn webhook(row: &Row<'_>) -> rusqlite::Result<StoredWebhook> {
    let since: Option<i64> = row.get(8)?;
    let reason: Option<String> = row.get(9)?;
    Ok(StoredWebhook {
        id: row.get(0)?,
        app: row.get(1)?,
        extension: ExtensionId(row.get::<_, i64>(2)?.cast_unsigned()),
        // What is no list is about nothing.
        filters: serde_json::from_str(row.get_ref(3)?.as_str()?).unwrap_or_default(),
        address: row.get(4)?,
        verification_token: row.get::<_, Option<String>>(5)?.map(SecretString::from),
        created_ms: row.get(6)?,
        expires_ms: row.get(7)?,
        blacklisted: since.map(|since| (since, reason.unwrap_or_default())),
        position: row.get(10)?,
    })
}
