//! Who may ask over the API.

use callbook_model::ExtensionId;
use rusqlite::{OptionalExtension as _, Row};

use super::Sqlite;
use crate::account::number;
use crate::{AccountKey, AppCredential, Error, RegisteredApp};

const APPS: &str =
    "SELECT client_id, name, secret_hash, scopes, redirect_uris, plan, masks_numbers,
         created_ms, revoked_ms
     FROM app WHERE account = ?1 ORDER BY created_ms, client_id";
const APP: &str = "SELECT client_id, name, secret_hash, scopes, redirect_uris, plan, masks_numbers,
         created_ms, revoked_ms
     FROM app WHERE account = ?1 AND client_id = ?2 AND revoked_ms IS NULL";

impl Sqlite {
    pub(crate) async fn put_app(
        &self,
        AccountKey(account): AccountKey,
        app: RegisteredApp,
    ) -> Result<(), Error> {
        self.write(move |connection| {
            let sql = "INSERT INTO app (client_id, account, name, secret_hash, scopes,
                     redirect_uris, plan, masks_numbers, created_ms, revoked_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
            let uris = serde_json::json!(app.redirect_uris).to_string();
            let (scopes, masks) = (app.scopes.join(" "), app.masks_numbers);
            let (client_id, name, secret) = (app.client_id, app.name, app.secret_hash);
            let times = (app.created_ms, app.revoked_ms);
            let values =
                (client_id, account, name, secret, scopes, uris, app.plan, masks, times.0, times.1);
            connection.execute(sql, values).map(drop)
        })
        .await
    }

    pub(crate) async fn apps(
        &self,
        AccountKey(account): AccountKey,
    ) -> Result<Vec<RegisteredApp>, Error> {
        self.read(move |connection| {
            connection.prepare_cached(APPS)?.query_map([account], app)?.collect()
        })
        .await
    }

    pub(crate) async fn app(
        &self,
        AccountKey(account): AccountKey,
        client_id: &str,
    ) -> Result<Option<RegisteredApp>, Error> {
        let client_id = client_id.to_owned();
        self.read(move |connection| {
            connection.prepare_cached(APP)?.query_row((account, client_id), app).optional()
        })
        .await
    }

    pub(crate) async fn revoke_app(
        &self,
        AccountKey(account): AccountKey,
        client_id: &str,
        at_ms: i64,
    ) -> Result<bool, Error> {
        let client_id = client_id.to_owned();
        self.write(move |connection| {
            let sql = "UPDATE app SET revoked_ms = ?3
                 WHERE account = ?1 AND client_id = ?2 AND revoked_ms IS NULL";
            let revoked = connection.execute(sql, (account, &client_id, at_ms))? > 0;
            let sql = "DELETE FROM app_session WHERE account = ?1 AND app = ?2";
            connection.execute(sql, (account, client_id))?;
            Ok(revoked)
        })
        .await
    }

    pub(crate) async fn put_credential(
        &self,
        AccountKey(account): AccountKey,
        credential: AppCredential,
    ) -> Result<(), Error> {
        self.write(move |connection| {
            let sql = "INSERT INTO app_credential (id, account, extension, app, hash, created_ms,
                     expires_ms, revoked_ms, last_used_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
            let AppCredential { id, extension, app, hash, .. } = credential;
            let (created, expires) = (credential.created_ms, credential.expires_ms);
            let (revoked, used) = (credential.revoked_ms, credential.last_used_ms);
            let extension = number(extension.0);
            let values = (id, account, extension, app, hash, created, expires, revoked, used);
            connection.execute(sql, values).map(drop)
        })
        .await
    }

    pub(crate) async fn credentials(
        &self,
        AccountKey(account): AccountKey,
    ) -> Result<Vec<AppCredential>, Error> {
        self.read(move |connection| {
            let sql = "SELECT id, extension, app, hash, created_ms, expires_ms, revoked_ms,
                     last_used_ms
                 FROM app_credential WHERE account = ?1 ORDER BY created_ms, id";
            connection.prepare_cached(sql)?.query_map([account], credential)?.collect()
        })
        .await
    }

