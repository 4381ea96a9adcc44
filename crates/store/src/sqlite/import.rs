//! Taking in states that were seen elsewhere.

use callbook_model::Scope;
use rusqlite::{Connection, TransactionBehavior};

use super::changes::{Change, known};
use super::commit::{Writer, number};
use super::scan::chain;
use super::{Sqlite, no_memory};
use crate::account::scope_number;
use crate::document::Unpacker;
use crate::{Error, Imported, State, SyncLock};

impl Sqlite {
    pub(crate) async fn import(
        &self,
        lock: &SyncLock,
        scope: Scope,
        states: Vec<State>,
        now_ms: i64,
    ) -> Result<Imported, Error> {
        let (account, fence, scope) = (lock.account.0, lock.fence, scope_number(scope));
        self.with_writer(move |connection| {
            let mut imported = Imported::default();
            let changes = changes(connection, (account, scope), states, now_ms, &mut imported)?;
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let added = changes.len() as i64;
            let numbered = number(&transaction, (account, fence), scope, added, now_ms)?;
            let Some((place, first)) = numbered else { return Ok(None) };
            let mut writer = Writer::new(&transaction, &place, first)?;
            writer.write_changes(changes)?;
            writer.write_days()?;
            transaction.commit()?;
            Ok(Some(imported))
        })
        .await?
        .ok_or(Error::TakenOver)
    }
}

/// Sorts out what is new, and counts it.
fn changes(
    connection: &Connection,
    log: (i64, i64),
    states: Vec<State>,
    now_ms: i64,
    imported: &mut Imported,
) -> rusqlite::Result<Vec<Change>> {
    let mut unpacker = Unpacker::new().map_err(no_memory)?;
    let mut changes = Vec::with_capacity(states.len());
    for state in states {
        let (received_ms, cause) = state.as_written(now_ms);
        let known = known(connection, log, &state.incoming.record.id)?;
        if let Some(known) = &known {
            let (versions, _) = chain(connection, known.call, known.version)?;
            if !state.goes_on(&versions, &mut unpacker, imported) {
                continue;
            }
        }
        imported.added += 1;
        changes.push(Change { incoming: state.incoming, known, cause, received_ms });
    }
    Ok(changes)
}
