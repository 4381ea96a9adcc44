//! Rows of recordings, and objects to be deleted.

use deadpool_postgres::Transaction;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::failure::{Failure, retried};
use super::{Postgres, each, execute, flag, plain};
use crate::account::{scope_number, scope_of};
use crate::recording::recording_columns;
use crate::stored::key_text;
use crate::{
    AccountKey, Error, Kept, RecordingHour, RecordingQuery, RecordingRow, RecordingState,
    RecordingStep, WantedQuery,
};

const BY_ID: &str =
    concat!("SELECT ", recording_columns!(), " FROM recording WHERE account = $1 AND id = $2");
const BY_CALLS: &str = concat!(
    "SELECT ",
    recording_columns!(),
    " FROM recording WHERE account = $1 AND scope = $2
       AND call_id = ANY ($3) ORDER BY call_id, start_ms, id"
);
const BY_SESSION: &str = concat!(
    "SELECT ",
    recording_columns!(),
    " FROM recording WHERE account = $1 AND session = $2 ORDER BY start_ms, id"
);
const KEPT: &str = concat!(
    "SELECT ",
    recording_columns!(),
    " FROM recording WHERE account = $1 AND id > $2 AND state = 'kept' ORDER BY id LIMIT $3"
);
const OLDEST_WANTED: &str = concat!(
    "SELECT ",
    recording_columns!(),
    " FROM recording WHERE account = $1 AND capped = $2 AND state = 'wanted'
       AND start_ms >= $3 AND start_ms < $4 AND next_try_ms <= $5 ORDER BY start_ms LIMIT $6"
);
const NEWEST_WANTED: &str = concat!(
    "SELECT ",
    recording_columns!(),
    " FROM recording WHERE account = $1 AND capped = $2 AND state = 'wanted'
       AND start_ms >= $3 AND start_ms < $4 AND next_try_ms <= $5 ORDER BY start_ms DESC LIMIT $6"
);

impl Postgres {
    pub(crate) async fn recordings(
        &self,
        account: AccountKey,
        query: RecordingQuery,
    ) -> Result<Vec<RecordingRow>, Error> {
        let account = account.0;
        let rows = match query {
            RecordingQuery::Id(id) => self.rows(BY_ID, &[&account, &key_text(&id)]).await?,
            RecordingQuery::Calls(scope, ids) => {
                let ids: Vec<_> = ids.iter().map(|id| key_text(id)).collect();
                self.rows(BY_CALLS, &[&account, &scope_number(scope), &ids]).await?
            }
            RecordingQuery::Session(session) => {
                self.rows(BY_SESSION, &[&account, &key_text(&session)]).await?
            }
            RecordingQuery::Kept(after, limit) => {
                self.rows(KEPT, &[&account, &after, &i64::from(limit)]).await?
            }
        };
        each(self, &rows, recording)
    }

    pub(crate) async fn wanted_recordings(
        &self,
        account: AccountKey,
        query: WantedQuery,
    ) -> Result<Vec<RecordingRow>, Error> {
        let WantedQuery { capped, span_ms, newest_first, now_ms, limit } = query;
        let sql = if newest_first { NEWEST_WANTED } else { OLDEST_WANTED };
        let (capped, limit) = (i16::from(capped), i64::from(limit));
        let values: [&(dyn ToSql + Sync); 6] =
            [&account.0, &capped, &span_ms.start, &span_ms.end, &now_ms, &limit];
        each(self, &self.rows(sql, &values).await?, recording)
    }

    /// Should the connection break just now, a failure may be counted twice.
    pub(crate) async fn note_recording(
        &self,
        account: AccountKey,
        id: &str,
        step: RecordingStep,
        at_ms: i64,
    ) -> Result<bool, Error> {
        let id = key_text(id);
        let once = || async {
            let mut client = self.client().await?;
            let transaction = client.transaction().await?;
            let changed = note(&transaction, (account.0, &id), &step, at_ms).await?;
            transaction.commit().await?;
            Ok::<_, Failure>(changed > 0)
        };
        retried!(self, once())
    }

    pub(crate) async fn lose_recordings(
        &self,
        account: AccountKey,
        capped: bool,
        before_ms: i64,
        note: &str,
        at_ms: i64,
    ) -> Result<u64, Error> {
        let sql = "UPDATE recording SET state = 'lost', note = $4, done_ms = $5
             WHERE account = $1 AND capped = $2 AND state = 'wanted' AND start_ms < $3";
        let values: [&(dyn ToSql + Sync); 5] =
            [&account.0, &i16::from(capped), &before_ms, &plain(note), &at_ms];
        self.execute(sql, &values).await
    }

