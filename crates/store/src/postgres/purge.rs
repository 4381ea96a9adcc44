//! Erasing calls: a few at a time, so that others get their turn. What is erased is gone from the files once the
//! server has vacuumed its tables.

use std::collections::HashMap;

use deadpool_postgres::Transaction;
use tokio_postgres::types::ToSql;

use super::failure::{Failure, retried};
use super::rows::drop_postings;
use super::scan::CHAINS;
use super::{Postgres, columns, each, execute, fenced, query};
use crate::document::{Columns, Unpacker};
use crate::purge::start_ms;
use crate::{AccountKey, Error, Purge, PurgeMark, Purged, SyncLock};

/// Calls in one transaction.
const CALLS_AT_ONCE: i64 = 200;

/// What hangs on calls, by their ids. The contents of recordings are elsewhere, and deleted later.
const OF_CALLS: [&str; 5] = [
    "INSERT INTO doomed_object (object) SELECT object FROM recording
     WHERE account = $1 AND scope = $2 AND call_id = ANY ($3) AND object IS NOT NULL
     ON CONFLICT DO NOTHING",
    "DELETE FROM recording WHERE account = $1 AND scope = $2 AND call_id = ANY ($3)",
    "DELETE FROM message WHERE account = $1 AND scope = $2 AND call_id = ANY ($3)",
    "DELETE FROM absence WHERE account = $1 AND scope = $2 AND id = ANY ($3)",
    "DELETE FROM hidden WHERE account = $1 AND $2::int8 IS NOT NULL AND id = ANY ($3)",
];

/// Everything that belongs to an account, what refers to others first.
const OF_AN_ACCOUNT: [&str; 25] = [
    "INSERT INTO doomed_object (object) SELECT object FROM recording
     WHERE account = $1 AND object IS NOT NULL ON CONFLICT DO NOTHING",
    "DELETE FROM recording WHERE account = $1",
    "DELETE FROM message WHERE account = $1",
    "DELETE FROM recording_feed WHERE account = $1",
    "DELETE FROM posting WHERE account = $1",
    "DELETE FROM version WHERE account = $1",
    "DELETE FROM absence WHERE account = $1",
    "DELETE FROM hidden WHERE account = $1",
    "DELETE FROM cursor WHERE account = $1",
    "DELETE FROM quarantine WHERE account = $1",
    "DELETE FROM directory WHERE account = $1",
    "DELETE FROM sync_run WHERE account = $1",
    "DELETE FROM log WHERE account = $1",
    "DELETE FROM day WHERE account = $1",
    "DELETE FROM seal WHERE account = $1",
    "DELETE FROM purge WHERE account = $1",
    "DELETE FROM app WHERE account = $1",
    "DELETE FROM app_credential WHERE account = $1",
    "DELETE FROM app_password WHERE account = $1",
    "DELETE FROM app_session WHERE account = $1",
    "DELETE FROM app_rate WHERE account = $1",
    "DELETE FROM webhook WHERE account = $1",
    "DELETE FROM webhook_lease WHERE account = $1",
    "UPDATE registration SET account = NULL WHERE account = $1",
    "DELETE FROM account WHERE account = $1",
];

impl Postgres {
    pub(crate) async fn purge(
        &self,
        lock: &SyncLock,
        before_ms: Option<i64>,
        at_ms: i64,
    ) -> Result<Purged, Error> {
        let mut note = None;
        if let Some(before_ms) = before_ms {
            note = Some(retried!(self, self.note_purge(lock, before_ms, at_ms))?);
        }
        let mut purged = Purged::default();
        while let Some(some) = retried!(self, self.erase(lock, before_ms, note))? {
            purged.calls += some.calls;
            purged.versions += some.versions;
        }
        if before_ms.is_none() {
            let erased: Result<(), Error> = retried!(self, self.erase_account(lock));
            erased?;
        }
        Ok(purged)
    }

