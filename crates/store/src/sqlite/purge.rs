//! Erasing calls: a few at a time, so that others get their turn.

use std::ops::ControlFlow::{self, Break, Continue};

use rusqlite::{Connection, OptionalExtension as _, Row};

use super::commit::{Place, home};
use super::scan::chain;
use super::{Sqlite, no_memory, rows};
use crate::document::Unpacker;
use crate::purge::start_ms;
use crate::{AccountKey, Error, Purge, PurgeMark, Purged, SyncLock};

/// Calls in one transaction: some 20 ms of the writer's time.
const CALLS_AT_ONCE: i64 = 200;

/// What hangs on a call. The contents of recordings are elsewhere, and deleted later.
const OF_A_CALL: [&str; 5] = [
    "INSERT INTO doomed_object (object) SELECT object FROM recording
     WHERE account = ?1 AND scope = ?2 AND call_id = ?3 AND object IS NOT NULL
     ON CONFLICT DO NOTHING",
    "DELETE FROM recording WHERE account = ?1 AND scope = ?2 AND call_id = ?3",
    "DELETE FROM message WHERE account = ?1 AND scope = ?2 AND call_id = ?3",
    "DELETE FROM absence WHERE account = ?1 AND scope = ?2 AND id = ?3",
    "DELETE FROM hidden WHERE account = ?1 AND ?2 IS NOT NULL AND id = ?3",
];

/// Everything that belongs to an account, what refers to others first.
const OF_AN_ACCOUNT: [&str; 25] = [
    "INSERT INTO doomed_object (object) SELECT object FROM recording
     WHERE account = ?1 AND object IS NOT NULL ON CONFLICT DO NOTHING",
    "DELETE FROM recording WHERE account = ?1",
    "DELETE FROM message WHERE account = ?1",
    "DELETE FROM recording_feed WHERE account = ?1",
    "DELETE FROM posting WHERE account = ?1",
    "DELETE FROM version WHERE account = ?1",
    "DELETE FROM absence WHERE account = ?1",
    "DELETE FROM hidden WHERE account = ?1",
    "DELETE FROM cursor WHERE account = ?1",
    "DELETE FROM quarantine WHERE account = ?1",
    "DELETE FROM directory WHERE account = ?1",
    "DELETE FROM sync_run WHERE account = ?1",
    "DELETE FROM log WHERE account = ?1",
    "DELETE FROM day WHERE account = ?1",
    "DELETE FROM seal WHERE account = ?1",
    "DELETE FROM purge WHERE account = ?1",
    "DELETE FROM app WHERE account = ?1",
    "DELETE FROM app_credential WHERE account = ?1",
    "DELETE FROM app_password WHERE account = ?1",
    "DELETE FROM app_session WHERE account = ?1",
    "DELETE FROM app_rate WHERE account = ?1",
    "DELETE FROM webhook WHERE account = ?1",
    "DELETE FROM webhook_lease WHERE account = ?1",
    "UPDATE registration SET account = NULL WHERE account = ?1",
    "DELETE FROM account WHERE account = ?1",
];

impl Sqlite {
    pub(crate) async fn purge(
        &self,
        lock: &SyncLock,
        before_ms: Option<i64>,
        at_ms: i64,
    ) -> Result<Purged, Error> {
        let account = lock.account.0;
        // What is erased has to be gone from the file as well.
        self.with_writer(|connection| connection.pragma_update(None, "secure_delete", true))
            .await?;
        let mut note = None;
        if let Some(before_ms) = before_ms {
            note = Some(
                self.write_locked(lock, move |connection| {
                    let sql = "DELETE FROM directory WHERE account = ?1 AND valid_to_ms < ?2";
                    connection.execute(sql, (account, before_ms))?;
                    let sql = "INSERT INTO purge
                         (account, at_ms, before_ms, calls, versions, until_ms)
                     VALUES (?1, ?2, ?3, 0, 0, ?3) RETURNING purge";
                    connection
                        .query_row(sql, (account, at_ms, before_ms), |row| row.get::<_, i64>(0))
                })
                .await?,
            );
        }
        let mut purged = Purged::default();
        loop {
            let some = self
                .write_locked(lock, move |connection| erase(connection, account, before_ms, note))
                .await?;
            let (Continue(Purged { calls, versions }) | Break(Purged { calls, versions })) = some;
            purged.calls += calls;
            purged.versions += versions;
            if some.is_break() {
                break;
            }
        }
        if before_ms.is_none() {
            self.write_locked(lock, move |connection| erase_account(connection, account)).await?;
        }
        self.with_writer(|connection| {
            connection.pragma_update(None, "secure_delete", false)?;
            // The log beside the file still has what was erased.
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        })
        .await?;
        Ok(purged)
    }

