//! The one way in: a batch of records becomes durable, or nothing of it does.

use std::collections::HashMap;

use callbook_model::{CallRecord, Key, Region, Scope, content_hash};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};
use serde::{Deserialize, Serialize};

use crate::account::scope_number;
use crate::document::{Columns, Packer, Unpacker};
use crate::{Error, Incoming, Quarantined, Store, SyncLock, crash};

/// What one step of a task has read.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Records, in the order they came; of several with one id the last counts.
    pub records: Vec<Incoming>,
    /// What came as a record and is none.
    pub quarantined: Vec<Quarantined>,
    /// The task's name and how far it is once this batch is in: JSON.
    pub cursor: Option<(&'static str, String)>,
}

/// What a batch, or several, changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committed {
    /// Calls that were not in the archive.
    pub inserted: u64,
    /// Calls that say something else than before.
    pub updated: u64,
    /// Calls that upstream has deleted since.
    pub deleted: u64,
    /// Calls that are as they were.
    pub unchanged: u64,
    /// Records that could not be read, and were not in quarantine yet.
    pub quarantined: u64,
}

impl std::ops::AddAssign for Committed {
    fn add_assign(&mut self, other: Self) {
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.deleted += other.deleted;
        self.unchanged += other.unchanged;
        self.quarantined += other.quarantined;
    }
}

/// What the archive knows of a call.
struct Known {
    call: i64,
    version: i64,
    hash: [u8; 16],
    deleted: bool,
}

/// A record that the archive has to take in.
struct Change {
    incoming: Incoming,
    known: Option<Known>,
}

/// The keys of the rows to be written.
struct Place {
    account: i64,
    scope: i64,
    home: Region,
    now_ms: i64,
}

impl Store {
    /// Takes a batch in.
    ///
    /// Change numbers come from the account's row, which the transaction holds: they commit in
    /// order, and a reader that has seen one has seen all before it.
    ///
    /// # Errors
    /// [`Error::TakenOver`] when another process has become the account's syncer; otherwise when the
    /// archive cannot be written. Either way nothing of the batch is in.
    pub async fn commit(
        &self,
        lock: &SyncLock,
        scope: Scope,
        batch: Batch,
    ) -> Result<Committed, Error> {
        let (account, fence, scope) = (lock.account.0, lock.fence, scope_number(scope));
        self.with_writer(move |connection| commit(connection, account, fence, scope, batch))
            .await?
            .ok_or(Error::TakenOver)
    }
}

/// `None` when the fence has risen.
fn commit(
    connection: &mut Connection,
    account: i64,
    fence: i64,
    scope: i64,
    batch: Batch,
) -> rusqlite::Result<Option<Committed>> {
    crash::point(crash::BEFORE);
    let mut committed = Committed::default();
    // Looking up needs no transaction: nobody else writes this account's calls.
    let changes = changes(connection, account, scope, batch.records, &mut committed)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let sql = "UPDATE account SET seq = seq + ?3 WHERE account = ?1 AND fence = ?2
         RETURNING seq, home";
    let allocated = transaction
        .prepare_cached(sql)?
        .query_row((account, fence, changes.len() as i64), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })
        .optional()?;
    let Some((last_seq, home)) = allocated else { return Ok(None) };
    crash::point(crash::NUMBERED);
    let home = home.parse().unwrap_or(Region::US);
    let place = Place { account, scope, home, now_ms: Timestamp::now().as_millisecond() };
    write_changes(&transaction, &place, last_seq - changes.len() as i64, &changes)?;
    crash::point(crash::VERSIONS);
    committed.quarantined = write_quarantine(&transaction, &place, &batch.quarantined)?;
    crash::point(crash::QUARANTINE);
    if let Some((name, value)) = batch.cursor {
        let sql = "INSERT INTO cursor (account, name, value, updated_ms) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (account, name) DO UPDATE
             SET value = excluded.value, updated_ms = excluded.updated_ms";
        transaction.prepare_cached(sql)?.execute((account, name, value, place.now_ms))?;
    }
    crash::point(crash::CURSOR);
    transaction.commit()?;
    crash::point(crash::COMMITTED);
    Ok(Some(committed))
}

/// Sorts out what is new.
fn changes(
    connection: &Connection,
    account: i64,
    scope: i64,
    records: Vec<Incoming>,
    committed: &mut Committed,
) -> rusqlite::Result<Vec<Change>> {
    let sql = "SELECT call, version, hash, deleted FROM call
         WHERE account = ?1 AND scope = ?2 AND id = ?3";
    let mut look_up = connection.prepare_cached(sql)?;
    let mut changes = Vec::new();
    for incoming in last_of_each(records) {
        let Incoming { record, hash, .. } = &incoming;
        let known = look_up
            .query_row((account, scope, &record.id), |row| {
                let (call, version) = (row.get(0)?, row.get(1)?);
                Ok(Known { call, version, hash: row.get(2)?, deleted: row.get(3)? })
            })
            .optional()?;
        match &known {
            Some(known) if known.hash == hash.0 => {
                committed.unchanged += 1;
                continue;
            }
            Some(known) if record.deleted && !known.deleted => committed.deleted += 1,
            None if record.deleted => committed.deleted += 1,
            Some(_) => committed.updated += 1,
            None => committed.inserted += 1,
        }
        changes.push(Change { incoming, known });
    }
    Ok(changes)
}

