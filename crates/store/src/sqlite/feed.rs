//! What hangs on calls.

use callbook_model::{Message, Recording};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use super::{Sqlite, columns};
use crate::feed::{Fed, FedVersion, Feeding, is_capped};
use crate::{AccountKey, Error, RecordingFeed};

impl Sqlite {
    pub(crate) async fn recording_feed(&self, account: AccountKey) -> Result<RecordingFeed, Error> {
        self.read(move |connection| {
            let sql = "SELECT position, enabled, capacity_a_day FROM recording_feed
                 WHERE account = ?1";
            let feed = connection.prepare_cached(sql)?.query_row([account.0], |row| {
                let (position, enabled) = (row.get(0)?, row.get(1)?);
                Ok(RecordingFeed { position, enabled, capacity_a_day: row.get(2)? })
            });
            Ok(feed.optional()?.unwrap_or_default())
        })
        .await
    }

    pub(crate) async fn enable_recordings(
        &self,
        account: AccountKey,
        enabled: bool,
    ) -> Result<(), Error> {
        self.write(move |connection| {
            ensure(connection, account.0)?;
            let sql = "UPDATE recording_feed SET enabled = ?2 WHERE account = ?1";
            connection.execute(sql, (account.0, enabled))?;
            Ok(())
        })
        .await
    }

    pub(crate) async fn note_recording_capacity(
        &self,
        account: AccountKey,
        a_day: i64,
    ) -> Result<(), Error> {
        self.write(move |connection| {
            let sql = "UPDATE recording_feed SET capacity_a_day = ?2 WHERE account = ?1";
            connection.execute(sql, (account.0, a_day))?;
            Ok(())
        })
        .await
    }

    /// Versions after a position, in order. Those that no call leads to are left out.
    pub(crate) async fn fed_versions(
        &self,
        account: AccountKey,
        after: i64,
        limit: i64,
    ) -> Result<Vec<FedVersion>, Error> {
        self.read(move |connection| {
            let sql = "SELECT v.seq, c.scope, c.id, v.simple, v.detail
                 FROM version v JOIN call c ON c.call = v.call
                 WHERE v.account = ?1 AND v.seq > ?2 ORDER BY v.seq LIMIT ?3";
            let version = |row: &Row<'_>| {
                let (seq, scope, call_id) = (row.get(0)?, row.get(1)?, row.get(2)?);
                Ok(FedVersion { seq, scope, call_id, columns: columns(row, 3)? })
            };
            connection.prepare_cached(sql)?.query_map((account.0, after, limit), version)?.collect()
        })
        .await
    }

    pub(crate) async fn feed(&self, account: AccountKey, feeding: Feeding) -> Result<(), Error> {
        self.write(move |connection| {
            ensure(connection, account.0)?;
            let sql =
                "UPDATE recording_feed SET position = ?3 WHERE account = ?1 AND position = ?2";
            if connection.execute(sql, (account.0, feeding.from, feeding.to))? == 0 {
                return Ok(());
            }
            for fed in &feeding.found {
                // It may have been erased since it was read.
                let sql = "SELECT EXISTS (
                         SELECT 1 FROM call WHERE account = ?1 AND scope = ?2 AND id = ?3)";
                let there = connection
                    .prepare_cached(sql)?
                    .query_row((account.0, fed.scope, &fed.call_id), |row| row.get(0))?;
                if there {
                    write(connection, account.0, fed)?;
                }
            }
            Ok(())
        })
        .await
    }
}

fn ensure(connection: &Connection, account: i64) -> rusqlite::Result<()> {
    let sql = "INSERT INTO recording_feed (account, position, enabled)
         SELECT account, 0, 0 FROM account WHERE account = ?1 ON CONFLICT DO NOTHING";
    connection.prepare_cached(sql)?.execute([account])?;
    Ok(())
}

fn write(connection: &Connection, account: i64, fed: &Fed) -> rusqlite::Result<()> {
    let Fed { scope, call_id, attachments } = fed;
    for Recording { id, start_ms, mode, content_uri } in &attachments.recordings {
        let sql = "INSERT INTO recording
                 (account, id, scope, call_id, session, start_ms, mode, capped, content_uri, state)
             VALUES (:account, :id, :scope, :call_id, :session, :start_ms, :mode, :capped,
                 :content_uri, 'wanted')
             ON CONFLICT DO NOTHING";
        connection.prepare_cached(sql)?.execute(named_params! {
            ":account": account,
            ":id": id,
            ":scope": scope,
            ":call_id": call_id,
            ":session": attachments.session,
            ":start_ms": start_ms,
            ":mode": mode,
            ":capped": is_capped(mode.as_deref()),
            ":content_uri": content_uri,
        })?;
    }
    for Message { id, kind } in &attachments.messages {
        let sql = "INSERT INTO message (account, id, scope, call_id, kind)
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
        connection.prepare_cached(sql)?.execute((account, id, scope, call_id, kind))?;
    }
    Ok(())
}
