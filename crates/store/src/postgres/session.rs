//! Sessions of apps and people.

use callbook_model::ExtensionId;
use tokio_postgres::Row;

use super::failure::{Failure, retried};
use super::{Postgres, each, execute, plain};
use crate::account::number;
use crate::{AccountKey, Error, StoredSession, TokenRows};

impl Postgres {
    pub(crate) async fn find_session(
        &self,
        AccountKey(account): AccountKey,
        digest: [u8; 32],
    ) -> Result<Option<(StoredSession, i64)>, Error> {
        let sql = "SELECT s.id, s.app, s.extension, s.state, s.revision, t.expires_ms
             FROM app_token t JOIN app_session s ON s.id = t.session
             WHERE t.digest = $1 AND s.account = $2";
        let rows = self.rows(sql, &[&digest.as_slice(), &account]).await?;
        Ok(each(self, &rows, found)?.pop())
    }

    /// Should the connection break just now, a session that was written may be told as one that was not: whoever
    /// asked finds it as it became.
    pub(crate) async fn put_session(
        &self,
        account: AccountKey,
        session: StoredSession,
        tokens: TokenRows,
    ) -> Result<bool, Error> {
        retried!(self, self.put_session_once(account, &session, &tokens))
    }

    async fn put_session_once(
        &self,
        AccountKey(account): AccountKey,
        session: &StoredSession,
        tokens: &TokenRows,
    ) -> Result<bool, Failure> {
        let StoredSession { id, app, extension, state, revision } = session;
        let (extension, expires_ms) = (number(extension.0), tokens.last_ms());
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        let written = if *revision == 0 {
            let sql = "INSERT INTO app_session
                     (id, account, app, extension, state, revision, expires_ms)
                 VALUES ($1, $2, $3, $4, $5, 1, $6) ON CONFLICT (id) DO NOTHING";
            execute(&transaction, sql, &[id, &account, app, &extension, state, &expires_ms]).await?
        } else {
            let sql = "UPDATE app_session SET state = $4, revision = $3 + 1,
                     expires_ms = greatest(expires_ms, $5)
                 WHERE id = $1 AND account = $2 AND revision = $3";
            execute(&transaction, sql, &[id, &account, revision, state, &expires_ms]).await?
        };
        if written == 0 {
            return Ok(false);
        }
        let removed: Vec<&[u8]> = tokens.removed.iter().map(<[u8; 32]>::as_slice).collect();
        let added: Vec<&[u8]> = tokens.added.iter().map(|(digest, _)| digest.as_slice()).collect();
        let expire: Vec<i64> = tokens.added.iter().map(|(_, expires_ms)| *expires_ms).collect();
        let sql = "DELETE FROM app_token WHERE digest = ANY ($1) OR expires_ms < $2";
        execute(&transaction, sql, &[&removed, &tokens.forget_before_ms]).await?;
        let sql = "INSERT INTO app_token (digest, session, expires_ms)
             SELECT digest, $1, expires_ms FROM unnest($2::bytea[], $3::int8[])
                 AS added (digest, expires_ms)";
        execute(&transaction, sql, &[id, &added, &expire]).await?;
        let sql = "DELETE FROM app_session WHERE expires_ms < $1";
        execute(&transaction, sql, &[&tokens.forget_before_ms]).await?;
        transaction.commit().await?;
        Ok(true)
    }

    pub(crate) async fn remove_session(
        &self,
        AccountKey(account): AccountKey,
        id: &str,
    ) -> Result<(), Error> {
        let sql = "DELETE FROM app_session WHERE account = $1 AND id = $2";
        self.execute(sql, &[&account, &plain(id)]).await.map(drop)
    }
}

fn found(row: &Row) -> Result<(StoredSession, i64), tokio_postgres::Error> {
    let session = StoredSession {
        id: row.try_get(0)?,
        app: row.try_get(1)?,
        extension: ExtensionId(row.try_get::<_, i64>(2)?.cast_unsigned()),
        state: row.try_get(3)?,
        revision: row.try_get(4)?,
    };
    Ok((session, row.try_get(5)?))
}
