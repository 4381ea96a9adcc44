//! Seals: proof of what a day held, that outlives upstream's memory.

use std::ops::Range;

use callbook_model::{AccountId, Scope};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::backend::dispatch;
use crate::stored::{Narrow, StoredCall, StoredVersion};
use crate::{AccountKey, Error, Position, Store, SyncLock};

/// Calls that are read in one go where all are.
pub(crate) const SCAN_PAGE: u32 = 500;

/// An entry of the chain of seals of an account's scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// 1, 2, 3 …
    pub number: i64,
    /// The day (UTC) that the calls began on.
    pub day: Date,
    /// Calls that were not deleted.
    pub calls: i64,
    /// SHA-256, hexadecimal, over everything that the archive had of the day.
    pub digest: String,
    /// What upstream had, if it was asked.
    pub upstream: Option<UpstreamDay>,
    /// The account's newest change number at that time.
    pub seq: i64,
    /// When, milliseconds since 1970-01-01T00:00:00Z.
    pub sealed_ms: i64,
    /// The hash of the entry before; zeros for the first.
    pub previous: String,
    /// SHA-256, hexadecimal, over all of the above.
    pub hash: String,
}

/// What upstream listed of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpstreamDay {
    /// How many calls.
    pub calls: i64,
    /// A hash over their ids, as the caller makes it.
    pub ids_hash: String,
}

/// The day (UTC) that a call belongs to.
pub(crate) fn day_of(start_ms: i64) -> Date {
    // Starts come from moments; one that is none can only be damage.
    let start = Timestamp::from_millisecond(start_ms).unwrap_or_default();
    start.to_zoned(TimeZone::UTC).date()
}

impl Store {
    /// Seals a day (UTC): appends what the archive has of it, and what upstream listed, to the chain. A day
    /// may be sealed again; its newest seal counts.
    ///
    /// # Errors
    /// [`Error::TakenOver`], or when the archive cannot be read or written.
    pub async fn seal_day(
        &self,
        lock: &SyncLock,
        scope: Scope,
        day: Date,
        upstream: Option<UpstreamDay>,
        sealed_ms: i64,
    ) -> Result<Seal, Error> {
        let seals = self.seal_days(lock, scope, vec![(day, upstream)], sealed_ms).await?;
        seals.into_iter().next().ok_or(Error::TakenOver)
    }

    /// Seals days (UTC), each as [`Store::seal_day`] does, in their order and in one transaction.
    ///
    /// # Errors
    /// As [`Store::seal_day`].
    pub async fn seal_days(
        &self,
        lock: &SyncLock,
        scope: Scope,
        days: Vec<(Date, Option<UpstreamDay>)>,
        sealed_ms: i64,
    ) -> Result<Vec<Seal>, Error> {
        // Before the calls are read: what is committed meanwhile leaves the seals stale, not wrong.
        let seq = dispatch!(self, newest_change(lock.account))?;
        let mut seals = Vec::with_capacity(days.len());
        for (day, upstream) in days {
            let (calls, digest) = self.digest_day(lock.account, scope, day).await?;
            let (previous, hash) = (String::new(), String::new());
            seals.push(Seal {
                number: 0,
                day,
                calls,
                digest,
                upstream,
                seq,
                sealed_ms,
                previous,
                hash,
            });
        }
        dispatch!(self, append_seals(lock, scope, seals))
    }

    /// How many calls of a day are not deleted, and the digest over all.
    async fn digest_day(
        &self,
        account: AccountKey,
        scope: Scope,
        day: Date,
    ) -> Result<(i64, String), Error> {
        let mut digest = DayDigest::default();
        let (span_ms, mut after) = (day_span_ms(day), None);
        loop {
            let calls: Vec<StoredCall> =
                dispatch!(self, scan(account, scope, span_ms.clone(), after, SCAN_PAGE))?;
            calls.iter().for_each(|call| digest.add(call));
            let Some(last) = calls.last() else { break Ok(digest.finish()) };
            after = Some(Position { start_ms: last.row.start_ms, call: last.call });
        }
    }

