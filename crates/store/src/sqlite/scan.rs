//! Going over everything: what seals, checks and transfers are made of.

use std::ops::Range;

use callbook_model::Scope;
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::{Sqlite, columns};
use crate::account::scope_number;
use crate::stored::{ChangeNumbers, Narrow, Orphan, Posting, StoredCall, StoredVersion};
use crate::{AccountKey, Cause, Error, Position};

/// A damaged archive must not fill the memory.
const MOST: i64 = 1000;

impl Sqlite {
    /// Calls that began in a span of milliseconds, in order of start and number, from after `after` on.
    pub(crate) async fn scan(
        &self,
        account: AccountKey,
        scope: Scope,
        span_ms: Range<i64>,
        after: Option<Position>,
        limit: u32,
    ) -> Result<Vec<StoredCall>, Error> {
        self.read(move |connection| {
            let sql = "SELECT call, version, hash, id, start_ms, duration_ms, call_type, direction,
                     result, recorded, deleted, action, from_number, from_extension, from_name,
                     to_number, to_extension, to_name
                 FROM call
                 WHERE account = ?1 AND scope = ?2 AND (start_ms, call) > (?3, ?4)
                   AND start_ms >= ?5 AND start_ms < ?6
                 ORDER BY start_ms, call LIMIT ?7";
            let Position { start_ms, call } =
                after.unwrap_or(Position { start_ms: span_ms.start, call: i64::MIN });
            let (scope, Range { start, end }) = (scope_number(scope), span_ms);
            let parameters = (account.0, scope, start_ms, call, start, end, limit);
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map(parameters, |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, narrow(row, 3)?))
            })?;
            rows.map(|row| {
                let (call, version, hash, row) = row?;
                let (versions, whole) = chain(connection, call, version)?;
                Ok(StoredCall { call, hash, row, versions, whole })
            })
            .collect()
        })
        .await
    }

    /// Postings in an order of the backend's own, from after `after` on.
    pub(crate) async fn postings(
        &self,
        account: AccountKey,
        scope: Scope,
        after: Option<Posting>,
        limit: u32,
    ) -> Result<Vec<Posting>, Error> {
        self.read(move |connection| {
            let sql = "SELECT key, start_ms, call FROM posting
                 WHERE account = ?1 AND scope = ?2 AND (key, start_ms, call) > (?3, ?4, ?5)
                 ORDER BY key, start_ms, call LIMIT ?6";
            let Posting { key, start_ms, call } =
                after.unwrap_or(Posting { key: String::new(), start_ms: 0, call: 0 });
            let parameters = (account.0, scope_number(scope), key, start_ms, call, limit);
            let posting = |row: &Row<'_>| {
                Ok(Posting { key: row.get(0)?, start_ms: row.get(1)?, call: row.get(2)? })
            };
            connection.prepare_cached(sql)?.query_map(parameters, posting)?.collect()
        })
        .await
    }

    /// Versions of the account that no call leads to: at most a thousand.
    pub(crate) async fn orphans(&self, account: AccountKey) -> Result<Vec<Orphan>, Error> {
        self.read(move |connection| {
            let sql = "SELECT seq, simple, detail FROM version
                 WHERE account = ?1 AND version NOT IN (SELECT version FROM call)
                   AND version NOT IN (SELECT previous FROM version WHERE previous IS NOT NULL)
                 ORDER BY seq LIMIT ?2";
            let orphan = |row: &Row<'_>| Ok(Orphan { seq: row.get(0)?, columns: columns(row, 1)? });
            connection.prepare_cached(sql)?.query_map((account.0, MOST), orphan)?.collect()
        })
        .await
    }

    pub(crate) async fn change_numbers(&self, account: AccountKey) -> Result<ChangeNumbers, Error> {
        self.read(move |connection| {
            let newest = "SELECT seq FROM account WHERE account = ?1";
            let newest = connection.query_row(newest, [account.0], |row| row.get(0))?;
            let versions = "SELECT count(*) FROM version WHERE account = ?1";
            let versions = connection.query_row(versions, [account.0], |row| row.get(0))?;
            let purged = "SELECT coalesce(sum(versions), 0), max(before_ms) FROM purge
                 WHERE account = ?1";
            let (purged, purged_before_ms) =
                connection.query_row(purged, [account.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let gaps = gaps(connection, account.0, newest)?;
            Ok(ChangeNumbers { newest, versions, gaps, purged, purged_before_ms })
        })
        .await
    }
}

fn gaps(connection: &Connection, account: i64, newest: i64) -> rusqlite::Result<Vec<(i64, i64)>> {
    let sql = "SELECT before + 1, seq - 1 FROM (
             SELECT seq, lag(seq, 1, 0) OVER (ORDER BY seq) AS before
             FROM (SELECT seq FROM version WHERE account = ?1 UNION ALL SELECT ?2 + 1))
         WHERE seq > before + 1 LIMIT ?3";
    let gap = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    connection.prepare(sql)?.query_map((account, newest, MOST), gap)?.collect()
}

/// A call's versions, newest first, and whether they reach back to its first one.
pub(super) fn chain(
    connection: &Connection,
    call: i64,
    newest: i64,
) -> rusqlite::Result<(Vec<StoredVersion>, bool)> {
    let sql = "SELECT seq, received_ms, cause, simple, detail, previous FROM version
         WHERE version = ?1 AND call = ?2";
    let mut look_up = connection.prepare_cached(sql)?;
    let (mut versions, mut next) = (Vec::with_capacity(1), Some(newest));
    while let Some(version) = next {
        let found = look_up.query_row((version, call), |row| {
            let cause = Cause::of(row.get_ref(2)?.as_str()?);
            let (seq, received_ms, columns) = (row.get(0)?, row.get(1)?, columns(row, 3)?);
            let previous: Option<i64> = row.get(5)?;
            Ok((StoredVersion { seq, received_ms, cause, columns }, previous))
        });
        let Some((stored, previous)) = found.optional()? else { return Ok((versions, false)) };
        versions.push(stored);
        // An earlier version has a lower number: a ring would be damage, and has no end.
        if previous.is_some_and(|previous| previous >= version) {
            return Ok((versions, false));
        }
        next = previous;
    }
    Ok((versions, true))
}

/// The columns of a call that are derived from its document, in this order, from `place` on.
fn narrow(row: &Row<'_>, place: usize) -> rusqlite::Result<Narrow> {
    Ok(Narrow {
        id: row.get(place)?,
        start_ms: row.get(place + 1)?,
        duration_ms: row.get(place + 2)?,
        call_type: row.get(place + 3)?,
        direction: row.get(place + 4)?,
        result: row.get(place + 5)?,
        recorded: row.get(place + 6)?,
        deleted: row.get(place + 7)?,
        action: row.get(place + 8)?,
        from_number: row.get(place + 9)?,
        from_extension: row.get(place + 10)?,
        from_name: row.get(place + 11)?,
        to_number: row.get(place + 12)?,
        to_extension: row.get(place + 13)?,
        to_name: row.get(place + 14)?,
    })
}
