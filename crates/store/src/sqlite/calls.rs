//! Lists of calls, newest first, by time and by everything they can be found by.

use callbook_model::Key;
use rusqlite::{OptionalExtension as _, Row, named_params};

use super::Sqlite;
use crate::account::scope_number;
use crate::calls::{View, millisecond_at_or_after};
use crate::document::Unpacker;
use crate::{AccountKey, CallFilter, CallRow, Error, Position};

/// What a filter says of a call `c` of the account `:account`, but for its log and the time. `:keys` are those
/// that a driving table does not give; they are few, so each is looked up.
macro_rules! conditions {
    () => {
        "(:direction IS NULL OR c.direction = :direction COLLATE NOCASE)
         AND (:result IS NULL OR c.result = :result COLLATE NOCASE)
         AND (:recorded IS NULL OR c.recorded = :recorded)
         AND (:min_duration_ms IS NULL OR c.duration_ms >= :min_duration_ms)
         AND (:deleted OR NOT c.deleted)
         AND (:keys = '[]' OR NOT EXISTS (
             SELECT 1 FROM json_each(:keys) k WHERE NOT EXISTS (
                 SELECT 1 FROM posting q
                 WHERE q.account = :account AND q.scope = c.scope AND q.key = k.value
                   AND q.start_ms = c.start_ms AND q.call = c.call)))"
    };
}

pub(super) use conditions;

/// How many states a call was seen in up to a version, the row of which is `v`.
macro_rules! version_count {
    () => {
        "CASE WHEN v.previous IS NULL THEN 1 ELSE (
             WITH RECURSIVE history (version) AS (
                 SELECT v.version
                 UNION ALL
                 SELECT p.previous FROM version p JOIN history USING (version)
                 WHERE p.previous < p.version)
             SELECT count(*) FROM history) END"
    };
}

pub(super) use version_count;

/// A log has no call that a call `c` may be: see [`crate::CallFilter::unless_in`].
macro_rules! unless_in {
    ($account:literal, $scope:literal) => {
        concat!(
            "NOT EXISTS (
                 SELECT 1 FROM call o
                 WHERE o.account = ",
            $account,
            "      AND o.scope = ",
            $scope,
            "      AND o.start_ms >= c.start_ms - c.start_ms % 60000
                   AND o.start_ms < c.start_ms - c.start_ms % 60000 + 60000
                   AND (c.direction IS NULL OR o.direction = c.direction)
                   AND o.duration_ms BETWEEN c.duration_ms - 1000 AND c.duration_ms + 1000
                   AND (CASE c.direction WHEN 'Outbound' THEN c.to_number ELSE c.from_number END
                        IS NULL OR EXISTS (
                       SELECT 1 FROM posting q
                       WHERE q.account = ",
            $account,
            "            AND q.scope = ",
            $scope,
            "            AND q.key = 'n' || CASE c.direction WHEN 'Outbound' THEN c.to_number
                                                ELSE c.from_number END
                         AND q.start_ms = o.start_ms AND q.call = o.call)))"
        )
    };
}

pub(super) use unless_in;

/// The calls of a log, with their newest versions. A call without its version is damaged, as one whose document
/// cannot be read.
macro_rules! list_sql {
    ($from:literal) => {
        concat!(
            "SELECT c.start_ms, c.call, c.id, c.duration_ms, c.recorded, c.deleted,
                    coalesce(v.received_ms, 0), ",
            version_count!(),
            ", coalesce(v.simple, x''), v.detail
             FROM ",
            $from,
            " LEFT JOIN version v ON v.version = c.version WHERE ",
            conditions!(),
            " AND (:unless_in IS NULL OR ",
            unless_in!(":account", ":unless_in"),
            ")"
        )
    };
}

const BY_START: &str = concat!(
    list_sql!("call c"),
    " AND c.account = :account AND c.scope = :scope AND :first_key IS NULL
      AND c.start_ms >= :from_ms AND (c.start_ms, c.call) < (:start_ms, :call)
      ORDER BY c.start_ms DESC, c.call DESC LIMIT :limit"
);

const BY_KEY: &str = concat!(
    list_sql!("posting p JOIN call c ON c.call = p.call"),
    " AND p.account = :account AND p.scope = :scope AND p.key = :first_key
      AND p.start_ms >= :from_ms AND (p.start_ms, p.call) < (:start_ms, :call)
      ORDER BY p.start_ms DESC, p.call DESC LIMIT :limit"
);

