//! What came as a record and is none.

use callbook_model::content_hash;
use rusqlite::Connection;

use super::commit::Place;
use super::no_memory;
use crate::Quarantined;
use crate::document::Packer;

/// Puts into quarantine what is not there yet; how many.
pub(super) fn write(
    connection: &Connection,
    place: &Place,
    quarantined: &[Quarantined],
) -> rusqlite::Result<u64> {
    let sql = "INSERT INTO quarantine (account, scope, hash, reason, body, received_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";
    let mut insert = connection.prepare_cached(sql)?;
    let mut packer = Packer::new().map_err(no_memory)?;
    let mut added = 0;
    for Quarantined { json, reason } in quarantined {
        let body = packer.compress(json).map_err(no_memory)?;
        let Place { account, scope, now_ms, .. } = *place;
        added +=
            insert.execute((account, scope, content_hash(json).0, reason, body, now_ms))? as u64;
    }
    Ok(added)
}

/// Lets go of what was decoded after all.
pub(super) fn release(
    connection: &Connection,
    account: i64,
    numbers: &[i64],
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM quarantine WHERE account = ?1 AND quarantine = ?2";
    let mut delete = connection.prepare_cached(sql)?;
    for number in numbers {
        delete.execute((account, number))?;
    }
    Ok(())
}
