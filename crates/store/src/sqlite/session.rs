//! Sessions of apps and people.

use callbook_model::ExtensionId;
use rusqlite::OptionalExtension as _;

use super::Sqlite;
use crate::account::number;
use crate::{AccountKey, Error, StoredSession, TokenRows};

impl Sqlite {
    pub(crate) async fn find_session(
        &self,
        AccountKey(account): AccountKey,
        digest: [u8; 32],
    ) -> Result<Option<(StoredSession, i64)>, Error> {
        self.read(move |connection| {
            let sql = "SELECT s.id, s.app, s.extension, s.state, s.revision, t.expires_ms
                 FROM app_token t JOIN app_session s ON s.id = t.session
                 WHERE t.digest = ?1 AND s.account = ?2";
            let found = |row: &rusqlite::Row<'_>| {
                let session = StoredSession {
                    id: row.get(0)?,
                    app: row.get(1)?,
                    extension: ExtensionId(row.get::<_, i64>(2)?.cast_unsigned()),
                    state: row.get(3)?,
                    revision: row.get(4)?,
                };
                Ok((session, row.get(5)?))
            };
            connection.prepare_cached(sql)?.query_row((digest, account), found).optional()
        })
        .await
    }

    pub(crate) async fn put_session(
        &self,
        AccountKey(account): AccountKey,
        session: StoredSession,
        tokens: TokenRows,
    ) -> Result<bool, Error> {
        self.write(move |connection| {
            let StoredSession { id, app, extension, state, revision } = session;
            let expires_ms = tokens.last_ms();
            let written = if revision == 0 {
                let sql = "INSERT INTO app_session
                         (id, account, app, extension, state, revision, expires_ms)
                     VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6) ON CONFLICT (id) DO NOTHING";
                let extension = number(extension.0);
                connection.execute(sql, (&id, account, app, extension, state, expires_ms))?
            } else {
                let sql = "UPDATE app_session SET state = ?4, revision = ?3 + 1,
                         expires_ms = max(expires_ms, ?5)
                     WHERE id = ?1 AND account = ?2 AND revision = ?3";
                connection.execute(sql, (&id, account, revision, state, expires_ms))?
            };
            if written == 0 {
                return Ok(false);
            }
            let sql = "DELETE FROM app_token WHERE digest = ?1";
            for digest in tokens.removed {
                connection.prepare_cached(sql)?.execute([digest])?;
            }
            let sql = "INSERT INTO app_token (digest, session, expires_ms) VALUES (?1, ?2, ?3)";
            for (digest, expires_ms) in tokens.added {
                connection.prepare_cached(sql)?.execute((digest, &id, expires_ms))?;
            }
            let sql = "DELETE FROM app_token WHERE expires_ms < ?1";
            connection.prepare_cached(sql)?.execute([tokens.forget_before_ms])?;
            let sql = "DELETE FROM app_session WHERE expires_ms < ?1";
            connection.prepare_cached(sql)?.execute([tokens.forget_before_ms])?;
            Ok(true)
        })
        .await
    }

    pub(crate) async fn remove_session(
        &self,
        AccountKey(account): AccountKey,
        id: &str,
    ) -> Result<(), Error> {
        let id = id.to_owned();
        self.write(move |connection| {
            let sql = "DELETE FROM app_session WHERE account = ?1 AND id = ?2";
            connection.execute(sql, (account, id)).map(drop)
        })
        .await
    }
}