    async fn note_purge(
        &self,
        lock: &SyncLock,
        before_ms: i64,
        at_ms: i64,
    ) -> Result<i64, Failure> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        fenced(&transaction, lock).await?;
        let sql = "DELETE FROM directory WHERE account = $1 AND valid_to_ms < $2";
        execute(&transaction, sql, &[&lock.account.0, &before_ms]).await?;
        let sql = "INSERT INTO purge (account, at_ms, before_ms, calls, versions, until_ms)
             VALUES ($1, $2, $3, 0, 0, $3) RETURNING purge";
        let values: [&(dyn ToSql + Sync); 3] = [&lock.account.0, &at_ms, &before_ms];
        let note = transaction.query_one(sql, &values).await?.try_get(0)?;
        transaction.commit().await?;
        Ok(note)
    }

    /// Erases some calls; `None` when there are no more.
    async fn erase(
        &self,
        lock: &SyncLock,
        before_ms: Option<i64>,
        note: Option<i64>,
    ) -> Result<Option<Purged>, Failure> {
        let account = lock.account.0;
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        let (_, home) = fenced(&transaction, lock).await?;
        // A scope at a time: the index has the scope before the start.
        let sql = "SELECT scope FROM call WHERE account = $1 AND start_ms < $2 LIMIT 1";
        let before_ms = before_ms.unwrap_or(i64::MAX);
        let rows = query(&transaction, sql, &[&account, &before_ms]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let scope: i64 = row.try_get(0)?;
        let sql = "SELECT call, version FROM call
             WHERE account = $1 AND scope = $2 AND start_ms < $3 ORDER BY start_ms LIMIT $4";
        let values: [&(dyn ToSql + Sync); 4] = [&account, &scope, &before_ms, &CALLS_AT_ONCE];
        let rows = query(&transaction, sql, &values).await?;
        let mut newest = HashMap::with_capacity(rows.len());
        for row in &rows {
            newest.insert(row.try_get::<_, i64>(0)?, row.try_get::<_, i64>(1)?);
        }
        let calls: Vec<i64> = newest.keys().copied().collect();
        let states = states(&transaction, account, newest).await?;
        let dropped: Vec<_> = calls.iter().map(|call| (*call, states.newest.get(call))).collect();
        let home = home.parse().unwrap_or(callbook_model::Region::US);
        drop_postings(&transaction, (account, scope), home, &dropped).await?;
        let sql = "DELETE FROM version v USING unnest($2::int8[], $3::int8[]) u (seq, start_ms)
             WHERE v.account = $1 AND v.seq = u.seq AND v.start_ms = u.start_ms";
        let versions =
            execute(&transaction, sql, &[&account, &states.seqs, &states.starts_ms]).await?;
        let sql = "DELETE FROM call WHERE account = $1 AND call = ANY ($2) RETURNING id";
        let gone = query(&transaction, sql, &[&account, &calls]).await?;
        let gone: Vec<&str> = gone.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
        for sql in OF_CALLS {
            execute(&transaction, sql, &[&account, &scope, &gone]).await?;
        }
        let purged = Purged { calls: calls.len() as u64, versions };
        if let Some(note) = note {
            let sql = "UPDATE purge SET calls = calls + $2, versions = versions + $3,
                     until_ms = greatest(until_ms, $4)
                 WHERE purge = $1";
            let counts = (purged.calls.cast_signed(), purged.versions.cast_signed());
            let values: [&(dyn ToSql + Sync); 4] =
                [&note, &counts.0, &counts.1, &states.last_ms.saturating_add(1)];
            execute(&transaction, sql, &values).await?;
        }
        transaction.commit().await?;
        Ok(Some(purged))
    }

    pub(crate) async fn purges(
        &self,
        account: AccountKey,
        after: PurgeMark,
    ) -> Result<Vec<Purge>, Error> {
        let sql = "SELECT purge, calls, at_ms, before_ms, until_ms FROM purge
             WHERE account = $1 AND (purge, calls) > ($2, $3) AND calls > 0 ORDER BY purge";
        let rows = self.rows(sql, &[&account.0, &after.number, &after.calls]).await?;
        each(self, &rows, |row| {
            let mark = PurgeMark { number: row.try_get(0)?, calls: row.try_get(1)? };
            let (at_ms, before_ms) = (row.try_get(2)?, row.try_get(3)?);
            Ok(Purge { mark, at_ms, before_ms, until_ms: row.try_get(4)? })
        })
    }

    /// Erases what is left of an account: few rows, but for damage.
    async fn erase_account(&self, lock: &SyncLock) -> Result<(), Failure> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        fenced(&transaction, lock).await?;
        for sql in OF_AN_ACCOUNT {
            execute(&transaction, sql, &[&lock.account.0]).await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

/// The states of some calls.
struct States {
    seqs: Vec<i64>,
    starts_ms: Vec<i64>,
    /// Documents by call.
    newest: HashMap<i64, Columns>,
    /// The latest that one of the calls began by a state before its newest: at the end of time if not all are known.
    last_ms: i64,
}

/// Of calls by the numbers of their newest states.
async fn states(
    transaction: &Transaction<'_>,
    account: i64,
    newest_seqs: HashMap<i64, i64>,
) -> Result<States, Failure> {
    let calls: Vec<i64> = newest_seqs.keys().copied().collect();
    let (mut seqs, mut starts_ms, mut newest) = (Vec::new(), Vec::new(), HashMap::new());
    let (mut last_ms, mut first_states) = (i64::MIN, 0);
    let mut unpacker = Unpacker::new().map_err(Error::Compressor)?;
    for row in query(transaction, CHAINS, &[&account, &calls]).await? {
        let (call, seq): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        seqs.push(seq);
        starts_ms.push(row.try_get(7)?);
        if newest_seqs.get(&call) == Some(&seq) {
            newest.insert(call, columns(&row, 5)?);
        } else {
            last_ms = last_ms.max(start_ms(&mut unpacker, row.try_get(5)?));
        }
        // A call has the number of its first state.
        first_states += usize::from(seq == call);
    }
    let last_ms = if first_states < calls.len() { i64::MAX } else { last_ms };
    Ok(States { seqs, starts_ms, newest, last_ms })
}
