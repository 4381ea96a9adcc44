//! Taking a batch in: one transaction, few round trips.

use std::collections::{BTreeMap, HashSet};

use callbook_model::{Region, Scope};
use deadpool_postgres::Transaction;
use jiff::Timestamp;
use jiff::civil::Date;

use super::changes::{Change, Changes, last_of_each, look_up, sort_out};
use super::failure::{Failure, retried};
use super::rows::{
    CallRow, VersionRow, documents, drop_postings, postings_of, write_calls, write_new_postings,
    write_postings, write_versions,
};
use super::{Postgres, execute, fenced, plain, quarantine};
use crate::account::scope_number;
use crate::seal::day_of;
use crate::stored::{Narrow, Posting, key_text};
use crate::{Batch, Cause, Committed, Error, Location, SyncLock, crash};

/// What goes in, however often it has to be tried.
struct Work {
    scope: i64,
    batch: Batch,
    released: Vec<i64>,
    now_ms: i64,
}

/// What is known of a try of which nobody knows whether it succeeded: the change number that it would have
/// ended with tells.
type Tried = Option<(i64, Committed)>;

impl Postgres {
    /// Takes a batch in; what is `released` leaves the quarantine with it.
    pub(crate) async fn commit(
        &self,
        lock: &SyncLock,
        scope: Scope,
        mut batch: Batch,
        released: Vec<i64>,
    ) -> Result<Committed, Error> {
        crash::point(crash::BEFORE);
        let now_ms = match batch.observed_ms {
            0 => Timestamp::now().as_millisecond(),
            observed_ms => observed_ms,
        };
        for incoming in &mut batch.records {
            incoming.record.id = key_text(&incoming.record.id).into_owned();
        }
        batch.absent.iter_mut().for_each(|id| *id = key_text(id).into_owned());
        batch.records = last_of_each(batch.records);
        self.want_months(batch.records.iter().map(|each| each.record.start_ms)).await?;
        let work = Work { scope: scope_number(scope), batch, released, now_ms };
        let mut tried = None;
        retried!(self, self.commit_once(lock, &work, &mut tried))
    }

    async fn commit_once(
        &self,
        lock: &SyncLock,
        work: &Work,
        tried: &mut Tried,
    ) -> Result<Committed, Failure> {
        self.hold(lock).await?;
        let Work { scope, batch, released, now_ms } = work;
        let log = (lock.account.0, *scope);
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        let mut ids: Vec<&str> = batch.records.iter().map(|each| each.record.id.as_str()).collect();
        ids.extend(batch.absent.iter().map(String::as_str));
        let ids: Vec<&str> = ids.into_iter().collect::<HashSet<_>>().into_iter().collect();
        // The row is held before anything is looked up: a try before this one may still be at work.
        let (last_seq, home) = fenced(&transaction, lock).await?;
        if let Some((_, committed)) = tried.filter(|(seq, _)| *seq == last_seq) {
            return Ok(committed);
        }
        let found = look_up(&transaction, log, &ids).await?;
        let mut committed = Committed::default();
        let how = (batch.force, *now_ms);
        let changes = sort_out(&batch.records, &batch.absent, found, how, &mut committed);
        let added = (changes.records.len() + changes.gone.len()) as i64;
        let writer = Writer {
            transaction: &transaction,
            log,
            home: home.parse().unwrap_or(Region::US),
            now_ms: *now_ms,
            location: self.location(),
        };
        writer.number(added).await?;
        crash::point(crash::NUMBERED);
        writer.write_changes(&changes, last_seq).await?;
        crash::point(crash::VERSIONS);
        committed.quarantined =
            quarantine::write(&transaction, log, *now_ms, &batch.quarantined).await?;
        quarantine::release(&transaction, log.0, released).await?;
        crash::point(crash::QUARANTINE);
        writer.write_cursors(&batch.cursors).await?;
        crash::point(crash::CURSOR);
        *tried = Some((last_seq + added, committed)).filter(|_| added > 0);
        transaction.commit().await?;
        crash::point(crash::COMMITTED);
        Ok(committed)
    }
}

/// Writes within one transaction.
pub(super) struct Writer<'a> {
    pub(super) transaction: &'a Transaction<'a>,
    pub(super) log: (i64, i64),
    pub(super) home: Region,
    pub(super) now_ms: i64,
    pub(super) location: &'a Location,
}

