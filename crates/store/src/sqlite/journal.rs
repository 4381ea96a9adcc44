//! Every state of every call, in the order that they were seen in.

use callbook_model::Key;
use rusqlite::{Row, named_params};

use super::calls::{conditions, version_count};
use super::{Sqlite, columns};
use crate::account::scope_of;
use crate::calls::millisecond_at_or_after;
use crate::document::{Columns, Unpacker};
use crate::{AccountKey, CallFilter, Cause, Error, JournalEntry};

/// By change number, whatever the filter: asking for the calls first would want them all in memory.
const JOURNAL: &str = concat!(
    "SELECT v.seq, c.scope, c.id, ",
    version_count!(),
    ", v.received_ms, v.cause, v.simple, v.detail
     FROM version v CROSS JOIN call c ON c.call = v.call
     WHERE v.account = :account AND v.seq > :after_seq
       AND c.start_ms >= :from_ms AND c.start_ms < :to_ms AND ",
    conditions!(),
    " ORDER BY v.seq LIMIT :limit"
);

impl Sqlite {
    pub(crate) async fn journal(
        &self,
        account: AccountKey,
        filter: CallFilter,
        after_seq: i64,
        limit: u32,
    ) -> Result<Vec<JournalEntry>, Error> {
        let rows: Vec<(JournalEntry, Columns)> = self
            .read(move |connection| {
                let keys: Vec<String> = filter.keys.iter().map(Key::to_string).collect();
                let parameters = named_params! {
                    ":account": account.0,
                    ":keys": serde_json::Value::from(keys).to_string(),
                    ":from_ms": millisecond_at_or_after(filter.span.from),
                    ":to_ms": millisecond_at_or_after(filter.span.to),
                    ":direction": filter.direction,
                    ":result": filter.result,
                    ":recorded": filter.recorded,
                    ":min_duration_ms": filter.min_duration_ms,
                    ":deleted": filter.deleted,
                    ":after_seq": after_seq,
                    ":limit": limit,
                };
                connection.prepare_cached(JOURNAL)?.query_map(parameters, entry)?.collect()
            })
            .await?;
        let mut unpacker = Unpacker::new().map_err(Error::Compressor)?;
        let with_document = |(entry, columns): (JournalEntry, Columns)| JournalEntry {
            json: unpacker.whole(&columns),
            ..entry
        };
        Ok(rows.into_iter().map(with_document).collect())
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<(JournalEntry, Columns)> {
    let entry = JournalEntry {
        seq: row.get(0)?,
        scope: scope_of(row.get(1)?),
        id: row.get(2)?,
        version: row.get(3)?,
        received_ms: row.get(4)?,
        cause: Cause::of(row.get_ref(5)?.as_str()?),
        json: None,
    };
    Ok((entry, columns(row, 6)?))
}
