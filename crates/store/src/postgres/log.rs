//! What is known of a call log as a whole.

use callbook_model::Scope;

use super::{Postgres, each};
use crate::account::{scope_number, scope_of};
use crate::{AccountKey, Error, SyncLock};

impl Postgres {
    pub(crate) async fn set_upstream_from(
        &self,
        lock: &SyncLock,
        scope: Scope,
        from_ms: i64,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO log (account, scope, upstream_from_ms) VALUES ($1, $2, $3)
             ON CONFLICT (account, scope) DO UPDATE
             SET upstream_from_ms = greatest(log.upstream_from_ms, excluded.upstream_from_ms)";
        let values: [i64; 3] = [lock.account.0, scope_number(scope), from_ms];
        self.execute_locked(lock, sql, &[&values[0], &values[1], &values[2]]).await?;
        Ok(())
    }

    pub(crate) async fn upstream_from(
        &self,
        account: AccountKey,
        scope: Scope,
    ) -> Result<Option<i64>, Error> {
        let sql = "SELECT upstream_from_ms FROM log WHERE account = $1 AND scope = $2";
        let rows = self.rows(sql, &[&account.0, &scope_number(scope)]).await?;
        Ok(each(self, &rows, |row| row.try_get(0))?.pop())
    }

    pub(crate) async fn scopes(&self, account: AccountKey) -> Result<Vec<Scope>, Error> {
        // Every call has a day: few rows for many calls.
        let sql = "SELECT DISTINCT scope FROM day WHERE account = $1 ORDER BY scope";
        let rows = self.rows(sql, &[&account.0]).await?;
        each(self, &rows, |row| Ok(scope_of(row.try_get(0)?)))
    }
}
