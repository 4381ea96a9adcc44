//! Taking a batch in.

use std::collections::BTreeMap;

use callbook_model::{Region, Scope};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

use super::changes::{Change, Known, changes};
use super::{Sqlite, absence, quarantine, rows};
use crate::account::scope_number;
use crate::seal::day_of;
use crate::stored::Narrow;
use crate::{Batch, Cause, Committed, Error, Incoming, SyncLock, crash};

/// The keys of the rows to be written.
pub(super) struct Place {
    pub(super) account: i64,
    pub(super) scope: i64,
    pub(super) home: Region,
    pub(super) now_ms: i64,
}

impl Sqlite {
    /// Takes a batch in; what is `released` leaves the quarantine with it.
    pub(crate) async fn commit(
        &self,
        lock: &SyncLock,
        scope: Scope,
        batch: Batch,
        released: Vec<i64>,
    ) -> Result<Committed, Error> {
        let (account, fence, scope) = (lock.account.0, lock.fence, scope_number(scope));
        self.with_writer(move |connection| {
            commit(connection, (account, fence), scope, batch, &released)
        })
        .await?
        .ok_or(Error::TakenOver)
    }
}

/// `None` when the fence has risen.
fn commit(
    connection: &mut Connection,
    (account, fence): (i64, i64),
    scope: i64,
    batch: Batch,
    released: &[i64],
) -> rusqlite::Result<Option<Committed>> {
    crash::point(crash::BEFORE);
    let mut committed = Committed::default();
    let now_ms = match batch.observed_ms {
        0 => Timestamp::now().as_millisecond(),
        observed_ms => observed_ms,
    };
    // Looking up needs no transaction: nobody else writes this account's calls.
    let (records, force) = (batch.records, batch.force);
    let absent = absence::sort_out(connection, (account, scope), now_ms, batch.absent, &records)?;
    committed.suspects = absent.suspects.len() as u64 + absent.waiting;
    committed.deleted = absent.gone.len() as u64;
    let how = (force, now_ms);
    let changes = changes(connection, (account, scope), records, how, &mut committed)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let added = (changes.len() + absent.gone.len()) as i64;
    let numbered = number(&transaction, (account, fence), scope, added, now_ms)?;
    let Some((place, seq)) = numbered else { return Ok(None) };
    crash::point(crash::NUMBERED);
    let mut writer = Writer::new(&transaction, &place, seq)?;
    writer.write_changes(changes)?;
    writer.write_tombstones(&absent.gone)?;
    writer.write_days()?;
    absence::write(&transaction, &place, &absent)?;
    crash::point(crash::VERSIONS);
    committed.quarantined = quarantine::write(&transaction, &place, &batch.quarantined)?;
    quarantine::release(&transaction, account, released)?;
    crash::point(crash::QUARANTINE);
    write_cursors(&transaction, (account, scope), now_ms, &batch.cursors)?;
    crash::point(crash::CURSOR);
    transaction.commit()?;
    crash::point(crash::COMMITTED);
    Ok(Some(committed))
}

/// Gives out change numbers: where to write, and the number before the first of them. `None` when the fence
/// has risen.
pub(super) fn number(
    transaction: &Connection,
    (account, fence): (i64, i64),
    scope: i64,
    added: i64,
    now_ms: i64,
) -> rusqlite::Result<Option<(Place, i64)>> {
    let sql = "UPDATE account SET seq = seq + ?3 WHERE account = ?1 AND fence = ?2
         RETURNING seq, home";
    let numbered = transaction.prepare_cached(sql)?.query_row((account, fence, added), |row| {
        let (seq, home): (i64, String) = (row.get(0)?, row.get(1)?);
        let place = Place { account, scope, home: home.parse().unwrap_or(Region::US), now_ms };
        Ok((place, seq - added))
    });
    numbered.optional()
}