impl Writer<'_> {
    /// Gives out change numbers.
    pub(super) async fn number(&self, added: i64) -> Result<(), Failure> {
        if added > 0 {
            let sql = "UPDATE account SET seq = seq + $2 WHERE account = $1";
            execute(self.transaction, sql, &[&self.log.0, &added]).await?;
        }
        Ok(())
    }

    pub(super) async fn write_changes(
        &self,
        changes: &Changes<'_>,
        mut seq: i64,
    ) -> Result<(), Failure> {
        let edited = changes.records.iter().filter_map(|change| change.known.as_ref());
        let wanted: Vec<(i64, i64)> = edited
            .clone()
            .chain(changes.gone.iter().map(|(_, known)| known))
            .map(|known| known.version)
            .collect();
        let before = documents(self.transaction, self.log.0, &wanted).await?;
        let mut days = BTreeMap::new();
        let (mut versions, mut calls) = (Vec::new(), Vec::new());
        let (mut new_postings, mut postings) = (Vec::new(), Vec::new());
        let mut tombstones = Vec::new();
        for Change { incoming, known, cause, received_ms } in &changes.records {
            seq += 1;
            let call = known.as_ref().map_or(seq, |known| known.call);
            let start_ms = incoming.record.start_ms;
            let starts = known.iter().map(|known| known.start_ms).chain([start_ms]);
            days.extend(starts.map(|start_ms| (day_of(start_ms), seq)));
            let previous = known.as_ref().map(|known| known.version);
            let columns = &incoming.columns;
            let (cause, received_ms) = (*cause, *received_ms);
            versions.push(VersionRow {
                seq,
                start_ms,
                call,
                previous,
                cause,
                received_ms,
                columns,
            });
            let place = if known.is_some() { &mut postings } else { &mut new_postings };
            place.extend(postings_of(&incoming.record, call));
            let narrow = Narrow::of(incoming.record.clone(), cause);
            let hash = incoming.hash.0.to_vec();
            calls.push(CallRow { call, version: (seq, start_ms), hash, narrow });
        }
        for (_, known) in &changes.gone {
            seq += 1;
            let (previous, call) = (Some(known.version), known.call);
            let start_ms = known.version.1;
            let columns = before
                .get(&known.version.0)
                .ok_or_else(|| Error::Damaged { location: self.location.clone() })?;
            let (cause, received_ms) = (Cause::Absent, self.now_ms);
            versions.push(VersionRow {
                seq,
                start_ms,
                call,
                previous,
                cause,
                received_ms,
                columns,
            });
            days.insert(day_of(known.start_ms), seq);
            tombstones.push((call, seq));
        }
        let drop: Vec<_> = edited.map(|known| (known.call, before.get(&known.version.0))).collect();
        // In the order of the tree: neighbours share pages.
        new_postings.sort_unstable();
        postings.sort_unstable();
        // One round trip for all of them, and one for the postings that come after others went.
        tokio::try_join!(
            write_versions(self.transaction, self.log.0, &versions),
            write_calls(self.transaction, self.log, &calls),
            write_new_postings(self.transaction, self.log, &new_postings),
            self.move_postings(&drop, &postings),
            self.write_tombstones(&tombstones),
            self.write_days(&days),
            self.write_absence(changes),
        )?;
        Ok(())
    }

    async fn move_postings(
        &self,
        drop: &[(i64, Option<&crate::document::Columns>)],
        postings: &[Posting],
    ) -> Result<(), Failure> {
        drop_postings(self.transaction, self.log, self.home, drop).await?;
        write_postings(self.transaction, self.log, postings).await
    }

    async fn write_tombstones(&self, tombstones: &[(i64, i64)]) -> Result<(), Failure> {
        if tombstones.is_empty() {
            return Ok(());
        }
        let (calls, seqs): (Vec<i64>, Vec<i64>) = tombstones.iter().copied().unzip();
        let sql = "UPDATE call c SET version = u.seq, deleted = 1
             FROM unnest($2::int8[], $3::int8[]) u (call, seq)
             WHERE c.account = $1 AND c.call = u.call";
        execute(self.transaction, sql, &[&self.log.0, &calls, &seqs]).await?;
        Ok(())
    }

    async fn write_days(&self, days: &BTreeMap<Date, i64>) -> Result<(), Failure> {
        if days.is_empty() {
            return Ok(());
        }
        let (days, seqs): (Vec<String>, Vec<i64>) =
            days.iter().map(|(day, seq)| (day.to_string(), *seq)).unzip();
        let sql = "INSERT INTO day (account, scope, day, seq)
             SELECT $1, $2, * FROM unnest($3::text[], $4::int8[])
             ON CONFLICT (account, scope, day) DO UPDATE SET seq = excluded.seq";
        execute(self.transaction, sql, &[&self.log.0, &self.log.1, &days, &seqs]).await?;
        Ok(())
    }

    /// Notes the suspects, and forgets those that are none any more.
    async fn write_absence(&self, changes: &Changes<'_>) -> Result<(), Failure> {
        let (account, scope) = self.log;
        if !changes.suspects.is_empty() {
            let sql = "INSERT INTO absence (account, scope, id, first_ms)
                 SELECT $1, $2, id, $4 FROM unnest($3::text[]) u (id)";
            let values: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
                [&account, &scope, &changes.suspects, &self.now_ms];
            execute(self.transaction, sql, &values).await?;
        }
        let gone = changes.gone.iter().map(|(id, _)| *id);
        let none: Vec<&str> = gone.chain(changes.back.iter().copied()).collect();
        if !none.is_empty() {
            let sql = "DELETE FROM absence WHERE account = $1 AND scope = $2 AND id = ANY ($3)";
            execute(self.transaction, sql, &[&account, &scope, &none]).await?;
        }
        Ok(())
    }

    async fn write_cursors(&self, cursors: &[(&'static str, String)]) -> Result<(), Failure> {
        // Of several with one name the last counts; one statement may change a row once.
        let by_name: BTreeMap<&str, &str> =
            cursors.iter().map(|(name, value)| (*name, value.as_str())).collect();
        if by_name.is_empty() {
            return Ok(());
        }
        let (names, values): (Vec<_>, Vec<_>) =
            by_name.into_iter().map(|(name, value)| (plain(name), plain(value))).unzip();
        let sql = "INSERT INTO cursor (account, scope, name, value, updated_ms)
             SELECT $1, $2, u.name, u.value, $5 FROM unnest($3::text[], $4::text[]) u (name, value)
             ON CONFLICT (account, scope, name) DO UPDATE
             SET value = excluded.value, updated_ms = excluded.updated_ms";
        let (account, scope) = self.log;
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 5] =
            [&account, &scope, &names, &values, &self.now_ms];
        execute(self.transaction, sql, &values).await?;
        Ok(())
    }
}
