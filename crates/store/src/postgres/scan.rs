//! Going over everything: what seals, checks and transfers are made of.

use std::collections::HashMap;
use std::ops::Range;

use callbook_model::Scope;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::failure::{Failure, retried};
use super::{Postgres, columns, each, flag, query};
use crate::account::scope_number;
use crate::stored::{ChangeNumbers, Narrow, Orphan, Posting, StoredCall, StoredVersion};
use crate::{AccountKey, Cause, Error, Position};

/// A damaged archive must not fill the memory.
const MOST: i64 = 1000;

/// Calls and their newest versions' numbers lead to all of their versions.
pub(super) const CHAINS: &str = "WITH RECURSIVE chain (call, seq, start_ms) AS (
         SELECT call, version, version_ms FROM call WHERE account = $1 AND call = ANY ($2)
         UNION ALL
         SELECT v.call, v.previous, v.previous_ms FROM chain c JOIN version v
             ON v.account = $1 AND v.seq = c.seq AND v.start_ms = c.start_ms AND v.call = c.call
         WHERE v.previous < v.seq)
     SELECT v.call, v.seq, v.previous, v.received_ms, v.cause, v.simple, v.detail, v.start_ms
     FROM chain c JOIN version v
         ON v.account = $1 AND v.seq = c.seq AND v.start_ms = c.start_ms AND v.call = c.call";

impl Postgres {
    /// Calls that began in a span of milliseconds, in order of start and number, from after `after` on.
    pub(crate) async fn scan(
        &self,
        account: AccountKey,
        scope: Scope,
        span_ms: Range<i64>,
        after: Option<Position>,
        limit: u32,
    ) -> Result<Vec<StoredCall>, Error> {
        let sql = "SELECT call, version, hash, id, start_ms, duration_ms, call_type, direction,
                 result, recorded, deleted, action, from_number, from_extension, from_name,
                 to_number, to_extension, to_name
             FROM call
             WHERE account = $1 AND scope = $2 AND (start_ms, call) > ($3::int8, $4::int8)
               AND start_ms >= $5 AND start_ms < $6
             ORDER BY start_ms, call LIMIT $7";
        let Position { start_ms, call } =
            after.unwrap_or(Position { start_ms: span_ms.start, call: i64::MIN });
        let (scope, Range { start, end }) = (scope_number(scope), span_ms);
        let values: [&(dyn ToSql + Sync); 7] =
            [&account.0, &scope, &start_ms, &call, &start, &end, &i64::from(limit)];
        // Both of one connection: a copy of the server may lag behind another.
        let once = || async {
            let client = self.client().await?;
            let rows = query(&client, sql, &values).await?;
            let calls: Vec<i64> =
                rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
            let mut versions = HashMap::with_capacity(calls.len());
            for row in query(&client, CHAINS, &[&account.0, &calls]).await? {
                let key: (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
                versions.insert(key, version(&row)?);
            }
            rows.iter().map(|row| stored(row, &mut versions)).collect::<Result<Vec<_>, Failure>>()
        };
        retried!(self, once())
    }

    /// Postings in an order of the backend's own, from after `after` on.
    pub(crate) async fn postings(
        &self,
        account: AccountKey,
        scope: Scope,
        after: Option<Posting>,
        limit: u32,
    ) -> Result<Vec<Posting>, Error> {
        let sql = "SELECT key, start_ms, call FROM posting
             WHERE account = $1 AND scope = $2 AND (key, start_ms, call) > ($3, $4::int8, $5::int8)
             ORDER BY key, start_ms, call LIMIT $6";
        let Posting { key, start_ms, call } =
            after.unwrap_or(Posting { key: String::new(), start_ms: 0, call: 0 });
        let values: [&(dyn ToSql + Sync); 6] =
            [&account.0, &scope_number(scope), &key, &start_ms, &call, &i64::from(limit)];
        let rows = self.rows(sql, &values).await?;
        each(self, &rows, |row| {
            Ok(Posting { key: row.try_get(0)?, start_ms: row.try_get(1)?, call: row.try_get(2)? })
        })
    }

    /// Versions of the account that no call leads to: at most a thousand.
    pub(crate) async fn orphans(&self, account: AccountKey) -> Result<Vec<Orphan>, Error> {
        let sql = "SELECT v.seq, v.simple, v.detail FROM version v
             WHERE v.account = $1
               AND NOT EXISTS (
                   SELECT 1 FROM call c WHERE c.account = $1 AND c.call = v.call
                     AND c.version = v.seq AND c.version_ms = v.start_ms)
               AND NOT EXISTS (
                   SELECT 1 FROM version n WHERE n.account = $1 AND n.previous = v.seq
                     AND n.previous_ms = v.start_ms)
             ORDER BY v.seq LIMIT $2";
        let rows = self.rows(sql, &[&account.0, &MOST]).await?;
        each(self, &rows, |row| Ok(Orphan { seq: row.try_get(0)?, columns: columns(row, 1)? }))
    }

    pub(crate) async fn change_numbers(&self, account: AccountKey) -> Result<ChangeNumbers, Error> {
        let sql = "SELECT a.seq, (SELECT count(*) FROM version WHERE account = $1),
                 (SELECT coalesce(sum(versions), 0)::int8 FROM purge WHERE account = $1),
                 (SELECT max(before_ms) FROM purge WHERE account = $1)
             FROM account a WHERE a.account = $1";
        let rows = self.rows(sql, &[&account.0]).await?;
        let numbers: Option<(i64, i64, i64, Option<i64>)> = each(self, &rows, |row| {
            Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?))
        })?
        .pop();
        let (newest, versions, purged, purged_before_ms) = numbers.unwrap_or_default();
        let sql = "SELECT before + 1, seq - 1 FROM (
                 SELECT seq, lag(seq, 1, 0::int8) OVER (ORDER BY seq) AS before
                 FROM (SELECT seq FROM version WHERE account = $1 UNION ALL SELECT $2::int8 + 1) s) g
             WHERE seq > before + 1 LIMIT $3";
        let rows = self.rows(sql, &[&account.0, &newest, &MOST]).await?;
        let gaps = each(self, &rows, |row| Ok((row.try_get(0)?, row.try_get(1)?)))?;
        Ok(ChangeNumbers { newest, versions, gaps, purged, purged_before_ms })
    }
}

