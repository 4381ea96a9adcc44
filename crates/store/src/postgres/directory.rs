//! The directory with dates.

use std::collections::HashMap;

use callbook_model::{DirectoryEntry, DirectoryKind};
use deadpool_postgres::Transaction;
use tokio_postgres::types::ToSql;

use super::failure::{Failure, retried};
use super::{Postgres, each, execute, fenced, plain, query};
use crate::account::number;
use crate::directory::{Difference, Known, Row, extension_of, fact_columns};
use crate::stored::key_text;
use crate::{AccountKey, Error, Fact, Mirrored, Reading, SyncLock};

/// A list: account, kind and part.
type List<'a> = (i64, &'a str, i64);

/// A row of the table, but for its account.
type Written<'a> = (DirectoryKind, u64, i64, Option<i64>, Row<'a>);

impl Postgres {
    pub(crate) async fn mirror(
        &self,
        lock: &SyncLock,
        at_ms: i64,
        readings: Vec<Reading>,
        cursor: Option<(&'static str, String)>,
    ) -> Result<Mirrored, Error> {
        let readings: Vec<Reading> = readings.into_iter().map(storable).collect();
        retried!(self, self.mirror_once(lock, at_ms, &readings, cursor.as_ref()))
    }

    async fn mirror_once(
        &self,
        lock: &SyncLock,
        at_ms: i64,
        readings: &[Reading],
        cursor: Option<&(&'static str, String)>,
    ) -> Result<Mirrored, Failure> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        fenced(&transaction, lock).await?;
        let mut mirrored = Mirrored::default();
        for reading in readings {
            mirrored += mirror(&transaction, lock.account.0, reading, at_ms).await?;
        }
        if let Some((name, value)) = cursor {
            let sql = "INSERT INTO cursor (account, scope, name, value, updated_ms)
                 VALUES ($1, 0, $2, $3, $4)
                 ON CONFLICT (account, scope, name) DO UPDATE
                 SET value = excluded.value, updated_ms = excluded.updated_ms";
            let values: [&(dyn ToSql + Sync); 4] = [&lock.account.0, name, &plain(value), &at_ms];
            execute(&transaction, sql, &values).await?;
        }
        transaction.commit().await?;
        Ok(mirrored)
    }

    pub(crate) async fn directory_at(
        &self,
        account: AccountKey,
        kind: DirectoryKind,
        at_ms: i64,
    ) -> Result<Vec<Fact>, Error> {
        let sql = concat!(
            "WITH first AS (SELECT part, greatest(min(valid_from_ms), $3) AS at_ms FROM directory
                 WHERE account = $1 AND kind = $2 GROUP BY part)
             SELECT ",
            fact_columns!(),
            " FROM directory d JOIN first f ON f.part = d.part
             WHERE d.account = $1 AND d.kind = $2 AND d.valid_from_ms <= f.at_ms
                 AND (d.valid_to_ms IS NULL OR d.valid_to_ms > f.at_ms)
             ORDER BY d.part, d.number COLLATE \"C\" NULLS FIRST, d.id"
        );
        let rows = self.rows(sql, &[&account.0, &kind.as_str(), &at_ms]).await?;
        each(self, &rows, |row| fact(kind, row))
    }

    pub(crate) async fn directory_history(
        &self,
        account: AccountKey,
        kind: DirectoryKind,
    ) -> Result<Vec<Fact>, Error> {
        let sql = concat!(
            "SELECT ",
            fact_columns!(),
            " FROM directory d WHERE d.account = $1 AND d.kind = $2
             ORDER BY d.part, d.id, d.valid_from_ms"
        );
        let rows = self.rows(sql, &[&account.0, &kind.as_str()]).await?;
        each(self, &rows, |row| fact(kind, row))
    }

    pub(crate) async fn import_facts(
        &self,
        lock: &SyncLock,
        facts: Vec<Fact>,
    ) -> Result<(), Error> {
        let storable = |fact: Fact| Fact { entry: storable_entry(fact.entry), ..fact };
        let facts: Vec<Fact> = facts.into_iter().map(storable).collect();
        let once = || async {
            let mut client = self.client().await?;
            let transaction = client.transaction().await?;
            fenced(&transaction, lock).await?;
            write(&transaction, lock.account.0, facts.iter().map(written).collect()).await?;
            Ok::<_, Failure>(transaction.commit().await?)
        };
        retried!(self, once())
    }
}

fn written(fact: &Fact) -> Written<'_> {
    let Fact { kind, part, valid_from_ms, valid_to_ms, entry } = fact;
    (*kind, *part, *valid_from_ms, *valid_to_ms, Row::of(entry))
}

/// What texts and ids are here, before they are compared with what is here.
fn storable(reading: Reading) -> Reading {
    Reading { entries: reading.entries.into_iter().map(storable_entry).collect(), ..reading }
}

fn storable_entry(entry: DirectoryEntry) -> DirectoryEntry {
    let text = |text: Option<String>| text.map(|text| plain(&text).into_owned());
    DirectoryEntry {
        id: key_text(&entry.id).into_owned(),
        number: text(entry.number),
        name: text(entry.name),
        r#type: text(entry.r#type),
        status: text(entry.status),
        department: text(entry.department),
        extension: entry.extension,
        site: text(entry.site),
        json: plain(&entry.json).into_owned(),
    }
}

