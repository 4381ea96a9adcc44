//! The chain of seals.

use callbook_model::{AccountId, Scope};
use jiff::civil::Date;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::Sqlite;
use crate::account::scope_number;
use crate::{AccountKey, Error, Seal, SyncLock, UpstreamDay};

macro_rules! select_seals {
    ($rest:literal) => {
        concat!(
            "SELECT number, day, calls, digest, upstream_calls, upstream_ids, seq, sealed_ms,
                 previous, hash
             FROM seal WHERE account = ?1 AND scope = ?2 ",
            $rest
        )
    };
}

impl Sqlite {
    /// The account's newest change number.
    pub(crate) async fn newest_change(&self, account: AccountKey) -> Result<i64, Error> {
        self.read(move |connection| {
            let sql = "SELECT seq FROM account WHERE account = ?1";
            connection.query_row(sql, [account.0], |row| row.get(0))
        })
        .await
    }

    /// Chains entries to the last one, and writes them.
    pub(crate) async fn append_seals(
        &self,
        lock: &SyncLock,
        scope: Scope,
        seals: Vec<Seal>,
    ) -> Result<Vec<Seal>, Error> {
        let log = (lock.account.0, scope_number(scope));
        self.write_locked(lock, move |connection| {
            seals.into_iter().map(|seal| append(connection, log, seal)).collect()
        })
        .await
    }

    pub(crate) async fn seals(
        &self,
        account: AccountKey,
        scope: Scope,
    ) -> Result<Vec<Seal>, Error> {
        let log = (account.0, scope_number(scope));
        self.read(move |connection| {
            let sql = select_seals!("ORDER BY number");
            connection.prepare_cached(sql)?.query_map(log, seal)?.collect()
        })
        .await
    }

    pub(crate) async fn stale_seals(
        &self,
        account: AccountKey,
        scope: Scope,
    ) -> Result<Vec<Date>, Error> {
        let log = (account.0, scope_number(scope));
        self.read(move |connection| {
            // SQLite takes the other columns from the row that has the maximum.
            let sql = "SELECT s.day FROM (
                     SELECT day, seq, max(number) FROM seal
                     WHERE account = ?1 AND scope = ?2 GROUP BY day) s
                 JOIN day d ON d.account = ?1 AND d.scope = ?2 AND d.day = s.day
                 WHERE d.seq > s.seq ORDER BY s.day";
            connection.prepare_cached(sql)?.query_map(log, |row| day(row, 0))?.collect()
        })
        .await
    }
}

fn append(connection: &Connection, log: (i64, i64), unchained: Seal) -> rusqlite::Result<Seal> {
    let sql = "SELECT id FROM account WHERE account = ?1";
    let id: i64 = connection.prepare_cached(sql)?.query_row([log.0], |row| row.get(0))?;
    let sql = select_seals!("ORDER BY number DESC LIMIT 1");
    let last = connection.prepare_cached(sql)?.query_row(log, seal).optional()?;
    let seal = unchained.chained((AccountId(id.cast_unsigned()), log.1), last.as_ref());
    let sql = "INSERT INTO seal
             (account, scope, number, day, calls, digest, upstream_calls, upstream_ids, seq,
              sealed_ms, previous, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    connection.prepare_cached(sql)?.execute((
        log.0,
        log.1,
        seal.number,
        seal.day.to_string(),
        seal.calls,
        &seal.digest,
        seal.upstream.as_ref().map(|upstream| upstream.calls),
        seal.upstream.as_ref().map(|upstream| &upstream.ids_hash),
        seal.seq,
        seal.sealed_ms,
        &seal.previous,
        &seal.hash,
    ))?;
    Ok(seal)
}

fn seal(row: &Row<'_>) -> rusqlite::Result<Seal> {
    let upstream = row.get::<_, Option<i64>>(4)?.zip(row.get(5)?);
    Ok(Seal {
        number: row.get(0)?,
        day: day(row, 1)?,
        calls: row.get(2)?,
        digest: row.get(3)?,
        upstream: upstream.map(|(calls, ids_hash)| UpstreamDay { calls, ids_hash }),
        seq: row.get(6)?,
        sealed_ms: row.get(7)?,
        previous: row.get(8)?,
        hash: row.get(9)?,
    })
}

fn day(row: &Row<'_>, place: usize) -> rusqlite::Result<Date> {
    let text = row.get_ref(place)?.as_str()?;
    text.parse().map_err(|error: jiff::Error| {
        rusqlite::Error::FromSqlConversionFailure(place, Type::Text, error.into())
    })
}
