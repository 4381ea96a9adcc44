//! Lists of calls, newest first, by time and by everything they can be found by.

use callbook_model::{Key, Scope, Span};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::{Postgres, columns, each, flag, plain};
use crate::account::scope_number;
use crate::calls::millisecond_at_or_after;
use crate::document::{Columns, Unpacker};
use crate::stored::key_text;
use crate::{AccountKey, CallFilter, CallRow, Error, Listed, Position};

/// The conditions that need no posting. The keys `$13` are those that the driving table does not give; they
/// are few, so each is looked up. SQLite folds the case of ASCII letters alone, as COLLATE "C" does.
macro_rules! list_sql {
    ($from:literal) => {
        concat!(
            "SELECT c.start_ms, c.call, c.id, c.duration_ms, c.recorded, c.deleted,
                    v.simple, v.detail
             FROM ",
            $from,
            " JOIN version v
                 ON v.account = c.account AND v.seq = c.version AND v.start_ms = c.version_ms
             WHERE ($7::text IS NULL
                    OR lower(c.direction COLLATE \"C\") = lower($7 COLLATE \"C\"))
               AND ($8::text IS NULL OR lower(c.result COLLATE \"C\") = lower($8 COLLATE \"C\"))
               AND ($9::int2 IS NULL OR c.recorded = $9)
               AND ($10::int8 IS NULL OR c.duration_ms >= $10)
               AND ($11::bool OR c.deleted = 0)
               AND NOT EXISTS (
                   SELECT 1 FROM unnest($13::text[]) k (key) WHERE NOT EXISTS (
                       SELECT 1 FROM posting q
                       WHERE q.account = $1 AND q.scope = $2 AND q.key = k.key
                         AND q.start_ms = c.start_ms AND q.call = c.call))"
        )
    };
}

const BY_START: &str = concat!(
    list_sql!("call c"),
    " AND c.account = $1 AND c.scope = $2 AND $3::text IS NULL
      AND c.start_ms >= $4 AND (c.start_ms, c.call) < ($5::int8, $6::int8)
      ORDER BY c.start_ms DESC, c.call DESC LIMIT $12"
);

const BY_KEY: &str = concat!(
    list_sql!("posting p JOIN call c ON c.account = p.account AND c.call = p.call"),
    " AND p.account = $1 AND p.scope = $2 AND p.key = $3
      AND p.start_ms >= $4 AND (p.start_ms, p.call) < ($5::int8, $6::int8)
      ORDER BY p.start_ms DESC, p.call DESC LIMIT $12"
);

impl Postgres {
    pub(crate) async fn calls(
        &self,
        account: AccountKey,
        filter: CallFilter,
        after: Option<Position>,
        limit: u32,
    ) -> Result<Vec<CallRow>, Error> {
        let mut keys = filter.keys.iter().map(Key::to_string).collect::<Vec<_>>();
        keys.iter_mut().for_each(|key| *key = key_text(key).into_owned());
        let mut keys = keys.into_iter();
        let first_key = keys.next();
        let others: Vec<String> = keys.collect();
        // A call at the very end of the span has every number before it but a start.
        let end = Position { start_ms: millisecond_at_or_after(filter.span.to), call: 0 };
        let after = after.unwrap_or(end);
        let values: [&(dyn ToSql + Sync); 13] = [
            &account.0,
            &scope_number(filter.scope),
            &first_key,
            &millisecond_at_or_after(filter.span.from),
            &after.start_ms,
            &after.call,
            &filter.direction.as_deref().map(plain),
            &filter.result.as_deref().map(plain),
            &filter.recorded.map(i16::from),
            &filter.min_duration_ms,
            &filter.deleted,
            &i64::from(limit),
            &others,
        ];
        let sql = if first_key.is_some() { BY_KEY } else { BY_START };
        let rows = each(self, &self.rows(sql, &values).await?, call_row)?;
        let mut unpacker = Unpacker::new().map_err(Error::Compressor)?;
        let with_document = |(row, columns): (CallRow, Columns)| CallRow {
            simple: unpacker.simple(&columns),
            ..row
        };
        Ok(rows.into_iter().map(with_document).collect())
    }

    pub(crate) async fn listed(
        &self,
        account: AccountKey,
        scope: Scope,
        span: Span,
    ) -> Result<Vec<Listed>, Error> {
        let sql = "SELECT id, start_ms FROM call
             WHERE account = $1 AND scope = $2 AND start_ms >= $3 AND start_ms < $4
               AND deleted = 0";
        let (from_ms, to_ms) =
            (millisecond_at_or_after(span.from), millisecond_at_or_after(span.to));
        let values: [&(dyn ToSql + Sync); 4] = [&account.0, &scope_number(scope), &from_ms, &to_ms];
        let rows = self.rows(sql, &values).await?;
        each(self, &rows, |row| Ok(Listed { id: row.try_get(0)?, start_ms: row.try_get(1)? }))
    }
}

fn call_row(row: &Row) -> Result<(CallRow, Columns), tokio_postgres::Error> {
    let call = CallRow {
        position: Position { start_ms: row.try_get(0)?, call: row.try_get(1)? },
        id: row.try_get(2)?,
        duration_ms: row.try_get(3)?,
        recorded: flag(row, 4)?,
        deleted: flag(row, 5)?,
        simple: None,
    };
    Ok((call, columns(row, 6)?))
}
