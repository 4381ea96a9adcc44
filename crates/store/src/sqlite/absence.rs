//! Calls that upstream lists no more: suspect at first, deleted when seen so again.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension as _};

use super::changes::{Known, known};
use super::commit::Place;
use crate::{ABSENT_AFTER_MS, Incoming};

/// What a batch says about absence.
#[derive(Default)]
pub(super) struct Absent {
    /// Seen so for the first time.
    pub(super) suspects: Vec<String>,
    /// Seen so again, but too soon.
    pub(super) waiting: u64,
    /// Seen so again, and late enough: deleted.
    pub(super) gone: Vec<(String, Known)>,
    /// Suspects so far that are listed.
    back: Vec<String>,
}

/// Sorts out what is absent, and which suspect is listed again.
pub(super) fn sort_out(
    connection: &Connection,
    log: (i64, i64),
    now_ms: i64,
    ids: Vec<String>,
    records: &[Incoming],
) -> rusqlite::Result<Absent> {
    let mut absent = Absent::default();
    let sql = "SELECT EXISTS (SELECT 1 FROM absence WHERE account = ?1 AND scope = ?2)";
    let any: bool = connection.prepare_cached(sql)?.query_row(log, |row| row.get(0))?;
    if ids.is_empty() && !any {
        return Ok(absent);
    }
    let listed: HashSet<&str> = records.iter().map(|each| each.record.id.as_str()).collect();
    let first_ms = |id: &str| {
        let sql = "SELECT first_ms FROM absence WHERE account = ?1 AND scope = ?2 AND id = ?3";
        let mut look_up = connection.prepare_cached(sql)?;
        look_up.query_row((log.0, log.1, id), |row| row.get::<_, i64>(0)).optional()
    };
    for id in &listed {
        if first_ms(id)?.is_some() {
            absent.back.push((*id).to_owned());
        }
    }
    let distinct: HashSet<String> =
        ids.into_iter().filter(|id| !listed.contains(id.as_str())).collect();
    for id in distinct {
        let Some(known) = known(connection, log, &id)?.filter(|known| !known.deleted) else {
            continue;
        };
        match first_ms(&id)? {
            None => absent.suspects.push(id),
            Some(first_ms) if now_ms.saturating_sub(first_ms) >= ABSENT_AFTER_MS => {
                absent.gone.push((id, known));
            }
            Some(_) => absent.waiting += 1,
        }
    }
    Ok(absent)
}

/// Notes the suspects, and forgets those that are none any more.
pub(super) fn write(
    connection: &Connection,
    place: &Place,
    absent: &Absent,
) -> rusqlite::Result<()> {
    let Place { account, scope, now_ms, .. } = *place;
    let sql = "INSERT INTO absence (account, scope, id, first_ms) VALUES (?1, ?2, ?3, ?4)";
    let mut insert = connection.prepare_cached(sql)?;
    for id in &absent.suspects {
        insert.execute((account, scope, id, now_ms))?;
    }
    let sql = "DELETE FROM absence WHERE account = ?1 AND scope = ?2 AND id = ?3";
    let mut delete = connection.prepare_cached(sql)?;
    for id in absent.gone.iter().map(|(id, _)| id).chain(&absent.back) {
        delete.execute((account, scope, id))?;
    }
    Ok(())
}
