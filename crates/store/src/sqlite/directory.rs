//! The directory with dates.

use std::collections::HashMap;

use callbook_model::{DirectoryEntry, DirectoryKind};
use rusqlite::{CachedStatement, Connection};

use super::Sqlite;
use super::commit::write_cursors;
use crate::account::number;
use crate::directory::{Difference, Known, Row, extension_of, fact_columns};
use crate::{AccountKey, Error, Fact, Mirrored, Reading, SyncLock};

impl Sqlite {
    pub(crate) async fn mirror(
        &self,
        lock: &SyncLock,
        at_ms: i64,
        readings: Vec<Reading>,
        cursor: Option<(&'static str, String)>,
    ) -> Result<Mirrored, Error> {
        let account = lock.account.0;
        self.write_locked(lock, move |connection| {
            let mut mirrored = Mirrored::default();
            for reading in &readings {
                mirrored += mirror(connection, account, reading, at_ms)?;
            }
            write_cursors(connection, (account, 0), at_ms, cursor.as_slice())?;
            Ok(mirrored)
        })
        .await
    }

    pub(crate) async fn directory_at(
        &self,
        account: AccountKey,
        kind: DirectoryKind,
        at_ms: i64,
    ) -> Result<Vec<Fact>, Error> {
        self.read(move |connection| {
            let sql = concat!(
                "WITH first AS (SELECT part, max(min(valid_from_ms), ?3) AS at_ms FROM directory
                     WHERE account = ?1 AND kind = ?2 GROUP BY part)
                 SELECT ",
                fact_columns!(),
                " FROM directory d JOIN first f ON f.part = d.part
                 WHERE d.account = ?1 AND d.kind = ?2 AND d.valid_from_ms <= f.at_ms
                     AND (d.valid_to_ms IS NULL OR d.valid_to_ms > f.at_ms)
                 ORDER BY d.part, d.number, d.id"
            );
            let values = (account.0, kind.as_str(), at_ms);
            connection.prepare_cached(sql)?.query_map(values, |row| fact(kind, row))?.collect()
        })
        .await
    }

    pub(crate) async fn directory_history(
        &self,
        account: AccountKey,
        kind: DirectoryKind,
    ) -> Result<Vec<Fact>, Error> {
        self.read(move |connection| {
            let sql = concat!(
                "SELECT ",
                fact_columns!(),
                " FROM directory d WHERE d.account = ?1 AND d.kind = ?2
                 ORDER BY d.part, d.id, d.valid_from_ms"
            );
            let values = (account.0, kind.as_str());
            connection.prepare_cached(sql)?.query_map(values, |row| fact(kind, row))?.collect()
        })
        .await
    }

    pub(crate) async fn import_facts(
        &self,
        lock: &SyncLock,
        facts: Vec<Fact>,
    ) -> Result<(), Error> {
        let account = lock.account.0;
        self.write_locked(lock, move |connection| {
            let mut insert = insert(connection)?;
            for Fact { kind, part, valid_from_ms, valid_to_ms, entry } in &facts {
                let place = (account, *kind, *part);
                write(&mut insert, place, (*valid_from_ms, *valid_to_ms), &Row::of(entry))?;
            }
            Ok(())
        })
        .await
    }
}