/// Drops all but the last record of each id; the rest keep their order.
fn last_of_each(records: Vec<Incoming>) -> Vec<Incoming> {
    let last: HashMap<String, usize> =
        records.iter().enumerate().map(|(at, each)| (each.record.id.clone(), at)).collect();
    let is_last = |(at, each): &(usize, Incoming)| last.get(&each.record.id) == Some(at);
    records.into_iter().enumerate().filter(is_last).map(|(_, each)| each).collect()
}

fn write_changes(
    connection: &Connection,
    place: &Place,
    seq_before: i64,
    changes: &[Change],
) -> rusqlite::Result<()> {
    let Place { account, now_ms, .. } = *place;
    let next = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let mut version = next("SELECT coalesce(max(version), 0) FROM version")?;
    let mut new_call = next("SELECT coalesce(max(call), 0) FROM call")?;
    let sql = "INSERT INTO version
             (version, account, seq, call, previous, received_ms, simple, detail)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let mut insert = connection.prepare_cached(sql)?;
    let mut postings = Vec::with_capacity(changes.len() * 8);
    for (change, seq) in changes.iter().zip(seq_before + 1..) {
        version += 1;
        let (call, previous) = match &change.known {
            Some(known) => {
                drop_postings(connection, place, known)?;
                (known.call, Some(known.version))
            }
            None => {
                new_call += 1;
                (new_call, None)
            }
        };
        let Incoming { record, columns: Columns { simple, detail }, .. } = &change.incoming;
        insert.execute((version, account, seq, call, previous, now_ms, simple, detail))?;
        write_call(connection, place, call, version, &change.incoming)?;
        let CallRecord { keys, start_ms, .. } = record;
        postings.extend(keys.iter().map(|key| (key.to_string(), *start_ms, call)));
    }
    // In the order of the tree: neighbours share pages.
    postings.sort_unstable();
    write_postings(connection, place, &postings)
}

fn write_call(
    connection: &Connection,
    place: &Place,
    call: i64,
    version: i64,
    incoming: &Incoming,
) -> rusqlite::Result<()> {
    let CallRecord { id, start_ms, duration_ms, .. } = &incoming.record;
    let CallRecord { call_type, direction, result, recorded, deleted, .. } = &incoming.record;
    let sql = "INSERT INTO call
             (call, account, scope, id, version, hash, start_ms, duration_ms,
              call_type, direction, result, recorded, deleted)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         ON CONFLICT (call) DO UPDATE
         SET version = excluded.version, hash = excluded.hash, start_ms = excluded.start_ms,
             duration_ms = excluded.duration_ms, call_type = excluded.call_type,
             direction = excluded.direction, result = excluded.result,
             recorded = excluded.recorded, deleted = excluded.deleted";
    connection.prepare_cached(sql)?.execute((
        call,
        place.account,
        place.scope,
        id,
        version,
        incoming.hash.0,
        start_ms,
        duration_ms,
        call_type,
        direction,
        result,
        recorded,
        deleted,
    ))?;
    Ok(())
}

fn write_postings(
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

/// Takes an edited call off everything it was listed under: what its document so far says.
fn drop_postings(connection: &Connection, place: &Place, known: &Known) -> rusqlite::Result<()> {
    let sql = "SELECT simple, detail FROM version WHERE version = ?1";
    let columns = connection.query_row(sql, [known.version], |row| Columns::from_row(row, 0))?;
    let json = Unpacker::new().map_err(no_memory)?.whole(&columns);
    let before = json.and_then(|json| CallRecord::decode(&json, place.home).ok());
    let Some(CallRecord { keys, start_ms, .. }) = before else {
        // The document is damaged: look through all. Slow, and hopefully never needed.
        let sql = "DELETE FROM posting WHERE account = ?1 AND scope = ?2 AND call = ?3";
        connection.execute(sql, (place.account, place.scope, known.call))?;
        return Ok(());
    };
    let sql = "DELETE FROM posting
         WHERE account = ?1 AND scope = ?2 AND key = ?3 AND start_ms = ?4 AND call = ?5";
    let mut delete = connection.prepare_cached(sql)?;
    for key in keys.iter().map(Key::to_string) {
        delete.execute((place.account, place.scope, key, start_ms, known.call))?;
    }
    Ok(())
}

/// How many were not there yet.
fn write_quarantine(
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

/// Compressing into memory fails for want of memory alone.
fn no_memory(error: std::io::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}
