//! Every state of every call, in the order that they were seen in.

use callbook_model::Key;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::calls::{conditions, version_count};
use super::{Postgres, columns, each, plain};
use crate::account::scope_of;
use crate::calls::millisecond_at_or_after;
use crate::document::{Columns, Unpacker};
use crate::stored::key_text;
use crate::{AccountKey, CallFilter, Cause, Error, JournalEntry};

const JOURNAL: &str = concat!(
    "SELECT v.seq, c.scope, c.id, ",
    version_count!(),
    ", v.received_ms, v.cause, v.simple, v.detail
     FROM version v JOIN call c ON c.account = v.account AND c.call = v.call
     WHERE v.account = $1 AND v.seq > $8 AND c.start_ms >= $9 AND c.start_ms < $10 AND ",
    conditions!(),
    " ORDER BY v.seq LIMIT $11"
);

impl Postgres {
    pub(crate) async fn journal(
        &self,
        account: AccountKey,
        filter: CallFilter,
        after_seq: i64,
        limit: u32,
    ) -> Result<Vec<JournalEntry>, Error> {
        let keys: Vec<String> =
            filter.keys.iter().map(|key: &Key| key_text(&key.to_string()).into_owned()).collect();
        let values: [&(dyn ToSql + Sync); 11] = [
            &account.0,
            &keys,
            &filter.direction.as_deref().map(plain),
            &filter.result.as_deref().map(plain),
            &filter.recorded.map(i16::from),
            &filter.min_duration_ms,
            &filter.deleted,
            &after_seq,
            &millisecond_at_or_after(filter.span.from),
            &millisecond_at_or_after(filter.span.to),
            &i64::from(limit),
        ];
        let rows = each(self, &self.rows(JOURNAL, &values).await?, entry)?;
        let mut unpacker = Unpacker::new().map_err(Error::Compressor)?;
        let with_document = |(entry, columns): (JournalEntry, Columns)| JournalEntry {
            json: unpacker.whole(&columns),
            ..entry
        };
        Ok(rows.into_iter().map(with_document).collect())
    }
}

fn entry(row: &Row) -> Result<(JournalEntry, Columns), tokio_postgres::Error> {
    let entry = JournalEntry {
        seq: row.try_get(0)?,
        scope: scope_of(row.try_get(1)?),
        id: row.try_get(2)?,
        version: row.try_get(3)?,
        received_ms: row.try_get(4)?,
        cause: Cause::of(row.try_get(5)?),
        json: None,
    };
    Ok((entry, columns(row, 6)?))
}
