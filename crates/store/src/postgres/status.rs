//! What the archive holds, in numbers.

use super::{Postgres, each, plain};
use crate::status::last_success_sql;
use crate::{Account, AccountKey, AccountStatus, Error, Run, Status};

impl Postgres {
    pub(crate) async fn status(&self) -> Result<Status, Error> {
        let sql = "SELECT id, created_ms,
                 (SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::int8 FROM pg_class
                  WHERE relnamespace = 'callbook'::regnamespace AND relkind = 'r')
             FROM archive";
        let rows = self.rows(sql, &[]).await?;
        let archive: Option<(String, i64, i64)> =
            each(self, &rows, |row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)))?.pop();
        let (archive_id, created_ms, bytes) =
            archive.ok_or_else(|| Error::NotAnArchive { location: self.location().clone() })?;
        let mut accounts = Vec::new();
        for account in self.accounts().await? {
            accounts.extend(self.account_status(account).await?);
        }
        Ok(Status { archive_id, created_ms, bytes: bytes.cast_unsigned(), accounts })
    }

    pub(crate) async fn archive_id(&self) -> Result<String, Error> {
        let rows = self.rows("SELECT id FROM archive", &[]).await?;
        let id = each(self, &rows, |row| row.try_get(0))?.into_iter().next();
        id.ok_or_else(|| Error::NotAnArchive { location: self.location().clone() })
    }

    pub(crate) async fn last_success(&self, account: AccountKey) -> Result<Option<i64>, Error> {
        let rows = self.rows(last_success_sql!("$1"), &[&account.0]).await?;
        Ok(each(self, &rows, |row| row.try_get(0))?.into_iter().next().flatten())
    }

    pub(crate) async fn calls_since(&self, start_ms: i64) -> Result<i64, Error> {
        let rows =
            self.rows("SELECT count(*) FROM call WHERE start_ms >= $1", &[&start_ms]).await?;
        let counts: Vec<i64> = each(self, &rows, |row| row.try_get(0))?;
        Ok(counts.into_iter().sum())
    }

    pub(crate) async fn put_run(&self, account: AccountKey, run: Run) -> Result<(), Error> {
        let sql = "INSERT INTO sync_run (account, started_ms, finished_ms, summary)
             VALUES ($1, $2, $3, $4)";
        let summary = plain(&run.summary);
        self.execute(sql, &[&account.0, &run.started_ms, &run.finished_ms, &summary]).await?;
        Ok(())
    }

    async fn account_status(&self, account: Account) -> Result<Option<AccountStatus>, Error> {
        let key = account.key.0;
        let sql = "SELECT started_ms, finished_ms, summary FROM sync_run
             WHERE account = $1 ORDER BY run DESC LIMIT 1";
        let last_run = each(self, &self.rows(sql, &[&key]).await?, |row| {
            let (started_ms, finished_ms) = (row.try_get(0)?, row.try_get(1)?);
            Ok(Run { started_ms, finished_ms, summary: row.try_get(2)? })
        })?
        .pop();
        // The portal's log is -1.
        let sql = "SELECT count(*) FILTER (WHERE deleted = 0 AND scope <> -1),
                 count(*) FILTER (WHERE deleted = 1),
                 count(*) FILTER (WHERE recorded = 1 AND deleted = 0), min(start_ms), max(start_ms),
                 (SELECT max(last_success_ms) FROM registration WHERE account = $1),
                 (SELECT count(*) FROM version WHERE account = $1),
                 (SELECT count(*) FROM call c JOIN version v
                      ON v.account = c.account AND v.seq = c.version AND v.start_ms = c.version_ms
                  WHERE c.account = $1 AND c.deleted = 1 AND v.cause = 'absent'),
                 (SELECT count(*) FROM absence WHERE account = $1),
                 (SELECT count(*) FROM log l JOIN call c ON c.account = l.account
                      AND c.scope = l.scope AND c.start_ms < l.upstream_from_ms
                  WHERE l.account = $1 AND c.deleted = 0),
                 (SELECT count(*) FROM quarantine WHERE account = $1),
                 count(*) FILTER (WHERE scope = -1)
             FROM call WHERE account = $1";
        let status = each(self, &self.rows(sql, &[&key]).await?, |row| {
            let (first, last): (Option<i64>, Option<i64>) = (row.try_get(3)?, row.try_get(4)?);
            Ok(AccountStatus {
                calls: row.try_get(0)?,
                deleted: row.try_get(1)?,
                recorded: row.try_get(2)?,
                calls_ms: first.zip(last),
                last_success_ms: row.try_get(5)?,
                versions: row.try_get(6)?,
                tombstones: row.try_get(7)?,
                suspects: row.try_get(8)?,
                expired: row.try_get(9)?,
                quarantined: row.try_get(10)?,
                imported: row.try_get(11)?,
                account: account.clone(),
                last_run: None,
            })
        })?;
        Ok(status.into_iter().next().map(|status| AccountStatus {
            last_success_ms: last_run
                .as_ref()
                .map(|run| run.finished_ms)
                .max(status.last_success_ms),
            last_run,
            ..status
        }))
    }
}
