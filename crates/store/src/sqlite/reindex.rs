//! Making rows and postings again from intact documents.

use std::collections::HashSet;

use callbook_model::{CallRecord, Scope, content_hash};
use rusqlite::Connection;

use super::changes::known;
use super::commit::{Place, home};
use super::{Sqlite, columns, no_memory, rows};
use crate::account::scope_number;
use crate::document::{Columns, Unpacker};
use crate::stored::Narrow;
use crate::{Cause, Error, SyncLock};

impl Sqlite {
    pub(crate) async fn reindex(
        &self,
        lock: &SyncLock,
        scope: Scope,
        ids: Vec<String>,
    ) -> Result<u64, Error> {
        let (account, scope) = (lock.account.0, scope_number(scope));
        self.write_locked(lock, move |connection| {
            let home = home(connection, account)?;
            reindex(connection, &Place { account, scope, home, now_ms: 0 }, ids)
        })
        .await
    }
}

/// A version that a call's row is to be made from.
struct Head {
    call: i64,
    version: i64,
    cause: Cause,
    columns: Columns,
}

fn reindex(connection: &Connection, place: &Place, ids: Vec<String>) -> rusqlite::Result<u64> {
    let mut heads = Vec::with_capacity(ids.len());
    let mut missing = HashSet::new();
    for id in ids {
        match known(connection, (place.account, place.scope), &id)? {
            Some(known) => heads.extend(head(connection, known.version)?),
            None => drop(missing.insert(id)),
        }
    }
    if !missing.is_empty() {
        heads.extend(lost(connection, place, &missing)?);
    }
    drop_postings(connection, place, heads.iter().map(|head| head.call).collect())?;
    let mut unpacker = Unpacker::new().map_err(no_memory)?;
    let mut again = 0;
    for Head { call, version, cause, columns } in heads {
        let Some(json) = unpacker.whole(&columns) else { continue };
        let Ok(record) = CallRecord::decode(&json, place.home) else { continue };
        let keys = record.keys.iter().map(|key| (key.to_string(), record.start_ms, call));
        rows::write_postings(connection, place, &keys.collect::<Vec<_>>())?;
        let (hash, narrow) = (content_hash(&json), Narrow::of(record, cause));
        rows::write_call(connection, place, (call, version), &hash.0, &narrow)?;
        again += 1;
    }
    Ok(again)
}

fn head(connection: &Connection, version: i64) -> rusqlite::Result<Option<Head>> {
    let sql = "SELECT call, version, cause, simple, detail FROM version WHERE version = ?1";
    let mut heads = connection.prepare_cached(sql)?;
    heads.query_map([version], head_of)?.next().transpose()
}

fn head_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Head> {
    let cause = Cause::of(row.get_ref(2)?.as_str()?);
    Ok(Head { call: row.get(0)?, version: row.get(1)?, cause, columns: columns(row, 3)? })
}

/// The newest versions of calls whose rows are gone, by what their documents say.
fn lost(
    connection: &Connection,
    place: &Place,
    ids: &HashSet<String>,
) -> rusqlite::Result<Vec<Head>> {
    let sql = "SELECT call, max(version), cause, simple, detail FROM version
         WHERE account = ?1 AND call NOT IN (SELECT call FROM call) GROUP BY call";
    let mut unpacker = Unpacker::new().map_err(no_memory)?;
    let mut statement = connection.prepare(sql)?;
    let mut lost = Vec::new();
    for head in statement.query_map([place.account], head_of)? {
        let head = head?;
        let json = unpacker.whole(&head.columns);
        let record = json.and_then(|json| CallRecord::decode(&json, place.home).ok());
        lost.extend(record.filter(|record| ids.contains(&record.id)).map(|_| head));
    }
    Ok(lost)
}

/// Takes calls off everything, whatever their documents say, and with them those that are not there.
fn drop_postings(connection: &Connection, place: &Place, calls: Vec<i64>) -> rusqlite::Result<()> {
    let sql = "DELETE FROM posting WHERE account = ?1 AND scope = ?2
           AND (call IN (SELECT value FROM json_each(?3))
             OR call NOT IN (SELECT call FROM call WHERE account = ?1 AND scope = ?2))";
    let calls = serde_json::Value::from(calls).to_string();
    connection.execute(sql, (place.account, place.scope, calls))?;
    Ok(())
}
