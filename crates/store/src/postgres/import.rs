//! Taking in states that were seen elsewhere.

use std::collections::HashMap;

use callbook_model::{Region, Scope};
use deadpool_postgres::Transaction;

use super::changes::{Change, Changes, Known, look_up};
use super::commit::Writer;
use super::failure::{Failure, retried};
use super::scan::{CHAINS, version};
use super::{Postgres, fenced, query};
use crate::account::scope_number;
use crate::document::Unpacker;
use crate::stored::{StoredVersion, key_text};
use crate::{Error, Imported, State, SyncLock};

/// What is known of a try of which nobody knows whether it succeeded: the change number that it would have
/// ended with tells.
type Tried = Option<(i64, Imported)>;

impl Postgres {
    pub(crate) async fn import(
        &self,
        lock: &SyncLock,
        scope: Scope,
        mut states: Vec<State>,
        now_ms: i64,
    ) -> Result<Imported, Error> {
        for State { incoming, .. } in &mut states {
            incoming.record.id = key_text(&incoming.record.id).into_owned();
        }
        self.want_months(states.iter().map(|state| state.incoming.record.start_ms)).await?;
        let scope = scope_number(scope);
        let mut tried = None;
        retried!(self, self.import_once(lock, scope, (&states, now_ms), &mut tried))
    }

    async fn import_once(
        &self,
        lock: &SyncLock,
        scope: i64,
        (states, now_ms): (&[State], i64),
        tried: &mut Tried,
    ) -> Result<Imported, Failure> {
        self.hold(lock).await?;
        let log = (lock.account.0, scope);
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        let (last_seq, home) = fenced(&transaction, lock).await?;
        if let Some((_, imported)) = tried.filter(|(seq, _)| *seq == last_seq) {
            return Ok(imported);
        }
        let mut imported = Imported::default();
        let records = changes(&transaction, log, states, now_ms, &mut imported).await?;
        let added = records.len() as i64;
        let writer = Writer {
            transaction: &transaction,
            log,
            home: home.parse().unwrap_or(Region::US),
            now_ms,
            location: self.location(),
        };
        writer.number(added).await?;
        writer.write_changes(&Changes { records, ..Changes::default() }, last_seq).await?;
        *tried = Some((last_seq + added, imported)).filter(|_| added > 0);
        transaction.commit().await?;
        Ok(imported)
    }
}

/// Sorts out what is new, and counts it.
async fn changes<'a>(
    transaction: &Transaction<'_>,
    log: (i64, i64),
    states: &'a [State],
    now_ms: i64,
    imported: &mut Imported,
) -> Result<Vec<Change<'a>>, Failure> {
    let ids: Vec<&str> = states.iter().map(|state| state.incoming.record.id.as_str()).collect();
    let mut found = look_up(transaction, log, &ids).await?;
    let calls: Vec<i64> =
        found.values().filter_map(|of_id| Some(of_id.known.as_ref()?.call)).collect();
    let chains = chains(transaction, log.0, &calls).await?;
    let mut unpacker = Unpacker::new().map_err(Error::Compressor)?;
    let mut changes = Vec::with_capacity(states.len());
    for state in states {
        let incoming = &state.incoming;
        let known = found.remove(&incoming.record.id).and_then(|of_id| of_id.known);
        let versions = known.as_ref().and_then(|Known { call, .. }| chains.get(call));
        if known.is_some()
            && !state.goes_on(versions.map_or(&[], Vec::as_slice), &mut unpacker, imported)
        {
            continue;
        }
        imported.added += 1;
        let (received_ms, cause) = state.as_written(now_ms);
        changes.push(Change { incoming, known, cause, received_ms });
    }
    Ok(changes)
}

/// The versions of calls, newest first.
async fn chains(
    transaction: &Transaction<'_>,
    account: i64,
    calls: &[i64],
) -> Result<HashMap<i64, Vec<StoredVersion>>, Failure> {
    let mut chains: HashMap<i64, Vec<StoredVersion>> = HashMap::with_capacity(calls.len());
    if calls.is_empty() {
        return Ok(chains);
    }
    for row in query(transaction, CHAINS, &[&account, &calls]).await? {
        let (version, _) = version(&row)?;
        chains.entry(row.try_get(0)?).or_default().push(version);
    }
    chains.values_mut().for_each(|versions| versions.sort_by_key(|version| -version.seq));
    Ok(chains)
}