/// Compares one list with what is known of it, and writes what changed.
fn mirror(
    connection: &Connection,
    account: i64,
    reading: &Reading,
    at_ms: i64,
) -> rusqlite::Result<Mirrored> {
    let (kind, part) = (reading.kind, number(reading.part));
    let list = (account, kind.as_str(), part);
    let known = known(connection, list)?;
    let difference = Difference::of(reading, known);
    if difference.is_empty() {
        return Ok(Mirrored::default());
    }
    // Two states of one thing need two moments.
    let sql = "SELECT max(?4, coalesce(max(max(valid_from_ms, coalesce(valid_to_ms, 0))) + 1, ?4))
         FROM directory WHERE account = ?1 AND kind = ?2 AND part = ?3";
    let values = (list.0, list.1, list.2, at_ms);
    let at_ms: i64 = connection.prepare_cached(sql)?.query_row(values, |row| row.get(0))?;
    let sql = "UPDATE directory SET valid_to_ms = ?5
         WHERE account = ?1 AND kind = ?2 AND part = ?3 AND id = ?4 AND valid_to_ms IS NULL";
    let mut close = connection.prepare_cached(sql)?;
    for id in &difference.close {
        close.execute((list.0, list.1, list.2, id, at_ms))?;
    }
    let mut insert = insert(connection)?;
    for row in &difference.open {
        write(&mut insert, (account, kind, reading.part), (at_ms, None), row)?;
    }
    complete(connection, list, &difference.complete)?;
    Ok(difference.counted())
}

/// Adds to rows of which only what is shown was known.
fn complete(
    connection: &Connection,
    list: (i64, &str, i64),
    rows: &[Row<'_>],
) -> rusqlite::Result<()> {
    let sql = "UPDATE directory SET hash = ?5, status = ?6, department = ?7, extension = ?8,
             site = ?9, json = ?10
         WHERE account = ?1 AND kind = ?2 AND part = ?3 AND id = ?4 AND valid_to_ms IS NULL";
    let mut update = connection.prepare_cached(sql)?;
    for row in rows {
        let DirectoryEntry { id, status, department, site, json, .. } = row.entry;
        let (hash, extension) = (&row.hash, row.extension());
        update.execute((
            list.0, list.1, list.2, id, hash, status, department, extension, site, json,
        ))?;
    }
    Ok(())
}

/// What is known of a list now, by id.
fn known(
    connection: &Connection,
    list: (i64, &str, i64),
) -> rusqlite::Result<HashMap<String, Known>> {
    let sql = "SELECT id, hash, number, name, type FROM directory
         WHERE account = ?1 AND kind = ?2 AND part = ?3 AND valid_to_ms IS NULL";
    let known = |row: &rusqlite::Row<'_>| {
        let shown = [row.get(2)?, row.get(3)?, row.get(4)?];
        Ok((row.get(0)?, Known { hash: row.get(1)?, shown }))
    };
    connection.prepare_cached(sql)?.query_map(list, known)?.collect()
}

fn insert(connection: &Connection) -> rusqlite::Result<CachedStatement<'_>> {
    connection.prepare_cached(
        "INSERT INTO directory (account, kind, part, id, valid_from_ms, valid_to_ms, hash, number, name,
             type, status, department, extension, site, json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
         ON CONFLICT DO NOTHING",
    )
}

fn write(
    insert: &mut CachedStatement<'_>,
    (account, kind, part): (i64, DirectoryKind, u64),
    (from_ms, to_ms): (i64, Option<i64>),
    row: &Row<'_>,
) -> rusqlite::Result<()> {
    let DirectoryEntry { id, number: short, name, r#type, status, department, site, json, .. } =
        row.entry;
    let (part, extension) = (number(part), row.extension());
    insert.execute(rusqlite::params![
        account,
        kind.as_str(),
        part,
        id,
        from_ms,
        to_ms,
        row.hash,
        short,
        name,
        r#type,
        status,
        department,
        extension,
        site,
        json,
    ])?;
    Ok(())
}

fn fact(kind: DirectoryKind, row: &rusqlite::Row<'_>) -> rusqlite::Result<Fact> {
    let entry = DirectoryEntry {
        id: row.get(3)?,
        number: row.get(4)?,
        name: row.get(5)?,
        r#type: row.get(6)?,
        status: row.get(7)?,
        department: row.get(8)?,
        extension: extension_of(row.get(9)?),
        site: row.get(10)?,
        json: row.get(11)?,
    };
    let part = row.get::<_, i64>(0)?.cast_unsigned();
    Ok(Fact { kind, part, valid_from_ms: row.get(1)?, valid_to_ms: row.get(2)?, entry })
}