/// The same lists without what they show, one call of them.
macro_rules! skip_sql {
    ($from:literal, $driving:literal, $condition:literal) => {
        concat!(
            "SELECT c.start_ms, c.call FROM ",
            $from,
            " WHERE ",
            conditions!(),
            " AND ",
            $driving,
            ".account = :account AND ",
            $driving,
            ".scope = :scope AND ",
            $condition,
            " AND ",
            $driving,
            ".start_ms >= :from_ms AND ",
            $driving,
            ".start_ms < :to_ms
              ORDER BY ",
            $driving,
            ".start_ms DESC, ",
            $driving,
            ".call DESC
              LIMIT 1 OFFSET :count - 1"
        )
    };
}

const SKIP_BY_START: &str = skip_sql!("call c", "c", ":first_key IS NULL");
const SKIP_BY_KEY: &str =
    skip_sql!("posting p JOIN call c ON c.call = p.call", "p", "p.key = :first_key");

/// The first of a filter's keys, which drives, and the others as a JSON list.
fn keys(filter: &CallFilter) -> (Option<String>, String) {
    let mut keys = filter.keys.iter().map(Key::to_string);
    let first = keys.next();
    (first, serde_json::Value::from(keys.collect::<Vec<_>>()).to_string())
}

impl Sqlite {
    pub(crate) async fn skip_calls(
        &self,
        account: AccountKey,
        filter: CallFilter,
        count: u64,
    ) -> Result<Option<Position>, Error> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.read(move |connection| {
            let (first_key, others) = keys(&filter);
            let parameters = named_params! {
                ":account": account.0,
                ":scope": scope_number(filter.scope),
                ":first_key": first_key,
                ":keys": others,
                ":from_ms": millisecond_at_or_after(filter.span.from),
                ":to_ms": millisecond_at_or_after(filter.span.to),
                ":direction": filter.direction,
                ":result": filter.result,
                ":recorded": filter.recorded,
                ":min_duration_ms": filter.min_duration_ms,
                ":deleted": filter.deleted,
                ":count": count,
            };
            let sql = if first_key.is_some() { SKIP_BY_KEY } else { SKIP_BY_START };
            let place = |row: &Row<'_>| Ok(Position { start_ms: row.get(0)?, call: row.get(1)? });
            connection.prepare_cached(sql)?.query_row(parameters, place).optional()
        })
        .await
    }

    pub(crate) async fn calls(
        &self,
        account: AccountKey,
        filter: CallFilter,
        after: Option<Position>,
        limit: u32,
        view: View,
    ) -> Result<Vec<CallRow>, Error> {
        self.read(move |connection| {
            let (first_key, others) = keys(&filter);
            // A call at the very end of the span has every number before it but a start.
            let end = Position { start_ms: millisecond_at_or_after(filter.span.to), call: 0 };
            let after = after.unwrap_or(end);
            let parameters = named_params! {
                ":account": account.0,
                ":scope": scope_number(filter.scope),
                ":first_key": first_key,
                ":keys": others,
                ":from_ms": millisecond_at_or_after(filter.span.from),
                ":start_ms": after.start_ms,
                ":call": after.call,
                ":direction": filter.direction,
                ":result": filter.result,
                ":recorded": filter.recorded,
                ":min_duration_ms": filter.min_duration_ms,
                ":deleted": filter.deleted,
                ":unless_in": filter.unless_in.map(scope_number),
                ":limit": limit,
            };
            let sql = if first_key.is_some() { BY_KEY } else { BY_START };
            let mut unpacker = Unpacker::new().map_err(super::no_memory)?;
            let row = |row: &Row<'_>| call_row(row, view, &mut unpacker);
            connection.prepare_cached(sql)?.query_map(parameters, row)?.collect()
        })
        .await
    }
}

/// The document is read where the database has it: most of a list's time goes into texts.
fn call_row(row: &Row<'_>, view: View, unpacker: &mut Unpacker) -> rusqlite::Result<CallRow> {
    let (simple, detail) = (row.get_ref(8)?.as_blob()?, row.get_ref(9)?.as_blob_or_null()?);
    Ok(CallRow {
        position: Position { start_ms: row.get(0)?, call: row.get(1)? },
        id: row.get(2)?,
        duration_ms: row.get(3)?,
        recorded: row.get(4)?,
        deleted: row.get(5)?,
        received_ms: row.get(6)?,
        versions: row.get(7)?,
        json: unpacker.read(simple, detail, view),
    })
}
