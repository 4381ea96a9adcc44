//! Lists of calls, newest first, by time and by everything they can be found by.

use callbook_model::{Key, Scope, Span};
use jiff::Timestamp;
use rusqlite::{Row, named_params};

use crate::account::scope_number;
use crate::document::{Columns, Unpacker};
use crate::{AccountKey, Error, Store};

/// Which calls; every condition that is set must hold.
#[derive(Debug, Clone)]
pub struct CallFilter {
    /// Whose call log.
    pub scope: Scope,
    /// Calls that began in it.
    pub span: Span,
    /// Calls listed under all of these.
    pub keys: Vec<Key>,
    /// `Inbound` or `Outbound`, in any case.
    pub direction: Option<String>,
    /// Such as `Missed`, in any case.
    pub result: Option<String>,
    /// With, or without, a recording.
    pub recorded: Option<bool>,
    /// At least so long.
    pub min_duration_ms: Option<i64>,
    /// Calls that upstream has deleted as well.
    pub deleted: bool,
}

/// One call of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRow {
    /// Where the list goes on after this call.
    pub position: Position,
    /// RingCentral's id.
    pub id: String,
    /// Milliseconds.
    pub duration_ms: i64,
    /// The call or one of its legs has a recording.
    pub recorded: bool,
    /// Upstream said that it was deleted.
    pub deleted: bool,
    /// The Simple view of the record; `None` if what the archive holds of it is damaged.
    pub simple: Option<String>,
}

/// A place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// When the call began, milliseconds since 1970-01-01T00:00:00Z.
    pub start_ms: i64,
    call: i64,
}

/// The conditions that need no posting, and the order. `keys` are those that the driving table does
/// not give; they are few, so each is looked up.
macro_rules! list_sql {
    ($from:literal) => {
        concat!(
            "SELECT c.start_ms, c.call, c.id, c.duration_ms, c.recorded, c.deleted,
                    v.simple, v.detail
             FROM ",
            $from,
            " JOIN version v ON v.version = c.version
             WHERE (:direction IS NULL OR c.direction = :direction COLLATE NOCASE)
               AND (:result IS NULL OR c.result = :result COLLATE NOCASE)
               AND (:recorded IS NULL OR c.recorded = :recorded)
               AND (:min_duration_ms IS NULL OR c.duration_ms >= :min_duration_ms)
               AND (:deleted OR NOT c.deleted)
               AND NOT EXISTS (
                   SELECT 1 FROM json_each(:keys) k WHERE NOT EXISTS (
                       SELECT 1 FROM posting q
                       WHERE q.account = :account AND q.scope = :scope AND q.key = k.value
                         AND q.start_ms = c.start_ms AND q.call = c.call))"
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

impl CallFilter {
    /// Every call of a span.
    pub fn new(scope: Scope, span: Span) -> Self {
        Self {
            scope,
            span,
            keys: Vec::new(),
            direction: None,
            result: None,
            recorded: None,
            min_duration_ms: None,
            deleted: false,
        }
    }
}

impl Store {
    /// At most `limit` calls, newest first, from after `after` on.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub async fn calls(
        &self,
        account: AccountKey,
        filter: CallFilter,
        after: Option<Position>,
        limit: u32,
    ) -> Result<Vec<CallRow>, Error> {
        let rows: Vec<(CallRow, Columns)> = self
            .read(move |connection| {
                let (first_key, others) = match filter.keys.split_first() {
                    Some((first, others)) => (Some(first.to_string()), others),
                    None => (None, &[][..]),
                };
                let others: Vec<String> = others.iter().map(Key::to_string).collect();
                // A call at the very end of the span has every number before it but a start.
                let end = Position { start_ms: millisecond_at_or_after(filter.span.to), call: 0 };
                let after = after.unwrap_or(end);
                let parameters = named_params! {
                    ":account": account.0,
                    ":scope": scope_number(filter.scope),
                    ":first_key": first_key,
                    ":keys": serde_json::Value::from(others).to_string(),
                    ":from_ms": millisecond_at_or_after(filter.span.from),
                    ":start_ms": after.start_ms,
                    ":call": after.call,
                    ":direction": filter.direction,
                    ":result": filter.result,
                    ":recorded": filter.recorded,
                    ":min_duration_ms": filter.min_duration_ms,
                    ":deleted": filter.deleted,
                    ":limit": limit,
                };
                let sql = if first_key.is_some() { BY_KEY } else { BY_START };
                connection.prepare_cached(sql)?.query_map(parameters, call_row)?.collect()
            })
            .await?;
        let mut unpacker = Unpacker::new().map_err(Error::Compressor)?;
        let with_document = |(row, columns): (CallRow, Columns)| CallRow {
            simple: unpacker.simple(&columns),
            ..row
        };
        Ok(rows.into_iter().map(with_document).collect())
    }
}

fn call_row(row: &Row<'_>) -> rusqlite::Result<(CallRow, Columns)> {
    let call = CallRow {
        position: Position { start_ms: row.get(0)?, call: row.get(1)? },
        id: row.get(2)?,
        duration_ms: row.get(3)?,
        recorded: row.get(4)?,
        deleted: row.get(5)?,
        simple: None,
    };
    Ok((call, Columns::from_row(row, 6)?))
}

/// Calls begin at whole milliseconds: those at or after `moment` begin at or after this one.
pub(crate) fn millisecond_at_or_after(moment: Timestamp) -> i64 {
    let rest = moment.subsec_nanosecond().rem_euclid(1_000_000);
    moment.as_millisecond() + i64::from(rest > 0 && moment >= Timestamp::UNIX_EPOCH)
}
