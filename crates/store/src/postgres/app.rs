//! Who may ask over the API.

use callbook_model::ExtensionId;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::failure::{Failure, retried};
use super::{Postgres, each, execute, flag, plain};
use crate::account::number;
use crate::{AccountKey, AppCredential, Error, RegisteredApp};

const APPS: &str =
    "SELECT client_id, name, secret_hash, scopes, redirect_uris, plan, masks_numbers,
         created_ms, revoked_ms
     FROM app WHERE account = $1 ORDER BY created_ms, client_id";
const APP: &str = "SELECT client_id, name, secret_hash, scopes, redirect_uris, plan, masks_numbers,
         created_ms, revoked_ms
     FROM app WHERE account = $1 AND client_id = $2 AND revoked_ms IS NULL";

impl Postgres {
    pub(crate) async fn put_app(
        &self,
        AccountKey(account): AccountKey,
        app: RegisteredApp,
    ) -> Result<(), Error> {
        // Its id is drawn at random: one that is there was written by the try before.
        let sql = "INSERT INTO app (client_id, account, name, secret_hash, scopes, redirect_uris,
                 plan, masks_numbers, created_ms, revoked_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING";
        let uris = serde_json::json!(app.redirect_uris).to_string();
        let (scopes, masks) = (app.scopes.join(" "), i16::from(app.masks_numbers));
        let values: [&(dyn ToSql + Sync); 10] = [
            &plain(&app.client_id),
            &account,
            &plain(&app.name),
            &app.secret_hash,
            &plain(&scopes),
            &uris,
            &app.plan,
            &masks,
            &app.created_ms,
            &app.revoked_ms,
        ];
        self.execute(sql, &values).await.map(drop)
    }

    pub(crate) async fn apps(
        &self,
        AccountKey(account): AccountKey,
    ) -> Result<Vec<RegisteredApp>, Error> {
        each(self, &self.rows(APPS, &[&account]).await?, app)
    }

    pub(crate) async fn app(
        &self,
        AccountKey(account): AccountKey,
        client_id: &str,
    ) -> Result<Option<RegisteredApp>, Error> {
        let rows = self.rows(APP, &[&account, &plain(client_id)]).await?;
        Ok(each(self, &rows, app)?.pop())
    }

    pub(crate) async fn revoke_app(
        &self,
        AccountKey(account): AccountKey,
        client_id: &str,
        at_ms: i64,
    ) -> Result<bool, Error> {
        let sql = "WITH ended AS (DELETE FROM app_session WHERE account = $1 AND app = $2)
             UPDATE app SET revoked_ms = $3
             WHERE account = $1 AND client_id = $2 AND revoked_ms IS NULL";
        Ok(self.execute(sql, &[&account, &plain(client_id), &at_ms]).await? > 0)
    }

    pub(crate) async fn put_credential(
        &self,
        AccountKey(account): AccountKey,
        credential: AppCredential,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO app_credential (id, account, extension, app, hash, created_ms,
                 expires_ms, revoked_ms, last_used_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
        let values: [&(dyn ToSql + Sync); 9] = [
            &credential.id,
            &account,
            &number(credential.extension.0),
            &credential.app,
            &credential.hash,
            &credential.created_ms,
            &credential.expires_ms,
            &credential.revoked_ms,
            &credential.last_used_ms,
        ];
        self.execute(sql, &values).await.map(drop)
    }

    pub(crate) async fn credentials(
        &self,
        AccountKey(account): AccountKey,
    ) -> Result<Vec<AppCredential>, Error> {
        let sql =
            "SELECT id, extension, app, hash, created_ms, expires_ms, revoked_ms, last_used_ms
             FROM app_credential WHERE account = $1 ORDER BY created_ms, id";
        each(self, &self.rows(sql, &[&account]).await?, credential)
    }

    pub(crate) async fn revoke_credential(
        &self,
        AccountKey(account): AccountKey,
        id: &str,
        at_ms: i64,
    ) -> Result<bool, Error> {
        let sql = "WITH revoked AS (
                 UPDATE app_credential SET revoked_ms = $3
                 WHERE account = $1 AND id = $2 AND revoked_ms IS NULL RETURNING extension, app
             ), ended AS (
                 DELETE FROM app_session s USING revoked r
                 WHERE s.account = $1 AND s.extension = r.extension
                     AND (r.app IS NULL OR s.app = r.app)
             )
             SELECT 1 FROM revoked";
        Ok(!self.rows(sql, &[&account, &plain(id), &at_ms]).await?.is_empty())
    }

