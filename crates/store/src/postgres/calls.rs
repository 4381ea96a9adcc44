//! Lists of calls, newest first, by time and by everything they can be found by.

use std::borrow::Cow;
use std::collections::HashMap;

use callbook_model::{Key, Scope, Span};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::{Postgres, columns, each, flag, plain};
use crate::account::scope_number;
use crate::calls::{View, millisecond_at_or_after};
use crate::document::{Columns, Unpacker};
use crate::stored::key_text;
use crate::{AccountKey, CallFilter, CallRow, Error, Listed, Position};

/// What a filter says of a call `c`, but for its log, time and keys. SQLite folds the case of ASCII letters
/// alone, as COLLATE "C" does.
macro_rules! conditions {
    () => {
        "($2::text IS NULL OR lower(c.direction COLLATE \"C\") = lower($2 COLLATE \"C\"))
         AND ($3::text IS NULL OR lower(c.result COLLATE \"C\") = lower($3 COLLATE \"C\"))
         AND ($4::int2 IS NULL OR c.recorded = $4)
         AND ($5::int8 IS NULL OR c.duration_ms >= $5)
         AND ($6::bool OR c.deleted = 0)"
    };
}

/// A call `c` of the account `$1` is listed under all of some keys. They are few, so each is looked up.
macro_rules! has_keys {
    ($keys:literal) => {
        concat!(
            " AND NOT EXISTS (
                 SELECT 1 FROM unnest(",
            $keys,
            "::text[]) k (key) WHERE NOT EXISTS (
                     SELECT 1 FROM posting q
                     WHERE q.account = $1 AND q.scope = c.scope AND q.key = k.key
                       AND q.start_ms = c.start_ms AND q.call = c.call))"
        )
    };
}

/// A log has no call that a call `c` may be: see [`crate::CallFilter::unless_in`].
macro_rules! unless_in {
    ($scope:literal) => {
        concat!(
            "NOT EXISTS (
                 SELECT 1 FROM call o
                 WHERE o.account = $1 AND o.scope = ",
            $scope,
            "      AND o.start_ms >= c.start_ms - c.start_ms % 60000
                   AND o.start_ms < c.start_ms - c.start_ms % 60000 + 60000
                   AND (c.direction IS NULL OR o.direction = c.direction)
                   AND o.duration_ms BETWEEN c.duration_ms - 1000 AND c.duration_ms + 1000
                   AND (CASE c.direction WHEN 'Outbound' THEN c.to_number ELSE c.from_number END
                        IS NULL OR EXISTS (
                       SELECT 1 FROM posting q
                       WHERE q.account = $1 AND q.scope = ",
            $scope,
            "            AND q.key = 'n' || CASE c.direction WHEN 'Outbound' THEN c.to_number
                                                ELSE c.from_number END
                         AND q.start_ms = o.start_ms AND q.call = o.call)))"
        )
    };
}

pub(super) use {conditions, has_keys, unless_in};

/// A page of the calls of a log, and then their newest versions: asked for both at once, the planner expects few
/// rows, and goes over everything for a page. So it does with a condition that is there but not wanted. A
/// call without its version is damaged, as one whose document cannot be read.
macro_rules! list_sql {
    ($from:literal, $driving:literal, $($condition:expr),* $(,)?) => {
        concat!(
            "SELECT c.start_ms, c.call, c.id, c.duration_ms, c.recorded, c.deleted,
                    coalesce(v.received_ms, 0), c.version, c.version_ms, v.previous IS NULL,
                    coalesce(v.simple, ''::bytea), v.detail
             FROM (
                 SELECT c.* FROM ",
            $from,
            "    WHERE ",
            conditions!(),
            $($condition,)*
            " AND ", $driving, ".account = $1 AND ", $driving, ".scope = $7
                   AND ", $driving, ".start_ms >= $8
                   AND (", $driving, ".start_ms, ", $driving, ".call) < ($9::int8, $10::int8)
                 ORDER BY ", $driving, ".start_ms DESC, ", $driving, ".call DESC LIMIT $11) c
             LEFT JOIN version v
                 ON v.account = c.account AND v.seq = c.version AND v.start_ms = c.version_ms
             ORDER BY c.start_ms DESC, c.call DESC"
        )
    };
}

const BY_START: &str = list_sql!("call c", "c",);
const BY_START_UNLESS: &str = list_sql!("call c", "c", " AND ", unless_in!("$12"));
const BY_KEY: &str = list_sql!(
    "posting p JOIN call c ON c.account = p.account AND c.call = p.call",
    "p",
    " AND p.key = $12",
    has_keys!("$13"),
);
const BY_KEY_UNLESS: &str = list_sql!(
    "posting p JOIN call c ON c.account = p.account AND c.call = p.call",
    "p",
    " AND p.key = $12",
    has_keys!("$13"),
    " AND ",
    unless_in!("$14"),
);

