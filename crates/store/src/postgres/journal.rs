//! Every state of every call, in the order that they were seen in.

use std::collections::HashMap;

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::calls::{conditions, has_keys, key_texts, plain_or_none};
use super::{Postgres, columns, each};
use crate::account::scope_of;
use crate::calls::millisecond_at_or_after;
use crate::document::{Columns, Unpacker};
use crate::{AccountKey, CallFilter, Cause, Error, JournalEntry};

macro_rules! journal_sql {
    ($($condition:expr)?) => {
        concat!(
            "SELECT v.seq, v.start_ms, v.previous IS NULL, c.scope, c.id, v.received_ms, v.cause,
                    v.simple, v.detail
             FROM version v JOIN call c ON c.account = v.account AND c.call = v.call
             WHERE v.account = $1 AND v.seq > $7 AND c.start_ms >= $8 AND c.start_ms < $9 AND ",
            conditions!(),
            $($condition,)?
            " ORDER BY v.seq LIMIT $10"
        )
    };
}

const JOURNAL: &str = journal_sql!();
const JOURNAL_OF_KEYS: &str = journal_sql!(has_keys!("$11"));

/// How many states calls were seen in up to some of their versions.
const COUNTS: &str = "WITH RECURSIVE chain (counted, seq, start_ms) AS (
         SELECT u.seq, u.seq, u.start_ms FROM unnest($2::int8[], $3::int8[]) u (seq, start_ms)
         UNION ALL
         SELECT c.counted, v.previous, v.previous_ms FROM chain c JOIN version v
             ON v.account = $1 AND v.seq = c.seq AND v.start_ms = c.start_ms
         WHERE v.previous < v.seq)
     SELECT counted, count(*) FROM chain GROUP BY counted";

impl Postgres {
    pub(crate) async fn journal(
        &self,
        account: AccountKey,
        filter: CallFilter,
        after_seq: i64,
        limit: u32,
    ) -> Result<Vec<JournalEntry>, Error> {
        let keys = key_texts(&filter);
        let (direction, result) = (plain_or_none(&filter.direction), plain_or_none(&filter.result));
        let (recorded, limit) = (filter.recorded.map(i16::from), i64::from(limit));
        let from_ms = millisecond_at_or_after(filter.span.from);
        let to_ms = millisecond_at_or_after(filter.span.to);
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![
            &account.0,
            &direction,
            &result,
            &recorded,
            &filter.min_duration_ms,
            &filter.deleted,
            &after_seq,
            &from_ms,
            &to_ms,
            &limit,
        ];
        let sql = if keys.is_empty() { JOURNAL } else { JOURNAL_OF_KEYS };
        if !keys.is_empty() {
            values.push(&keys);
        }
        let rows = self.rows(sql, &values).await?;
        let counts = self.counts(account, &rows, 0).await?;
        let rows = each(self, &rows, |row| entry(row, &counts))?;
        let mut unpacker = Unpacker::new().map_err(Error::Compressor)?;
        let with_document = |(entry, columns): (JournalEntry, Columns)| JournalEntry {
            json: unpacker.whole(&columns),
            ..entry
        };
        Ok(rows.into_iter().map(with_document).collect())
    }

    /// How many states calls were seen in up to a version, of those that have one before it. From `place` on
    /// rows have the version's number, its start, and whether it is the first.
    pub(super) async fn counts(
        &self,
        account: AccountKey,
        rows: &[Row],
        place: usize,
    ) -> Result<HashMap<i64, i64>, Error> {
        let versions = each(self, rows, |row| {
            let version: (i64, i64) = (row.try_get(place)?, row.try_get(place + 1)?);
            Ok((version, row.try_get::<_, bool>(place + 2)?))
        })?;
        let later = versions.into_iter().filter(|(_, first)| !first);
        let (seqs, starts): (Vec<i64>, Vec<i64>) = later.map(|(version, _)| version).unzip();
        if seqs.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = self.rows(COUNTS, &[&account.0, &seqs, &starts]).await?;
        let counts = each(self, &rows, |row| Ok((row.try_get(0)?, row.try_get(1)?)))?;
        Ok(counts.into_iter().collect())
    }
}

fn entry(
    row: &Row,
    counts: &HashMap<i64, i64>,
) -> Result<(JournalEntry, Columns), tokio_postgres::Error> {
    let seq = row.try_get(0)?;
    let entry = JournalEntry {
        seq,
        scope: scope_of(row.try_get(3)?),
        id: row.try_get(4)?,
        version: counts.get(&seq).copied().unwrap_or(1),
        received_ms: row.try_get(5)?,
        cause: Cause::of(row.try_get(6)?),
        json: None,
    };
    Ok((entry, columns(row, 7)?))
}
