//! Lists of calls, newest first, by time and by everything they can be found by.

use callbook_model::{Key, Scope, Span};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::{Postgres, columns, each, flag, plain};
use crate::account::scope_number;
use crate::calls::{View, millisecond_at_or_after};
use crate::document::{Columns, Unpacker};
use crate::stored::key_text;
use crate::{AccountKey, CallFilter, CallRow, Error, Listed, Position};

/// What a filter says of a call `c` of the account `$1`, but for its log and the time. The keys `$2` are those
/// that a driving table does not give; they are few, so each is looked up. SQLite folds the case of ASCII
/// letters alone, as COLLATE "C" does.
macro_rules! conditions {
    () => {
        "($3::text IS NULL OR lower(c.direction COLLATE \"C\") = lower($3 COLLATE \"C\"))
         AND ($4::text IS NULL OR lower(c.result COLLATE \"C\") = lower($4 COLLATE \"C\"))
         AND ($5::int2 IS NULL OR c.recorded = $5)
         AND ($6::int8 IS NULL OR c.duration_ms >= $6)
         AND ($7::bool OR c.deleted = 0)
         AND NOT EXISTS (
             SELECT 1 FROM unnest($2::text[]) k (key) WHERE NOT EXISTS (
                 SELECT 1 FROM posting q
                 WHERE q.account = $1 AND q.scope = c.scope AND q.key = k.key
                   AND q.start_ms = c.start_ms AND q.call = c.call))"
    };
}

pub(super) use conditions;

/// How many states a call was seen in up to a version, the row of which is `v`.
macro_rules! version_count {
    () => {
        "CASE WHEN v.previous IS NULL THEN 1::int8 ELSE (
             WITH RECURSIVE history (seq, start_ms) AS (
                 SELECT v.seq, v.start_ms
                 UNION ALL
                 SELECT p.previous, p.previous_ms FROM history h JOIN version p
                     ON p.account = $1 AND p.seq = h.seq AND p.start_ms = h.start_ms
                 WHERE p.previous IS NOT NULL)
             SELECT count(*) FROM history) END"
    };
}

pub(super) use version_count;

/// The calls of a log, with their newest versions.
macro_rules! list_sql {
    ($from:literal) => {
        concat!(
            "SELECT c.start_ms, c.call, c.id, c.duration_ms, c.recorded, c.deleted, v.received_ms, ",
            version_count!(),
            ", v.simple, v.detail
             FROM ",
            $from,
            " JOIN version v
                 ON v.account = c.account AND v.seq = c.version AND v.start_ms = c.version_ms
             WHERE ",
            conditions!(),
            " AND ($8::int8 IS NULL OR NOT EXISTS (
                 SELECT 1 FROM call o
                 WHERE o.account = $1 AND o.scope = $8
                   AND o.start_ms >= c.start_ms - c.start_ms % 60000
                   AND o.start_ms < c.start_ms - c.start_ms % 60000 + 60000
                   AND (c.direction IS NULL OR o.direction = c.direction)
                   AND o.duration_ms BETWEEN c.duration_ms - 1000 AND c.duration_ms + 1000
                   AND (CASE c.direction WHEN 'Outbound' THEN c.to_number ELSE c.from_number END
                        IS NULL OR EXISTS (
                       SELECT 1 FROM posting q
                       WHERE q.account = $1 AND q.scope = $8
                         AND q.key = 'n' || CASE c.direction WHEN 'Outbound' THEN c.to_number
                                                ELSE c.from_number END
                         AND q.start_ms = o.start_ms AND q.call = o.call))))"
        )
    };
}

const BY_START: &str = concat!(
    list_sql!("call c"),
    " AND c.account = $1 AND c.scope = $9 AND $10::text IS NULL
      AND c.start_ms >= $11 AND (c.start_ms, c.call) < ($12::int8, $13::int8)
      ORDER BY c.start_ms DESC, c.call DESC LIMIT $14"
);

const BY_KEY: &str = concat!(
    list_sql!("posting p JOIN call c ON c.account = p.account AND c.call = p.call"),
    " AND p.account = $1 AND p.scope = $9 AND p.key = $10
      AND p.start_ms >= $11 AND (p.start_ms, p.call) < ($12::int8, $13::int8)
      ORDER BY p.start_ms DESC, p.call DESC LIMIT $14"
);

impl Postgres {
    pub(crate) async fn calls(
        &self,
        account: AccountKey,
        filter: CallFilter,
        after: Option<Position>,
        limit: u32,
        view: View,
    ) -> Result<Vec<CallRow>, Error> {
        let mut keys = filter.keys.iter().map(Key::to_string).collect::<Vec<_>>();
        keys.iter_mut().for_each(|key| *key = key_text(key).into_owned());
        let mut keys = keys.into_iter();
        let first_key = keys.next();
        let others: Vec<String> = keys.collect();
        // A call at the very end of the span has every number before it but a start.
        let end = Position { start_ms: millisecond_at_or_after(filter.span.to), call: 0 };
        let after = after.unwrap_or(end);
        let values: [&(dyn ToSql + Sync); 14] = [
            &account.0,
            &others,
            &filter.direction.as_deref().map(plain),
            &filter.result.as_deref().map(plain),
            &filter.recorded.map(i16::from),
            &filter.min_duration_ms,
            &filter.deleted,
            &filter.unless_in.map(scope_number),
            &scope_number(filter.scope),
            &first_key,
            &millisecond_at_or_after(filter.span.from),
            &after.start_ms,
            &after.call,
            &i64::from(limit),
        ];
        let sql = if first_key.is_some() { BY_KEY } else { BY_START };
        let rows = each(self, &self.rows(sql, &values).await?, call_row)?;
        let mut unpacker = Unpacker::new().map_err(Error::Compressor)?;
        let with_document = |(row, columns): (CallRow, Columns)| CallRow {
            json: unpacker.view(&columns, view),
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
        received_ms: row.try_get(6)?,
        versions: row.try_get(7)?,
        json: None,
    };
    Ok((call, columns(row, 8)?))
}
