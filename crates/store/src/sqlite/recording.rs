//! Rows of recordings, and objects to be deleted.

use rusqlite::{Connection, Row, params_from_iter, types::Value};

use super::Sqlite;
use crate::account::{scope_number, scope_of};
use crate::recording::recording_columns;
use crate::{
    AccountKey, Error, Kept, RecordingHour, RecordingQuery, RecordingRow, RecordingState,
    RecordingStep, WantedQuery,
};

const BY_ID: &str =
    concat!("SELECT ", recording_columns!(), " FROM recording WHERE account = ?1 AND id = ?2");
const BY_CALLS: &str = concat!(
    "SELECT ",
    recording_columns!(),
    " FROM recording WHERE account = ?1 AND scope = ?2
       AND call_id IN (SELECT value FROM json_each(?3)) ORDER BY call_id, start_ms, id"
);
const BY_SESSION: &str = concat!(
    "SELECT ",
    recording_columns!(),
    " FROM recording WHERE account = ?1 AND session = ?2 ORDER BY start_ms, id"
);
const KEPT: &str = concat!(
    "SELECT ",
    recording_columns!(),
    " FROM recording WHERE account = ?1 AND id > ?2 AND state = 'kept' ORDER BY id LIMIT ?3"
);
const OLDEST_WANTED: &str = concat!(
    "SELECT ",
    recording_columns!(),
    " FROM recording WHERE account = ?1 AND capped = ?2 AND state = 'wanted'
       AND start_ms >= ?3 AND start_ms < ?4 AND next_try_ms <= ?5 ORDER BY start_ms LIMIT ?6"
);
const NEWEST_WANTED: &str = concat!(
    "SELECT ",
    recording_columns!(),
    " FROM recording WHERE account = ?1 AND capped = ?2 AND state = 'wanted'
       AND start_ms >= ?3 AND start_ms < ?4 AND next_try_ms <= ?5 ORDER BY start_ms DESC LIMIT ?6"
);

impl Sqlite {
    pub(crate) async fn recordings(
        &self,
        account: AccountKey,
        query: RecordingQuery,
    ) -> Result<Vec<RecordingRow>, Error> {
        self.read(move |connection| {
            let (sql, values): (_, Vec<Value>) = match query {
                RecordingQuery::Id(id) => (BY_ID, vec![id.into()]),
                RecordingQuery::Calls(scope, ids) => {
                    let ids = serde_json::Value::from(ids).to_string();
                    (BY_CALLS, vec![scope_number(scope).into(), ids.into()])
                }
                RecordingQuery::Session(session) => (BY_SESSION, vec![session.into()]),
                RecordingQuery::Kept(after, limit) => {
                    (KEPT, vec![after.into(), i64::from(limit).into()])
                }
            };
            let values = params_from_iter(std::iter::once(account.0.into()).chain(values));
            connection.prepare_cached(sql)?.query_map(values, recording)?.collect()
        })
        .await
    }

    pub(crate) async fn wanted_recordings(
        &self,
        account: AccountKey,
        query: WantedQuery,
    ) -> Result<Vec<RecordingRow>, Error> {
        self.read(move |connection| {
            let WantedQuery { capped, span_ms, newest_first, now_ms, limit } = query;
            let sql = if newest_first { NEWEST_WANTED } else { OLDEST_WANTED };
            let values = (account.0, capped, span_ms.start, span_ms.end, now_ms, limit);
            connection.prepare_cached(sql)?.query_map(values, recording)?.collect()
        })
        .await
    }

    pub(crate) async fn note_recording(
        &self,
        account: AccountKey,
        id: &str,
        step: RecordingStep,
        at_ms: i64,
    ) -> Result<bool, Error> {
        let id = id.to_owned();
        self.write(move |connection| note(connection, (account.0, &id), step, at_ms)).await
    }

    pub(crate) async fn lose_recordings(
        &self,
        account: AccountKey,
        capped: bool,
        before_ms: i64,
        note: &str,
        at_ms: i64,
    ) -> Result<u64, Error> {
        let note = note.to_owned();
        self.write(move |connection| {
            let sql = "UPDATE recording SET state = 'lost', note = ?4, done_ms = ?5
                 WHERE account = ?1 AND capped = ?2 AND state = 'wanted' AND start_ms < ?3";
            let lost = connection.execute(sql, (account.0, capped, before_ms, note, at_ms))?;
            Ok(lost as u64)
        })
        .await
    }