/// Numbers and writes versions.
pub(super) struct Writer<'a> {
    connection: &'a Connection,
    place: &'a Place,
    seq: i64,
    version: i64,
    /// The newest change number of each day's calls.
    days: BTreeMap<Date, i64>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        connection: &'a Connection,
        place: &'a Place,
        seq: i64,
    ) -> rusqlite::Result<Self> {
        let version = rows::last(connection, "SELECT max(version) FROM version")?;
        Ok(Self { connection, place, seq, version, days: BTreeMap::new() })
    }

    pub(super) fn write_changes(&mut self, changes: Vec<Change>) -> rusqlite::Result<()> {
        let mut new_call = rows::last(self.connection, "SELECT max(call) FROM call")?;
        let mut postings = Vec::with_capacity(changes.len() * 8);
        for Change { incoming, known, cause, received_ms } in changes {
            let call = match &known {
                Some(known) => {
                    rows::drop_postings(self.connection, self.place, known.call, known.version)?;
                    known.call
                }
                None => {
                    new_call += 1;
                    new_call
                }
            };
            let Incoming { record, hash, columns } = incoming;
            self.write_version(call, known.as_ref(), (cause, received_ms), &columns)?;
            self.touch(record.start_ms);
            let texts = record.keys.iter().map(|key| (key.to_string(), record.start_ms, call));
            postings.extend(texts);
            let narrow = Narrow::of(record, cause);
            rows::write_call(self.connection, self.place, (call, self.version), &hash.0, &narrow)?;
        }
        // In the order of the tree: neighbours share pages.
        postings.sort_unstable();
        rows::write_postings(self.connection, self.place, &postings)
    }

    fn write_tombstones(&mut self, gone: &[(String, Known)]) -> rusqlite::Result<()> {
        for (_, known) in gone {
            let columns = rows::version_columns(self.connection, known.version)?;
            let why = (Cause::Absent, self.place.now_ms);
            self.write_version(known.call, Some(known), why, &columns)?;
            let sql = "UPDATE call SET version = ?2, deleted = 1 WHERE call = ?1";
            self.connection.prepare_cached(sql)?.execute((known.call, self.version))?;
        }
        Ok(())
    }

    fn write_version(
        &mut self,
        call: i64,
        known: Option<&Known>,
        (cause, received_ms): (Cause, i64),
        columns: &crate::document::Columns,
    ) -> rusqlite::Result<()> {
        self.seq += 1;
        self.version += 1;
        if let Some(known) = known {
            self.touch(known.start_ms);
        }
        let sql = "INSERT INTO version
                 (version, account, seq, call, previous, received_ms, cause, simple, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let (account, previous) = (self.place.account, known.map(|known| known.version));
        self.connection.prepare_cached(sql)?.execute((
            self.version,
            account,
            self.seq,
            call,
            previous,
            received_ms,
            cause.as_str(),
            &columns.simple,
            &columns.detail,
        ))?;
        Ok(())
    }

    fn touch(&mut self, start_ms: i64) {
        self.days.insert(day_of(start_ms), self.seq);
    }

    pub(super) fn write_days(&self) -> rusqlite::Result<()> {
        let sql = "INSERT INTO day (account, scope, day, seq) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (account, scope, day) DO UPDATE SET seq = excluded.seq";
        let mut put = self.connection.prepare_cached(sql)?;
        for (day, seq) in &self.days {
            put.execute((self.place.account, self.place.scope, day.to_string(), seq))?;
        }
        Ok(())
    }
}

pub(super) fn write_cursors(
    connection: &Connection,
    (account, scope): (i64, i64),
    now_ms: i64,
    cursors: &[(&'static str, String)],
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO cursor (account, scope, name, value, updated_ms)
         VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (account, scope, name) DO UPDATE
         SET value = excluded.value, updated_ms = excluded.updated_ms";
    let mut put = connection.prepare_cached(sql)?;
    for (name, value) in cursors {
        put.execute((account, scope, name, value, now_ms))?;
    }
    Ok(())
}

/// Where an account's national numbers belong.
pub(super) fn home(connection: &Connection, account: i64) -> rusqlite::Result<Region> {
    let sql = "SELECT home FROM account WHERE account = ?1";
    let home: String = connection.query_row(sql, [account], |row| row.get(0))?;
    Ok(home.parse().unwrap_or(Region::US))
}
