//! Columns that a migration has added to calls that were there before.

use callbook_model::{CallRecord, Region};
use rusqlite::Connection;

use super::no_memory;
use crate::Cause;
use crate::document::Unpacker;
use crate::stored::Narrow;

/// Fills what schema 2 added from the calls' documents. One that is damaged leaves its call's columns empty.
pub(super) fn parties(connection: &Connection) -> rusqlite::Result<()> {
    let sql = "SELECT c.call, a.home, v.simple FROM call c
         JOIN version v ON v.version = c.version JOIN account a ON a.account = c.account
         WHERE c.call > ?1 ORDER BY c.call LIMIT 1000";
    let mut select = connection.prepare(sql)?;
    let sql = "UPDATE call SET action = ?2, from_number = ?3, from_extension = ?4, from_name = ?5,
             to_number = ?6, to_extension = ?7, to_name = ?8
         WHERE call = ?1";
    let mut update = connection.prepare(sql)?;
    let mut unpacker = Unpacker::new().map_err(no_memory)?;
    let mut after = 0;
    loop {
        // Not while they are being changed.
        let page: Vec<(i64, String, Vec<u8>)> = select
            .query_map([after], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let Some((last, ..)) = page.last() else { return Ok(()) };
        after = *last;
        for (call, home, simple) in page {
            // The Simple view has all that is wanted.
            let Some(json) = unpacker.text(&simple) else { continue };
            let home = home.parse().unwrap_or(Region::US);
            let Ok(record) = CallRecord::decode(&json, home) else { continue };
            let call_of = Narrow::of(record, Cause::Received);
            update.execute((
                call,
                call_of.action,
                call_of.from_number,
                call_of.from_extension,
                call_of.from_name,
                call_of.to_number,
                call_of.to_extension,
                call_of.to_name,
            ))?;
        }
    }
}
