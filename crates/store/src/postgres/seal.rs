//! The chain of seals.

use callbook_model::{AccountId, Scope};
use deadpool_postgres::Transaction;
use jiff::civil::Date;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::failure::{Failure, retried};
use super::{Postgres, each, execute, fenced, query};
use crate::account::scope_number;
use crate::{AccountKey, Error, Seal, SyncLock, UpstreamDay};

macro_rules! select_seals {
    ($rest:literal) => {
        concat!(
            "SELECT number, day, calls, digest, upstream_calls, upstream_ids, seq, sealed_ms,
                 previous, hash
             FROM seal WHERE account = $1 AND scope = $2 ",
            $rest
        )
    };
}

impl Postgres {
    /// The account's newest change number.
    pub(crate) async fn newest_change(&self, account: AccountKey) -> Result<i64, Error> {
        let sql = "SELECT seq FROM account WHERE account = $1";
        let rows = self.rows(sql, &[&account.0]).await?;
        Ok(each(self, &rows, |row| row.try_get(0))?.pop().unwrap_or_default())
    }

    /// Chains entries to the last one, and writes them.
    pub(crate) async fn append_seals(
        &self,
        lock: &SyncLock,
        scope: Scope,
        seals: Vec<Seal>,
    ) -> Result<Vec<Seal>, Error> {
        let mut tried = Vec::new();
        retried!(self, self.append_once(lock, scope_number(scope), &seals, &mut tried))
    }

    /// `tried` are the seals of a try of which nobody knows whether it succeeded.
    async fn append_once(
        &self,
        lock: &SyncLock,
        scope: i64,
        unchained: &[Seal],
        tried: &mut Vec<Seal>,
    ) -> Result<Vec<Seal>, Failure> {
        let account = lock.account.0;
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        fenced(&transaction, lock).await?;
        let sql = "SELECT id FROM account WHERE account = $1";
        let id: i64 = transaction.query_one(sql, &[&account]).await?.try_get(0)?;
        let sql = select_seals!("ORDER BY number DESC LIMIT 1");
        let rows = query(&transaction, sql, &[&account, &scope]).await?;
        let last = rows.first().map(seal).transpose()?.transpose()?;
        if !tried.is_empty() && tried.last() == last.as_ref() {
            return Ok(std::mem::take(tried));
        }
        let log = (AccountId(id.cast_unsigned()), scope);
        let mut chain: Vec<Seal> = Vec::with_capacity(unchained.len());
        for seal in unchained {
            let seal = seal.clone().chained(log, chain.last().or(last.as_ref()));
            insert(&transaction, account, scope, &seal).await?;
            chain.push(seal);
        }
        tried.clone_from(&chain);
        transaction.commit().await?;
        Ok(chain)
    }

    pub(crate) async fn seals(
        &self,
        account: AccountKey,
        scope: Scope,
    ) -> Result<Vec<Seal>, Error> {
        let sql = select_seals!("ORDER BY number");
        let rows = self.rows(sql, &[&account.0, &scope_number(scope)]).await?;
        self.known_days(each(self, &rows, seal)?)
    }

    pub(crate) async fn stale_seals(
        &self,
        account: AccountKey,
        scope: Scope,
    ) -> Result<Vec<Date>, Error> {
        let sql = "SELECT s.day FROM (
                 SELECT DISTINCT ON (day) day, seq FROM seal
                 WHERE account = $1 AND scope = $2 ORDER BY day, number DESC) s
             JOIN day d ON d.account = $1 AND d.scope = $2 AND d.day = s.day
             WHERE d.seq > s.seq ORDER BY s.day";
        let rows = self.rows(sql, &[&account.0, &scope_number(scope)]).await?;
        self.known_days(each(self, &rows, |row| Ok(day(row.try_get(0)?)))?)
    }

    fn known_days<T>(&self, each: Vec<Result<T, Failure>>) -> Result<Vec<T>, Error> {
        let known: Result<Vec<T>, Failure> = each.into_iter().collect();
        known.map_err(|failure| failure.name(self.location()))
    }
}

async fn insert(
    transaction: &Transaction<'_>,
    account: i64,
    scope: i64,
    seal: &Seal,
) -> Result<(), Failure> {
    let sql = "INSERT INTO seal
             (account, scope, number, day, calls, digest, upstream_calls, upstream_ids, seq,
              sealed_ms, previous, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let values: [&(dyn ToSql + Sync); 12] = [
        &account,
        &scope,
        &seal.number,
        &seal.day.to_string(),
        &seal.calls,
        &seal.digest,
        &seal.upstream.as_ref().map(|upstream| upstream.calls),
        &seal.upstream.as_ref().map(|upstream| &upstream.ids_hash),
        &seal.seq,
        &seal.sealed_ms,
        &seal.previous,
        &seal.hash,
    ];
    execute(transaction, sql, &values).await?;
    Ok(())
}

fn seal(row: &Row) -> Result<Result<Seal, Failure>, tokio_postgres::Error> {
    let day = match day(row.try_get(1)?) {
        Ok(day) => day,
        Err(failure) => return Ok(Err(failure)),
    };
    let upstream = row.try_get::<_, Option<i64>>(4)?.zip(row.try_get(5)?);
    Ok(Ok(Seal {
        number: row.try_get(0)?,
        day,
        calls: row.try_get(2)?,
        digest: row.try_get(3)?,
        upstream: upstream.map(|(calls, ids_hash)| UpstreamDay { calls, ids_hash }),
        seq: row.try_get(6)?,
        sealed_ms: row.try_get(7)?,
        previous: row.try_get(8)?,
        hash: row.try_get(9)?,
    }))
}

fn day(text: &str) -> Result<Date, Failure> {
    text.parse().map_err(|_| Failure::Known(Error::DamagedRecord { id: format!("seal of {text}") }))
}