    pub(crate) async fn note_credential_use(
        &self,
        AccountKey(account): AccountKey,
        id: &str,
        at_ms: i64,
    ) -> Result<(), Error> {
        let sql = "UPDATE app_credential SET last_used_ms = $3 WHERE account = $1 AND id = $2";
        self.execute(sql, &[&account, &plain(id), &at_ms]).await.map(drop)
    }

    pub(crate) async fn set_password(
        &self,
        AccountKey(account): AccountKey,
        extension: ExtensionId,
        hash: Option<String>,
        at_ms: i64,
    ) -> Result<(), Error> {
        let extension = number(extension.0);
        let once = || async {
            let mut client = self.client().await?;
            let transaction = client.transaction().await?;
            match &hash {
                Some(hash) => {
                    let sql = "INSERT INTO app_password (account, extension, hash, changed_ms)
                         VALUES ($1, $2, $3, $4) ON CONFLICT (account, extension)
                         DO UPDATE SET hash = excluded.hash, changed_ms = excluded.changed_ms";
                    execute(&transaction, sql, &[&account, &extension, hash, &at_ms]).await?;
                }
                None => {
                    let sql = "DELETE FROM app_password WHERE account = $1 AND extension = $2";
                    execute(&transaction, sql, &[&account, &extension]).await?;
                }
            }
            let sql = "DELETE FROM app_session WHERE account = $1 AND extension = $2";
            execute(&transaction, sql, &[&account, &extension]).await?;
            transaction.commit().await?;
            Ok::<_, Failure>(())
        };
        retried!(self, once())
    }

    pub(crate) async fn password(
        &self,
        AccountKey(account): AccountKey,
        extension: ExtensionId,
    ) -> Result<Option<String>, Error> {
        let sql = "SELECT hash FROM app_password WHERE account = $1 AND extension = $2";
        let rows = self.rows(sql, &[&account, &number(extension.0)]).await?;
        Ok(each(self, &rows, |row| row.try_get(0))?.pop())
    }
}

fn app(row: &Row) -> Result<RegisteredApp, tokio_postgres::Error> {
    let (scopes, uris): (String, String) = (row.try_get(3)?, row.try_get(4)?);
    Ok(RegisteredApp {
        client_id: row.try_get(0)?,
        name: row.try_get(1)?,
        secret_hash: row.try_get(2)?,
        scopes: scopes.split_whitespace().map(str::to_owned).collect(),
        redirect_uris: serde_json::from_str(&uris).unwrap_or_default(),
        plan: row.try_get(5)?,
        masks_numbers: flag(row, 6)?,
        created_ms: row.try_get(7)?,
        revoked_ms: row.try_get(8)?,
    })
}

fn credential(row: &Row) -> Result<AppCredential, tokio_postgres::Error> {
    Ok(AppCredential {
        id: row.try_get(0)?,
        extension: ExtensionId(row.try_get::<_, i64>(1)?.cast_unsigned()),
        app: row.try_get(2)?,
        hash: row.try_get(3)?,
        created_ms: row.try_get(4)?,
        expires_ms: row.try_get(5)?,
        revoked_ms: row.try_get(6)?,
        last_used_ms: row.try_get(7)?,
    })
}
