//! Rows of calls and of what they are found by.

use callbook_model::{CallRecord, Key};
use rusqlite::{Connection, named_params};

use super::columns;
use super::commit::Place;
use crate::document::{Columns, Unpacker};
use crate::stored::Narrow;

/// The highest number of a table, 0 if it is empty.
pub(super) fn last(connection: &Connection, sql: &str) -> rusqlite::Result<i64> {
    connection
        .prepare_cached(sql)?
        .query_row([], |row| Ok(row.get::<_, Option<i64>>(0)?.unwrap_or(0)))
}

/// A version's document.
pub(super) fn version_columns(connection: &Connection, version: i64) -> rusqlite::Result<Columns> {
    let sql = "SELECT simple, detail FROM version WHERE version = ?1";
    connection.prepare_cached(sql)?.query_row([version], |row| columns(row, 0))
}

/// Writes a call's row, new or not.
pub(super) fn write_call(
    connection: &Connection,
    place: &Place,
    (call, version): (i64, i64),
    hash: &[u8],
    narrow: &Narrow,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO call
             (call, account, scope, id, version, hash, start_ms, duration_ms, call_type, direction,
              result, recorded, deleted, action, from_number, from_extension, from_name,
              to_number, to_extension, to_name)
         VALUES (:call, :account, :scope, :id, :version, :hash, :start_ms, :duration_ms, :call_type,
              :direction, :result, :recorded, :deleted, :action, :from_number, :from_extension,
              :from_name, :to_number, :to_extension, :to_name)
         ON CONFLICT (call) DO UPDATE
         SET version = excluded.version, hash = excluded.hash, start_ms = excluded.start_ms,
             duration_ms = excluded.duration_ms, call_type = excluded.call_type,
             direction = excluded.direction, result = excluded.result,
             recorded = excluded.recorded, deleted = excluded.deleted, action = excluded.action,
             from_number = excluded.from_number, from_extension = excluded.from_extension,
             from_name = excluded.from_name, to_number = excluded.to_number,
             to_extension = excluded.to_extension, to_name = excluded.to_name";
    connection.prepare_cached(sql)?.execute(named_params! {
        ":call": call,
        ":account": place.account,
        ":scope": place.scope,
        ":version": version,
        ":hash": hash,
        ":id": narrow.id,
        ":start_ms": narrow.start_ms,
        ":duration_ms": narrow.duration_ms,
        ":call_type": narrow.call_type,
        ":direction": narrow.direction,
        ":result": narrow.result,
        ":recorded": narrow.recorded,
        ":deleted": narrow.deleted,
        ":action": narrow.action,
        ":from_number": narrow.from_number,
        ":from_extension": narrow.from_extension,
        ":from_name": narrow.from_name,
        ":to_number": narrow.to_number,
        ":to_extension": narrow.to_extension,
        ":to_name": narrow.to_name,
    })?;
    Ok(())
}

/// Writes postings: key, start, call.
pub(super) fn write_postings(
    connection: &Connection,
    place: &Place,
    postings: &[(String, i64, i64)],
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO posting (account, scope, key, start_ms, call)
         VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
    let mut insert = connection.prepare_cached(sql)?;
    for (key, start_ms, call) in postings {
        insert.execute((place.account, place.scope, key, start_ms, call))?;
    }
    Ok(())
}

/// Takes a call off everything it is listed under: what its document of `version` says.
pub(super) fn drop_postings(
    connection: &Connection,
    place: &Place,
    call: i64,
    version: i64,
) -> rusqlite::Result<()> {
    let columns = version_columns(connection, version)?;
    let json = Unpacker::new().map_err(super::no_memory)?.whole(&columns);
    let before = json.and_then(|json| CallRecord::decode(&json, place.home).ok());
    let Some(CallRecord { keys, start_ms, .. }) = before else {
        // The document is damaged: look through all. Slow, and hopefully never needed.
        return drop_all_postings(connection, place, call);
    };
    let sql = "DELETE FROM posting
         WHERE account = ?1 AND scope = ?2 AND key = ?3 AND start_ms = ?4 AND call = ?5";
    let mut delete = connection.prepare_cached(sql)?;
    for key in keys.iter().map(Key::to_string) {
        delete.execute((place.account, place.scope, key, start_ms, call))?;
    }
    Ok(())
}

/// Takes a call off everything, whatever its document says.
pub(super) fn drop_all_postings(
    connection: &Connection,
    place: &Place,
    call: i64,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM posting WHERE account = ?1 AND scope = ?2 AND call = ?3";
    connection.execute(sql, (place.account, place.scope, call))?;
    Ok(())
}
