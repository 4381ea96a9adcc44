//! What came as a record and is none.

use callbook_model::content_hash;
use deadpool_postgres::Transaction;
use tokio_postgres::Row;

use super::failure::Failure;
use super::{Postgres, each, execute, plain};
use crate::account::scope_of;
use crate::document::Packer;
use crate::{AccountKey, Error, QuarantineEntry, Quarantined};

impl Postgres {
    pub(crate) async fn quarantine(
        &self,
        account: Option<AccountKey>,
    ) -> Result<Vec<QuarantineEntry>, Error> {
        let sql = "SELECT quarantine, account, scope, reason, received_ms FROM quarantine
             WHERE $1::int8 IS NULL OR account = $1 ORDER BY quarantine";
        let account = account.map(|account| account.0);
        each(self, &self.rows(sql, &[&account]).await?, entry)
    }

    /// An entry, and its body as it is stored.
    pub(crate) async fn quarantined(
        &self,
        number: i64,
    ) -> Result<Option<(QuarantineEntry, Vec<u8>)>, Error> {
        let sql = "SELECT quarantine, account, scope, reason, received_ms, body FROM quarantine
             WHERE quarantine = $1";
        let rows = self.rows(sql, &[&number]).await?;
        Ok(each(self, &rows, |row| Ok((entry(row)?, row.try_get(5)?)))?.pop())
    }
}

fn entry(row: &Row) -> Result<QuarantineEntry, tokio_postgres::Error> {
    Ok(QuarantineEntry {
        number: row.try_get(0)?,
        account: AccountKey(row.try_get(1)?),
        scope: scope_of(row.try_get(2)?),
        reason: row.try_get(3)?,
        received_ms: row.try_get(4)?,
    })
}

/// Puts into quarantine what is not there yet; how many.
pub(super) async fn write(
    transaction: &Transaction<'_>,
    (account, scope): (i64, i64),
    now_ms: i64,
    quarantined: &[Quarantined],
) -> Result<u64, Failure> {
    if quarantined.is_empty() {
        return Ok(0);
    }
    let mut packer = Packer::new().map_err(Error::Compressor)?;
    let bodies: Vec<Vec<u8>> = quarantined
        .iter()
        .map(|each| packer.compress(&each.json).map_err(Error::Compressor))
        .collect::<Result<_, _>>()?;
    let hashes: Vec<_> = quarantined.iter().map(|each| content_hash(&each.json).0).collect();
    let hashes: Vec<&[u8]> = hashes.iter().map(|hash| &hash[..]).collect();
    let reasons: Vec<_> = quarantined.iter().map(|each| plain(&each.reason)).collect();
    let sql = "INSERT INTO quarantine (account, scope, received_ms, hash, reason, body)
         SELECT $1, $2, $3, u.hash, u.reason, u.body
         FROM unnest($4::bytea[], $5::text[], $6::bytea[]) WITH ORDINALITY u (hash, reason, body, n)
         ORDER BY u.n ON CONFLICT (account, scope, hash) DO NOTHING";
    execute(transaction, sql, &[&account, &scope, &now_ms, &hashes, &reasons, &bodies]).await
}

/// Lets go of what was decoded after all.
pub(super) async fn release(
    transaction: &Transaction<'_>,
    account: i64,
    numbers: &[i64],
) -> Result<(), Failure> {
    if !numbers.is_empty() {
        let sql = "DELETE FROM quarantine WHERE account = $1 AND quarantine = ANY ($2)";
        execute(transaction, sql, &[&account, &numbers]).await?;
    }
    Ok(())
}