/// The same lists without what they show, one call of them.
macro_rules! skip_sql {
    ($from:literal, $driving:literal, $($condition:expr),* $(,)?) => {
        concat!(
            "SELECT c.start_ms, c.call FROM ",
            $from,
            " WHERE ",
            conditions!(),
            $($condition,)*
            " AND ", $driving, ".account = $1 AND ", $driving, ".scope = $7
              AND ", $driving, ".start_ms >= $8 AND ", $driving, ".start_ms < $9
              ORDER BY ", $driving, ".start_ms DESC, ", $driving, ".call DESC
              LIMIT 1 OFFSET $10::int8 - 1"
        )
    };
}

const SKIP_BY_START: &str = skip_sql!("call c", "c",);
const SKIP_BY_KEY: &str = skip_sql!(
    "posting p JOIN call c ON c.account = p.account AND c.call = p.call",
    "p",
    " AND p.key = $11",
    has_keys!("$12"),
);

impl Postgres {
    pub(crate) async fn skip_calls(
        &self,
        account: AccountKey,
        filter: CallFilter,
        count: u64,
    ) -> Result<Option<Position>, Error> {
        let mut keys = key_texts(&filter).into_iter();
        let (first_key, others) = (keys.next(), keys.collect::<Vec<_>>());
        let (direction, result) = (plain_or_none(&filter.direction), plain_or_none(&filter.result));
        let (recorded, scope) = (filter.recorded.map(i16::from), scope_number(filter.scope));
        let from_ms = millisecond_at_or_after(filter.span.from);
        let to_ms = millisecond_at_or_after(filter.span.to);
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![
            &account.0,
            &direction,
            &result,
            &recorded,
            &filter.min_duration_ms,
            &filter.deleted,
            &scope,
            &from_ms,
            &to_ms,
            &count,
        ];
        if first_key.is_some() {
            values.extend([&first_key as &(dyn ToSql + Sync), &others]);
        }
        let sql = if first_key.is_some() { SKIP_BY_KEY } else { SKIP_BY_START };
        let rows = self.rows(sql, &values).await?;
        let place = |row: &Row| Ok(Position { start_ms: row.try_get(0)?, call: row.try_get(1)? });
        Ok(each(self, &rows, place)?.first().copied())
    }

    pub(crate) async fn calls(
        &self,
        account: AccountKey,
        filter: CallFilter,
        after: Option<Position>,
        limit: u32,
        view: View,
    ) -> Result<Vec<CallRow>, Error> {
        let mut keys = key_texts(&filter).into_iter();
        let (first_key, others) = (keys.next(), keys.collect::<Vec<_>>());
        let unless_in = filter.unless_in.map(scope_number);
        // A call at the very end of the span has every number before it but a start.
        let end = Position { start_ms: millisecond_at_or_after(filter.span.to), call: 0 };
        let after = after.unwrap_or(end);
        let (direction, result) = (plain_or_none(&filter.direction), plain_or_none(&filter.result));
        let (recorded, scope) = (filter.recorded.map(i16::from), scope_number(filter.scope));
        let (from_ms, limit) = (millisecond_at_or_after(filter.span.from), i64::from(limit));
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![
            &account.0,
            &direction,
            &result,
            &recorded,
            &filter.min_duration_ms,
            &filter.deleted,
            &scope,
            &from_ms,
            &after.start_ms,
            &after.call,
            &limit,
        ];
        if first_key.is_some() {
            values.extend([&first_key as &(dyn ToSql + Sync), &others]);
        }
        if unless_in.is_some() {
            values.push(&unless_in);
        }
        let sql = match (first_key.is_some(), unless_in.is_some()) {
            (false, false) => BY_START,
            (false, true) => BY_START_UNLESS,
            (true, false) => BY_KEY,
            (true, true) => BY_KEY_UNLESS,
        };
        let rows = self.rows(sql, &values).await?;
        let counts = self.counts(account, &rows, 7).await?;
        let mut unpacker = Unpacker::new().map_err(Error::Compressor)?;
        let with_document = |(row, columns): (CallRow, Columns)| CallRow {
            json: unpacker.view(&columns, view),
            ..row
        };
        let rows = each(self, &rows, |row| call_row(row, &counts))?;
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

fn call_row(
    row: &Row,
    counts: &HashMap<i64, i64>,
) -> Result<(CallRow, Columns), tokio_postgres::Error> {
    let call = CallRow {
        position: Position { start_ms: row.try_get(0)?, call: row.try_get(1)? },
        id: row.try_get(2)?,
        duration_ms: row.try_get(3)?,
        recorded: flag(row, 4)?,
        deleted: flag(row, 5)?,
        received_ms: row.try_get(6)?,
        versions: counts.get(&row.try_get(7)?).copied().unwrap_or(1),
        json: None,
    };
    Ok((call, columns(row, 10)?))
}

/// The keys of a filter as they are stored.
pub(super) fn key_texts(filter: &CallFilter) -> Vec<String> {
    let keys = filter.keys.iter().map(Key::to_string);
    keys.map(|key| key_text(&key).into_owned()).collect()
}

pub(super) fn plain_or_none(text: &Option<String>) -> Option<Cow<'_, str>> {
    text.as_deref().map(plain)
}
