//! What came as a call record and is none.

use callbook_model::Scope;

use crate::backend::dispatch;
use crate::document::Unpacker;
use crate::{AccountKey, Batch, Committed, Decoder, Error, Store, SyncLock};

/// An entry of the quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineEntry {
    /// The archive's number for it.
    pub number: i64,
    /// Whose.
    pub account: AccountKey,
    /// Of which log.
    pub scope: Scope,
    /// Why it is no record.
    pub reason: String,
    /// When it came, milliseconds since 1970-01-01T00:00:00Z.
    pub received_ms: i64,
}

/// So many are tried in one go: a commit's worth.
const AT_ONCE: usize = 250;

impl Store {
    /// What is in quarantine, of one account or of all, oldest first.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn quarantine(
        &self,
        account: Option<AccountKey>,
    ) -> Result<Vec<QuarantineEntry>, Error> {
        dispatch!(self, quarantine(account))
    }

    /// One entry and what came, byte for byte.
    ///
    /// # Errors
    /// When the archive cannot be read, or this entry of it is damaged.
    pub async fn quarantined(
        &self,
        number: i64,
    ) -> Result<Option<(QuarantineEntry, String)>, Error> {
        let found: Option<(QuarantineEntry, Vec<u8>)> = dispatch!(self, quarantined(number))?;
        let Some((entry, body)) = found else { return Ok(None) };
        let json = Unpacker::new().map_err(Error::Compressor)?.text(&body);
        let json = json.ok_or_else(|| Error::DamagedRecord { id: format!("#{number}") })?;
        Ok(Some((entry, json)))
    }

    /// Reads the account's quarantine with the code of today. What is a record now is committed and leaves
    /// the quarantine, in one transaction; but where the archive has had a newer record of the same id
    /// meanwhile, the old one stays: it must not undo the newer.
    ///
    /// # Errors
    /// [`Error::TakenOver`], or when the archive cannot be written.
    pub async fn retry_quarantine(&self, lock: &SyncLock) -> Result<Committed, Error> {
        let accounts = self.accounts().await?;
        let Some(account) = accounts.into_iter().find(|each| each.key == lock.account) else {
            return Err(Error::TakenOver);
        };
        let mut decoder = Decoder::new(account.home)?;
        let mut entries = self.quarantine(Some(account.key)).await?;
        entries.sort_by_key(|entry| (crate::account::scope_number(entry.scope), entry.number));
        let mut committed = Committed::default();
        for of_a_scope in entries.chunk_by(|one, other| one.scope == other.scope) {
            for entries in of_a_scope.chunks(AT_ONCE) {
                committed += self.retry(lock, entries, &mut decoder).await?;
            }
        }
        Ok(committed)
    }

    /// Entries of one scope.
    async fn retry(
        &self,
        lock: &SyncLock,
        entries: &[QuarantineEntry],
        decoder: &mut Decoder,
    ) -> Result<Committed, Error> {
        let (mut batch, mut released) = (Batch::default(), Vec::new());
        for entry in entries {
            let Ok(Some((_, json))) = self.quarantined(entry.number).await else { continue };
            let Ok(incoming) = decoder.decode(&json)? else { continue };
            let id = &incoming.record().id;
            let known = self.versions(entry.account, entry.scope, id).await;
            let newer = known.map_or(true, |versions| {
                versions.first().is_some_and(|newest| newest.received_ms > entry.received_ms)
            });
            if !newer {
                batch.records.push(incoming);
                released.push(entry.number);
            }
        }
        let Some(scope) = entries.first().map(|entry| entry.scope).filter(|_| !released.is_empty())
        else {
            return Ok(Committed::default());
        };
        dispatch!(self, commit(lock, scope, batch, released))
    }
}
