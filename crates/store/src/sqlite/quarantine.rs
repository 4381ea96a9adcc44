//! What came as a record and is none.

use callbook_model::content_hash;
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::commit::Place;
use super::{Sqlite, no_memory};
use crate::account::scope_of;
use crate::document::Packer;
use crate::{AccountKey, Error, QuarantineEntry, Quarantined};

impl Sqlite {
    pub(crate) async fn quarantine(
        &self,
        account: Option<AccountKey>,
    ) -> Result<Vec<QuarantineEntry>, Error> {
        self.read(move |connection| {
            let sql = "SELECT quarantine, account, scope, reason, received_ms FROM quarantine
                 WHERE ?1 IS NULL OR account = ?1 ORDER BY quarantine";
            let account = account.map(|account| account.0);
            connection.prepare_cached(sql)?.query_map([account], entry)?.collect()
        })
        .await
    }

    /// An entry, and its body as it is stored.
    pub(crate) async fn quarantined(
        &self,
        number: i64,
    ) -> Result<Option<(QuarantineEntry, Vec<u8>)>, Error> {
        self.read(move |connection| {
            let sql = "SELECT quarantine, account, scope, reason, received_ms, body FROM quarantine
                 WHERE quarantine = ?1";
            let mut look_up = connection.prepare_cached(sql)?;
            look_up.query_row([number], |row| Ok((entry(row)?, row.get(5)?))).optional()
        })
        .await
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<QuarantineEntry> {
    Ok(QuarantineEntry {
        number: row.get(0)?,
        account: AccountKey(row.get(1)?),
        scope: scope_of(row.get(2)?),
        reason: row.get(3)?,
        received_ms: row.get(4)?,
    })
}

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