    /// The chain, in its order.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn seals(&self, account: AccountKey, scope: Scope) -> Result<Vec<Seal>, Error> {
        dispatch!(self, seals(account, scope))
    }

    /// Sealed days of which a call was changed since, in their order: they want a new seal.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn stale_seals(&self, account: AccountKey, scope: Scope) -> Result<Vec<Date>, Error> {
        dispatch!(self, stale_seals(account, scope))
    }
}

impl Seal {
    /// This entry as the next one of a chain that ends with `last`.
    pub(crate) fn chained(self, log: (AccountId, i64), last: Option<&Seal>) -> Self {
        let number = last.map_or(0, |last| last.number) + 1;
        let previous = last.map_or_else(|| "0".repeat(64), |last| last.hash.clone());
        let chained = Self { number, previous, ..self };
        Self { hash: chained.computed_hash(log), ..chained }
    }

    /// What [`Seal::hash`] has to be: the SHA-256 of these lines. `log` is RingCentral's account id and
    /// the scope, 0 or the extension's id.
    pub(crate) fn computed_hash(&self, (account, scope): (AccountId, i64)) -> String {
        let Self { number, day, calls, digest, upstream, seq, sealed_ms, previous, .. } = self;
        let upstream = upstream.as_ref().map_or_else(
            || "not asked".to_owned(),
            |UpstreamDay { calls, ids_hash }| format!("{calls} {ids_hash}"),
        );
        let scope = scope.cast_unsigned();
        let lines = format!(
            "callbook seal 1\n{account} {scope}\n{number} {day}\n{calls} {digest}\n{upstream}\n\
             {seq} {sealed_ms}\n{previous}\n"
        );
        hex(&Sha256::digest(lines))
    }
}

/// Computes a day's digest: the SHA-256 of a block of lines for each call, in the order of their ids.
///
/// The first line has the id as a JSON string, `deleted` or `live`, and the hash of its content; one for
/// each version, oldest first, has its change number, the moment it was received, its cause, and the
/// SHA-256 of its document as stored: the two compressed parts one after the other.
#[derive(Default)]
pub(crate) struct DayDigest {
    calls: i64,
    blocks: Vec<(String, String)>,
}

impl DayDigest {
    pub(crate) fn add(&mut self, call: &StoredCall) {
        let StoredCall { row: Narrow { id, deleted, .. }, hash, versions, .. } = call;
        self.calls += i64::from(!deleted);
        let state = if *deleted { "deleted" } else { "live" };
        let quoted = serde_json::Value::from(id.as_str());
        let mut block = format!("{quoted} {state} {}\n", hex(hash));
        for StoredVersion { seq, received_ms, cause, columns } in versions.iter().rev() {
            let mut document = Sha256::new_with_prefix(&columns.simple);
            document.update(columns.detail.as_deref().unwrap_or_default());
            let (cause, document) = (cause.as_str(), hex(&document.finalize()));
            block.push_str(&format!("{seq} {received_ms} {cause} {document}\n"));
        }
        self.blocks.push((id.clone(), block));
    }

    /// How many calls are not deleted, and the digest.
    pub(crate) fn finish(mut self) -> (i64, String) {
        self.blocks.sort_unstable();
        let digest =
            self.blocks.iter().fold(Sha256::new(), |digest, (_, block)| digest.chain_update(block));
        (self.calls, hex(&digest.finalize()))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The milliseconds of a day (UTC).
pub(crate) fn day_span_ms(day: Date) -> Range<i64> {
    let start = |day: Date| {
        let midnight = day.to_zoned(TimeZone::UTC);
        midnight.map_or(i64::MAX, |midnight| midnight.timestamp().as_millisecond())
    };
    start(day)..day.tomorrow().map_or(i64::MAX, start)
}