    pub(crate) async fn purges(
        &self,
        account: AccountKey,
        after: PurgeMark,
    ) -> Result<Vec<Purge>, Error> {
        self.read(move |connection| {
            let sql = "SELECT purge, calls, at_ms, before_ms, until_ms FROM purge
                 WHERE account = ?1 AND (purge, calls) > (?2, ?3) AND calls > 0 ORDER BY purge";
            let purge = |row: &Row<'_>| {
                let mark = PurgeMark { number: row.get(0)?, calls: row.get(1)? };
                let (at_ms, before_ms, until_ms) = (row.get(2)?, row.get(3)?, row.get(4)?);
                Ok(Purge { mark, at_ms, before_ms, until_ms })
            };
            let parameters = (account.0, after.number, after.calls);
            connection.prepare_cached(sql)?.query_map(parameters, purge)?.collect()
        })
        .await
    }
}

/// Erases some calls; `Break` when there are no more.
fn erase(
    connection: &Connection,
    account: i64,
    before_ms: Option<i64>,
    note: Option<i64>,
) -> rusqlite::Result<ControlFlow<Purged, Purged>> {
    let home = home(connection, account)?;
    // A scope at a time: the index has the scope before the start.
    let sql = "SELECT scope FROM call WHERE account = ?1 AND start_ms < ?2 LIMIT 1";
    let before_ms = before_ms.unwrap_or(i64::MAX);
    let scope = connection.prepare_cached(sql)?.query_row((account, before_ms), |row| row.get(0));
    let Some(scope) = scope.optional()? else { return Ok(Break(Purged::default())) };
    let place = Place { account, scope, home, now_ms: 0 };
    let sql = "SELECT call, version, id FROM call
         WHERE account = ?1 AND scope = ?2 AND start_ms < ?3 ORDER BY start_ms LIMIT ?4";
    let parameters = (account, scope, before_ms, CALLS_AT_ONCE);
    let calls: Vec<(i64, i64, String)> = connection
        .prepare_cached(sql)?
        .query_map(parameters, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut purged = Purged { calls: calls.len() as u64, versions: 0 };
    let mut last_ms = i64::MIN;
    for (call, version, id) in calls {
        rows::drop_postings(connection, &place, call, version)?;
        last_ms = last_ms.max(last_start_ms(connection, call, version)?);
        purged.versions += erase_call(connection, &place, call, version, &id)?;
    }
    if let Some(note) = note {
        let sql = "UPDATE purge SET calls = calls + ?2, versions = versions + ?3,
                 until_ms = max(until_ms, ?4)
             WHERE purge = ?1";
        connection.prepare_cached(sql)?.execute((
            note,
            purged.calls.cast_signed(),
            purged.versions.cast_signed(),
            last_ms.saturating_add(1),
        ))?;
    }
    Ok(Continue(purged))
}

/// The latest that a call began by its states before the newest: at the end of time if not all are known.
fn last_start_ms(connection: &Connection, call: i64, newest: i64) -> rusqlite::Result<i64> {
    let (versions, whole) = chain(connection, call, newest)?;
    if !whole {
        return Ok(i64::MAX);
    }
    let mut last_ms = i64::MIN;
    for version in versions.iter().skip(1) {
        let mut unpacker = Unpacker::new().map_err(no_memory)?;
        last_ms = last_ms.max(start_ms(&mut unpacker, &version.columns.simple));
    }
    Ok(last_ms)
}

/// How many versions it had.
fn erase_call(
    connection: &Connection,
    place: &Place,
    call: i64,
    newest: i64,
    id: &str,
) -> rusqlite::Result<u64> {
    let sql = "DELETE FROM version WHERE version = ?1 AND call = ?2 RETURNING previous";
    let mut delete = connection.prepare_cached(sql)?;
    let (mut versions, mut next) = (0, Some(newest));
    while let Some(version) = next {
        let previous = delete.query_row((version, call), |row| row.get::<_, Option<i64>>(0));
        let Some(previous) = previous.optional()? else { break };
        versions += 1;
        next = previous;
    }
    connection.prepare_cached("DELETE FROM call WHERE call = ?1")?.execute([call])?;
    for sql in OF_A_CALL {
        connection.prepare_cached(sql)?.execute((place.account, place.scope, id))?;
    }
    Ok(versions)
}

/// Erases what is left of an account: few rows, but for damage.
pub(super) fn erase_account(connection: &Connection, account: i64) -> rusqlite::Result<()> {
    for sql in OF_AN_ACCOUNT {
        connection.execute(sql, [account])?;
    }
    Ok(())
}