/// A version, and the number of the one before it.
pub(super) type Link = (StoredVersion, Option<i64>);

pub(super) fn version(row: &Row) -> Result<Link, Failure> {
    let (seq, previous, received_ms) = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
    let cause = Cause::of(row.try_get(4)?);
    Ok((StoredVersion { seq, received_ms, cause, columns: columns(row, 5)? }, previous))
}

/// A call with its versions, newest first.
fn stored(row: &Row, versions: &mut HashMap<(i64, i64), Link>) -> Result<StoredCall, Failure> {
    let (call, newest, hash): (i64, i64, _) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    let (mut found, mut next, mut whole) = (Vec::with_capacity(1), Some(newest), true);
    while let Some(seq) = next {
        let Some((version, previous)) = versions.remove(&(call, seq)) else {
            whole = false;
            break;
        };
        found.push(version);
        next = previous;
    }
    Ok(StoredCall { call, hash, row: narrow(row, 3)?, versions: found, whole })
}

/// The columns of a call that are derived from its document, in this order, from `place` on.
fn narrow(row: &Row, place: usize) -> Result<Narrow, tokio_postgres::Error> {
    Ok(Narrow {
        id: row.try_get(place)?,
        start_ms: row.try_get(place + 1)?,
        duration_ms: row.try_get(place + 2)?,
        call_type: row.try_get(place + 3)?,
        direction: row.try_get(place + 4)?,
        result: row.try_get(place + 5)?,
        recorded: flag(row, place + 6)?,
        deleted: flag(row, place + 7)?,
        action: row.try_get(place + 8)?,
        from_number: row.try_get(place + 9)?,
        from_extension: row.try_get(place + 10)?,
        from_name: row.try_get(place + 11)?,
        to_number: row.try_get(place + 12)?,
        to_extension: row.try_get(place + 13)?,
        to_name: row.try_get(place + 14)?,
    })
}