/// Compares one list with what is known of it, and writes what changed.
async fn mirror(
    transaction: &Transaction<'_>,
    account: i64,
    reading: &Reading,
    at_ms: i64,
) -> Result<Mirrored, Failure> {
    let list: List<'_> = (account, reading.kind.as_str(), number(reading.part));
    let difference = Difference::of(reading, known(transaction, list).await?);
    if difference.is_empty() {
        return Ok(Mirrored::default());
    }
    // Two states of one thing need two moments.
    let sql = "SELECT greatest($4, max(greatest(valid_from_ms, valid_to_ms)) + 1)
         FROM directory WHERE account = $1 AND kind = $2 AND part = $3";
    let rows = query(transaction, sql, &[&list.0, &list.1, &list.2, &at_ms]).await?;
    let at_ms: i64 = rows.first().map_or(Ok(at_ms), |row| row.try_get(0))?;
    let sql = "UPDATE directory SET valid_to_ms = $5
         WHERE account = $1 AND kind = $2 AND part = $3 AND id = ANY ($4) AND valid_to_ms IS NULL";
    let values: [&(dyn ToSql + Sync); 5] = [&list.0, &list.1, &list.2, &difference.close, &at_ms];
    execute(transaction, sql, &values).await?;
    let counted = difference.counted();
    let sql = "DELETE FROM directory
         WHERE account = $1 AND kind = $2 AND part = $3 AND id = ANY ($4) AND valid_to_ms IS NULL
         RETURNING id, valid_from_ms";
    let ids: Vec<&str> = difference.complete.iter().map(|row| row.entry.id.as_str()).collect();
    let mut since = HashMap::new();
    for row in query(transaction, sql, &[&list.0, &list.1, &list.2, &ids]).await? {
        since.insert(row.try_get::<_, String>(0)?, row.try_get::<_, i64>(1)?);
    }
    let from = |row: &Row<'_>| since.get(&row.entry.id).copied().unwrap_or(at_ms);
    let rows = difference.open.into_iter().chain(difference.complete);
    let rows = rows.map(|row| (reading.kind, reading.part, from(&row), None, row)).collect();
    write(transaction, account, rows).await?;
    Ok(counted)
}

/// What is known of a list now, by id.
async fn known(
    transaction: &Transaction<'_>,
    list: List<'_>,
) -> Result<HashMap<String, Known>, Failure> {
    let sql = "SELECT id, hash, number, name, type FROM directory
         WHERE account = $1 AND kind = $2 AND part = $3 AND valid_to_ms IS NULL";
    let mut known = HashMap::new();
    for row in query(transaction, sql, &[&list.0, &list.1, &list.2]).await? {
        let shown = [row.try_get(2)?, row.try_get(3)?, row.try_get(4)?];
        known.insert(row.try_get(0)?, Known { hash: row.try_get(1)?, shown });
    }
    Ok(known)
}

async fn write(
    transaction: &Transaction<'_>,
    account: i64,
    rows: Vec<Written<'_>>,
) -> Result<(), Failure> {
    let text = |of: fn(&DirectoryEntry) -> &Option<String>| -> Vec<Option<&str>> {
        rows.iter().map(|(.., row)| of(row.entry).as_deref()).collect()
    };
    let kinds: Vec<_> = rows.iter().map(|(kind, ..)| kind.as_str()).collect();
    let parts: Vec<_> = rows.iter().map(|(_, part, ..)| number(*part)).collect();
    let ids: Vec<_> = rows.iter().map(|(.., row)| row.entry.id.as_str()).collect();
    let from: Vec<_> = rows.iter().map(|(_, _, from_ms, ..)| *from_ms).collect();
    let to: Vec<_> = rows.iter().map(|(_, _, _, to_ms, _)| *to_ms).collect();
    let hashes: Vec<_> = rows.iter().map(|(.., row)| row.hash.as_slice()).collect();
    let (numbers, names) = (text(|entry| &entry.number), text(|entry| &entry.name));
    let (types, statuses) = (text(|entry| &entry.r#type), text(|entry| &entry.status));
    let (departments, sites) = (text(|entry| &entry.department), text(|entry| &entry.site));
    let extensions: Vec<_> = rows.iter().map(|(.., row)| row.extension()).collect();
    let json: Vec<_> = rows.iter().map(|(.., row)| row.entry.json.as_str()).collect();
    let sql =
        "INSERT INTO directory (account, kind, part, id, valid_from_ms, valid_to_ms, hash, number,
             name, type, status, department, extension, site, json)
         SELECT $1, * FROM unnest($2::text[], $3::int8[], $4::text[], $5::int8[], $6::int8[],
             $7::bytea[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
             $13::int8[], $14::text[], $15::text[])
         ON CONFLICT DO NOTHING";
    let values: [&(dyn ToSql + Sync); 15] = [
        &account,
        &kinds,
        &parts,
        &ids,
        &from,
        &to,
        &hashes,
        &numbers,
        &names,
        &types,
        &statuses,
        &departments,
        &extensions,
        &sites,
        &json,
    ];
    execute(transaction, sql, &values).await?;
    Ok(())
}

fn fact(kind: DirectoryKind, row: &tokio_postgres::Row) -> Result<Fact, tokio_postgres::Error> {
    let entry = DirectoryEntry {
        id: row.try_get(3)?,
        number: row.try_get(4)?,
        name: row.try_get(5)?,
        r#type: row.try_get(6)?,
        status: row.try_get(7)?,
        department: row.try_get(8)?,
        extension: extension_of(row.try_get(9)?),
        site: row.try_get(10)?,
        json: row.try_get(11)?,
    };
    let part = row.try_get::<_, i64>(0)?.cast_unsigned();
    Ok(Fact { kind, part, valid_from_ms: row.try_get(1)?, valid_to_ms: row.try_get(2)?, entry })
}