    pub(crate) async fn recording_hours(
        &self,
        account: AccountKey,
        from_ms: i64,
    ) -> Result<Vec<RecordingHour>, Error> {
        let sql = "SELECT start_ms / 3600000 AS hour, capped,
                 count(*) FILTER (WHERE state = 'wanted'),
                 count(*) FILTER (WHERE state = 'kept'),
                 count(*) FILTER (WHERE state = 'lost'),
                 coalesce(sum(bytes) FILTER (WHERE state = 'kept'), 0)::int8
             FROM recording WHERE account = $1 AND start_ms >= $2
             GROUP BY hour, capped ORDER BY hour, capped";
        let rows = self.rows(sql, &[&account.0, &from_ms]).await?;
        each(self, &rows, |row| {
            Ok(RecordingHour {
                hour: row.try_get(0)?,
                capped: flag(row, 1)?,
                wanted: row.try_get(2)?,
                kept: row.try_get(3)?,
                lost: row.try_get(4)?,
                kept_bytes: row.try_get(5)?,
            })
        })
    }

    pub(crate) async fn message_counts(
        &self,
        account: AccountKey,
    ) -> Result<Vec<(String, i64)>, Error> {
        let sql = "SELECT coalesce(kind, '') COLLATE \"C\" AS kind, count(*) FROM message
             WHERE account = $1 GROUP BY 1 ORDER BY 1";
        let rows = self.rows(sql, &[&account.0]).await?;
        each(self, &rows, |row| Ok((row.try_get(0)?, row.try_get(1)?)))
    }

    pub(crate) async fn doomed_objects(&self, limit: u32) -> Result<Vec<String>, Error> {
        let sql = "SELECT object FROM doomed_object ORDER BY object LIMIT $1";
        let rows = self.rows(sql, &[&i64::from(limit)]).await?;
        each(self, &rows, |row| row.try_get(0))
    }

    pub(crate) async fn doom_object(&self, object: &str) -> Result<(), Error> {
        let sql = "INSERT INTO doomed_object (object) VALUES ($1) ON CONFLICT DO NOTHING";
        self.execute(sql, &[&object]).await?;
        Ok(())
    }

    pub(crate) async fn forget_object(&self, object: &str) -> Result<(), Error> {
        let sql = "DELETE FROM doomed_object WHERE object = $1";
        self.execute(sql, &[&object]).await?;
        Ok(())
    }
}

async fn note(
    transaction: &Transaction<'_>,
    (account, id): (i64, &str),
    step: &RecordingStep,
    at_ms: i64,
) -> Result<u64, Failure> {
    let (sql, values): (&str, Vec<&(dyn ToSql + Sync)>) = match step {
        RecordingStep::Placed(object) => {
            let sql = "DELETE FROM doomed_object WHERE object = $1";
            execute(transaction, sql, &[object]).await?;
            let sql = "UPDATE recording SET object = $3
                 WHERE account = $1 AND id = $2 AND state <> 'kept'";
            (sql, vec![object])
        }
        RecordingStep::Kept(Kept { content_type, bytes, duration_ms, sha256, note }) => {
            let sql = "UPDATE recording SET state = 'kept', content_type = $3, bytes = $4,
                     duration_ms = $5, sha256 = $6, note = $7, done_ms = $8
                 WHERE account = $1 AND id = $2 AND object IS NOT NULL AND state <> 'kept'";
            (sql, vec![content_type, bytes, duration_ms, sha256, note, &at_ms])
        }
        RecordingStep::Later { next_try_ms, note } => {
            let sql = "UPDATE recording SET tries = tries + 1, next_try_ms = $3, note = $4
                 WHERE account = $1 AND id = $2 AND state = 'wanted'";
            (sql, vec![next_try_ms, note])
        }
        RecordingStep::Lost { note } => {
            let sql =
                "UPDATE recording SET state = 'lost', tries = tries + 1, note = $3, done_ms = $4
                 WHERE account = $1 AND id = $2 AND state = 'wanted'";
            (sql, vec![note, &at_ms])
        }
        RecordingStep::Damaged => {
            let sql = "INSERT INTO doomed_object (object) SELECT object FROM recording
                 WHERE account = $1 AND id = $2 AND object IS NOT NULL ON CONFLICT DO NOTHING";
            execute(transaction, sql, &[&account, &id]).await?;
            let sql = "UPDATE recording SET state = 'wanted', object = NULL, done_ms = NULL,
                     tries = 0, next_try_ms = 0
                 WHERE account = $1 AND id = $2";
            (sql, vec![])
        }
    };
    let of: [&(dyn ToSql + Sync); 2] = [&account, &id];
    let values: Vec<_> = of.into_iter().chain(values).collect();
    execute(transaction, sql, &values).await
}

fn recording(row: &Row) -> Result<RecordingRow, tokio_postgres::Error> {
    Ok(RecordingRow {
        id: row.try_get(0)?,
        scope: scope_of(row.try_get(1)?),
        call_id: row.try_get(2)?,
        session: row.try_get(3)?,
        start_ms: row.try_get(4)?,
        mode: row.try_get(5)?,
        capped: flag(row, 6)?,
        content_uri: row.try_get(7)?,
        state: RecordingState::of(row.try_get(8)?),
        content_type: row.try_get(9)?,
        bytes: row.try_get(10)?,
        duration_ms: row.try_get(11)?,
        sha256: row.try_get(12)?,
        object: row.try_get(13)?,
        done_ms: row.try_get(14)?,
        tries: row.try_get(15)?,
        next_try_ms: row.try_get(16)?,
        note: row.try_get(17)?,
    })
}
