//! What is known of a call log as a whole.

use callbook_model::Scope;
use rusqlite::OptionalExtension as _;

use super::Sqlite;
use crate::account::{scope_number, scope_of};
use crate::{AccountKey, Error, SyncLock};

impl Sqlite {
    pub(crate) async fn set_upstream_from(
        &self,
        lock: &SyncLock,
        scope: Scope,
        from_ms: i64,
    ) -> Result<(), Error> {
        let (account, scope) = (lock.account.0, scope_number(scope));
        self.write_locked(lock, move |connection| {
            let sql = "INSERT INTO log (account, scope, upstream_from_ms) VALUES (?1, ?2, ?3)
                 ON CONFLICT (account, scope) DO UPDATE
                 SET upstream_from_ms = max(upstream_from_ms, excluded.upstream_from_ms)";
            connection.execute(sql, (account, scope, from_ms))?;
            Ok(())
        })
        .await
    }

    pub(crate) async fn upstream_from(
        &self,
        account: AccountKey,
        scope: Scope,
    ) -> Result<Option<i64>, Error> {
        self.read(move |connection| {
            let sql = "SELECT upstream_from_ms FROM log WHERE account = ?1 AND scope = ?2";
            let parameters = (account.0, scope_number(scope));
            connection.query_row(sql, parameters, |row| row.get(0)).optional()
        })
        .await
    }

    pub(crate) async fn scopes(&self, account: AccountKey) -> Result<Vec<Scope>, Error> {
        self.read(move |connection| {
            // Every call has a day: few rows for many calls.
            let sql = "SELECT DISTINCT scope FROM day WHERE account = ?1 ORDER BY scope";
            let scope = |row: &rusqlite::Row<'_>| Ok(scope_of(row.get(0)?));
            connection.prepare_cached(sql)?.query_map([account.0], scope)?.collect()
        })
        .await
    }
}