    pub(crate) async fn revoke_credential(
        &self,
        AccountKey(account): AccountKey,
        id: &str,
        at_ms: i64,
    ) -> Result<bool, Error> {
        let id = id.to_owned();
        self.write(move |connection| {
            let sql = "UPDATE app_credential SET revoked_ms = ?3
                 WHERE account = ?1 AND id = ?2 AND revoked_ms IS NULL RETURNING extension, app";
            let revoked = connection
                .query_row(sql, (account, id, at_ms), |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, Option<String>>(1)?))
                })
                .optional()?;
            let Some((extension, app)) = revoked else { return Ok(false) };
            let sql = "DELETE FROM app_session
                 WHERE account = ?1 AND extension = ?2 AND (?3 IS NULL OR app = ?3)";
            connection.execute(sql, (account, extension, app))?;
            Ok(true)
        })
        .await
    }

    pub(crate) async fn note_credential_use(
        &self,
        AccountKey(account): AccountKey,
        id: &str,
        at_ms: i64,
    ) -> Result<(), Error> {
        let id = id.to_owned();
        self.write(move |connection| {
            let sql = "UPDATE app_credential SET last_used_ms = ?3 WHERE account = ?1 AND id = ?2";
            connection.execute(sql, (account, id, at_ms)).map(drop)
        })
        .await
    }

    pub(crate) async fn set_password(
        &self,
        AccountKey(account): AccountKey,
        extension: ExtensionId,
        hash: Option<String>,
        at_ms: i64,
    ) -> Result<(), Error> {
        let extension = number(extension.0);
        self.write(move |connection| {
            match hash {
                Some(hash) => {
                    let sql = "INSERT INTO app_password (account, extension, hash, changed_ms)
                         VALUES (?1, ?2, ?3, ?4) ON CONFLICT (account, extension)
                         DO UPDATE SET hash = excluded.hash, changed_ms = excluded.changed_ms";
                    connection.execute(sql, (account, extension, hash, at_ms))?;
                }
                None => {
                    let sql = "DELETE FROM app_password WHERE account = ?1 AND extension = ?2";
                    connection.execute(sql, (account, extension))?;
                }
            }
            let sql = "DELETE FROM app_session WHERE account = ?1 AND extension = ?2";
            connection.execute(sql, (account, extension)).map(drop)
        })
        .await
    }

    pub(crate) async fn password(
        &self,
        AccountKey(account): AccountKey,
        extension: ExtensionId,
    ) -> Result<Option<String>, Error> {
        let extension = number(extension.0);
        self.read(move |connection| {
            let sql = "SELECT hash FROM app_password WHERE account = ?1 AND extension = ?2";
            connection.query_row(sql, (account, extension), |row| row.get(0)).optional()
        })
        .await
    }
}

fn app(row: &Row<'_>) -> rusqlite::Result<RegisteredApp> {
    let (scopes, uris): (String, String) = (row.get(3)?, row.get(4)?);
    Ok(RegisteredApp {
        client_id: row.get(0)?,
        name: row.get(1)?,
        secret_hash: row.get(2)?,
        scopes: scopes.split_whitespace().map(str::to_owned).collect(),
        redirect_uris: serde_json::from_str(&uris).unwrap_or_default(),
        plan: row.get(5)?,
        masks_numbers: row.get(6)?,
        created_ms: row.get(7)?,
        revoked_ms: row.get(8)?,
    })
}

fn credential(row: &Row<'_>) -> rusqlite::Result<AppCredential> {
    Ok(AppCredential {
        id: row.get(0)?,
        extension: ExtensionId(row.get::<_, i64>(1)?.cast_unsigned()),
        app: row.get(2)?,
        hash: row.get(3)?,
        created_ms: row.get(4)?,
        expires_ms: row.get(5)?,
        revoked_ms: row.get(6)?,
        last_used_ms: row.get(7)?,
    })
}
