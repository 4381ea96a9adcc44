//! What of a batch is new to the archive.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _};

use crate::{Cause, Committed, Incoming};

/// What the archive knows of a call.
pub(super) struct Known {
    pub(super) call: i64,
    pub(super) version: i64,
    pub(super) hash: Vec<u8>,
    pub(super) start_ms: i64,
    pub(super) deleted: bool,
}

/// A record that the archive has to take in.
pub(super) struct Change {
    pub(super) incoming: Incoming,
    pub(super) known: Option<Known>,
    pub(super) cause: Cause,
    pub(super) received_ms: i64,
}

/// Looks a call up by RingCentral's id.
pub(super) fn known(
    connection: &Connection,
    (account, scope): (i64, i64),
    id: &str,
) -> rusqlite::Result<Option<Known>> {
    let sql = "SELECT call, version, hash, start_ms, deleted FROM call
         WHERE account = ?1 AND scope = ?2 AND id = ?3";
    connection
        .prepare_cached(sql)?
        .query_row((account, scope, id), |row| {
            let (call, version, hash) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Known { call, version, hash, start_ms: row.get(3)?, deleted: row.get(4)? })
        })
        .optional()
}

/// Sorts out what is new, and counts it.
pub(super) fn changes(
    connection: &Connection,
    log: (i64, i64),
    records: Vec<Incoming>,
    (force, received_ms): (bool, i64),
    committed: &mut Committed,
) -> rusqlite::Result<Vec<Change>> {
    let mut changes = Vec::new();
    for incoming in last_of_each(records) {
        let Incoming { record, hash, .. } = &incoming;
        let known = known(connection, log, &record.id)?;
        let mut cause = if force { Cause::Repaired } else { Cause::Received };
        match &known {
            Some(known) if known.deleted && !record.deleted && is_absent(connection, known)? => {
                cause = Cause::Listed;
                committed.restored += 1;
            }
            Some(known) if known.hash == hash.0 && !force => {
                committed.unchanged += 1;
                continue;
            }
            Some(known) if record.deleted && !known.deleted => committed.deleted += 1,
            None if record.deleted => committed.deleted += 1,
            Some(_) => committed.updated += 1,
            None => committed.inserted += 1,
        }
        changes.push(Change { incoming, known, cause, received_ms });
    }
    Ok(changes)
}

/// Whether a deleted call is so because upstream listed it no more.
fn is_absent(connection: &Connection, known: &Known) -> rusqlite::Result<bool> {
    let sql = "SELECT cause FROM version WHERE version = ?1";
    let cause = connection
        .prepare_cached(sql)?
        .query_row([known.version], |row| Ok(Cause::of(row.get_ref(0)?.as_str()?)));
    Ok(cause.optional()? == Some(Cause::Absent))
}

/// Drops all but the last record of each id; the rest keep their order.
fn last_of_each(records: Vec<Incoming>) -> Vec<Incoming> {
    let last: HashMap<String, usize> =
        records.iter().enumerate().map(|(at, each)| (each.record.id.clone(), at)).collect();
    let is_last = |(at, each): &(usize, Incoming)| last.get(&each.record.id) == Some(at);
    records.into_iter().enumerate().filter(is_last).map(|(_, each)| each).collect()
}