    pub(crate) async fn recording_hours(
        &self,
        account: AccountKey,
        from_ms: i64,
    ) -> Result<Vec<RecordingHour>, Error> {
        self.read(move |connection| {
            let sql = "SELECT start_ms / 3600000 AS hour, capped,
                     count(*) FILTER (WHERE state = 'wanted'),
                     count(*) FILTER (WHERE state = 'kept'),
                     count(*) FILTER (WHERE state = 'lost'),
                     coalesce(sum(bytes) FILTER (WHERE state = 'kept'), 0)
                 FROM recording WHERE account = ?1 AND start_ms >= ?2
                 GROUP BY hour, capped ORDER BY hour, capped";
            let hour = |row: &Row<'_>| {
                Ok(RecordingHour {
                    hour: row.get(0)?,
                    capped: row.get(1)?,
                    wanted: row.get(2)?,
                    kept: row.get(3)?,
                    lost: row.get(4)?,
                    kept_bytes: row.get(5)?,
                })
            };
            connection.prepare_cached(sql)?.query_map((account.0, from_ms), hour)?.collect()
        })
        .await
    }

    pub(crate) async fn message_counts(
        &self,
        account: AccountKey,
    ) -> Result<Vec<(String, i64)>, Error> {
        self.read(move |connection| {
            let sql = "SELECT coalesce(kind, '') AS kind, count(*) FROM message
                 WHERE account = ?1 GROUP BY 1 ORDER BY 1";
            let count = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
            connection.prepare_cached(sql)?.query_map([account.0], count)?.collect()
        })
        .await
    }

    pub(crate) async fn doomed_objects(&self, limit: u32) -> Result<Vec<String>, Error> {
        self.read(move |connection| {
            let sql = "SELECT object FROM doomed_object ORDER BY object LIMIT ?1";
            connection.prepare_cached(sql)?.query_map([limit], |row| row.get(0))?.collect()
        })
        .await
    }

    pub(crate) async fn doom_object(&self, object: &str) -> Result<(), Error> {
        let object = object.to_owned();
        self.write(move |connection| {
            let sql = "INSERT INTO doomed_object (object) VALUES (?1) ON CONFLICT DO NOTHING";
            connection.execute(sql, [object])?;
            Ok(())
        })
        .await
    }

    pub(crate) async fn forget_object(&self, object: &str) -> Result<(), Error> {
        let object = object.to_owned();
        self.write(move |connection| {
            connection.execute("DELETE FROM doomed_object WHERE object = ?1", [object])?;
            Ok(())
        })
        .await
    }
}

fn note(
    connection: &Connection,
    (account, id): (i64, &str),
    step: RecordingStep,
    at_ms: i64,
) -> rusqlite::Result<bool> {
    let changed = match step {
        RecordingStep::Placed(object) => {
            let sql = "DELETE FROM doomed_object WHERE object = ?1";
            connection.execute(sql, [&object])?;
            let sql = "UPDATE recording SET object = ?3
                 WHERE account = ?1 AND id = ?2 AND state <> 'kept'";
            connection.execute(sql, (account, id, object))?
        }
        RecordingStep::Kept(Kept { content_type, bytes, duration_ms, sha256, note }) => connection
            .execute(
                "UPDATE recording SET state = 'kept', content_type = ?3, bytes = ?4,
                     duration_ms = ?5, sha256 = ?6, note = ?7, done_ms = ?8
                 WHERE account = ?1 AND id = ?2 AND object IS NOT NULL AND state <> 'kept'",
                (account, id, content_type, bytes, duration_ms, sha256, note, at_ms),
            )?,
        RecordingStep::Later { next_try_ms, note } => connection.execute(
            "UPDATE recording SET tries = tries + 1, next_try_ms = ?3, note = ?4
             WHERE account = ?1 AND id = ?2 AND state = 'wanted'",
            (account, id, next_try_ms, note),
        )?,
        RecordingStep::Lost { note } => connection.execute(
            "UPDATE recording SET state = 'lost', tries = tries + 1, note = ?3, done_ms = ?4
             WHERE account = ?1 AND id = ?2 AND state = 'wanted'",
            (account, id, note, at_ms),
        )?,
        RecordingStep::Damaged => {
            connection.execute(
                "INSERT INTO doomed_object (object) SELECT object FROM recording
                 WHERE account = ?1 AND id = ?2 AND object IS NOT NULL ON CONFLICT DO NOTHING",
                (account, id),
            )?;
            connection.execute(
                "UPDATE recording SET state = 'wanted', object = NULL, done_ms = NULL, tries = 0,
                     next_try_ms = 0
                 WHERE account = ?1 AND id = ?2",
                (account, id),
            )?
        }
    };
    Ok(changed > 0)
}

fn recording(row: &Row<'_>) -> rusqlite::Result<RecordingRow> {
    Ok(RecordingRow {
        id: row.get(0)?,
        scope: scope_of(row.get(1)?),
        call_id: row.get(2)?,
        session: row.get(3)?,
        start_ms: row.get(4)?,
        mode: row.get(5)?,
        capped: row.get(6)?,
        content_uri: row.get(7)?,
        state: RecordingState::of(row.get_ref(8)?.as_str()?),
        content_type: row.get(9)?,
        bytes: row.get(10)?,
        duration_ms: row.get(11)?,
        sha256: row.get(12)?,
        object: row.get(13)?,
        done_ms: row.get(14)?,
        tries: row.get(15)?,
        next_try_ms: row.get(16)?,
        note: row.get(17)?,
    })
}
