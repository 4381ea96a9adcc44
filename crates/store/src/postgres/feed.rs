//! What hangs on calls.

use deadpool_postgres::Transaction;
use tokio_postgres::types::ToSql;

use super::failure::{Failure, retried};
use super::{Postgres, columns, each, execute, flag, plain};
use crate::feed::{Fed, FedVersion, Feeding, is_capped};
use crate::stored::key_text;
use crate::{AccountKey, Error, RecordingFeed};

impl Postgres {
    pub(crate) async fn recording_feed(&self, account: AccountKey) -> Result<RecordingFeed, Error> {
        let sql = "SELECT position, enabled, capacity_a_day FROM recording_feed WHERE account = $1";
        let rows = self.rows(sql, &[&account.0]).await?;
        let feed = each(self, &rows, |row| {
            let (position, enabled) = (row.try_get(0)?, flag(row, 1)?);
            Ok(RecordingFeed { position, enabled, capacity_a_day: row.try_get(2)? })
        })?;
        Ok(feed.into_iter().next().unwrap_or_default())
    }

    pub(crate) async fn enable_recordings(
        &self,
        account: AccountKey,
        enabled: bool,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO recording_feed (account, position, enabled)
             SELECT account, 0, $2 FROM account WHERE account = $1
             ON CONFLICT (account) DO UPDATE SET enabled = excluded.enabled";
        self.execute(sql, &[&account.0, &i16::from(enabled)]).await?;
        Ok(())
    }

    pub(crate) async fn note_recording_capacity(
        &self,
        account: AccountKey,
        a_day: i64,
    ) -> Result<(), Error> {
        let sql = "UPDATE recording_feed SET capacity_a_day = $2 WHERE account = $1";
        self.execute(sql, &[&account.0, &a_day]).await?;
        Ok(())
    }

    /// Versions after a position, in order. Those that no call leads to are left out.
    pub(crate) async fn fed_versions(
        &self,
        account: AccountKey,
        after: i64,
        limit: i64,
    ) -> Result<Vec<FedVersion>, Error> {
        let sql = "SELECT v.seq, c.scope, c.id, v.simple, v.detail
             FROM version v JOIN call c ON c.account = v.account AND c.call = v.call
             WHERE v.account = $1 AND v.seq > $2 ORDER BY v.seq LIMIT $3";
        let rows = self.rows(sql, &[&account.0, &after, &limit]).await?;
        each(self, &rows, |row| {
            let (seq, scope, call_id) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            Ok(FedVersion { seq, scope, call_id, columns: columns(row, 3)? })
        })
    }

    pub(crate) async fn feed(&self, account: AccountKey, feeding: Feeding) -> Result<(), Error> {
        let once = || async {
            let mut client = self.client().await?;
            let transaction = client.transaction().await?;
            let sql = "INSERT INTO recording_feed (account, position, enabled)
                 SELECT account, 0, 0 FROM account WHERE account = $1 ON CONFLICT DO NOTHING";
            execute(&transaction, sql, &[&account.0]).await?;
            let sql =
                "UPDATE recording_feed SET position = $3 WHERE account = $1 AND position = $2";
            let Feeding { from, to, found } = &feeding;
            if execute(&transaction, sql, &[&account.0, from, to]).await? > 0 {
                write_recordings(&transaction, account.0, found).await?;
                write_messages(&transaction, account.0, found).await?;
            }
            Ok::<_, Failure>(transaction.commit().await?)
        };
        retried!(self, once())
    }
}

/// Calls may have been erased since they were read: what hangs on those is left out.
async fn write_recordings(
    transaction: &Transaction<'_>,
    account: i64,
    found: &[Fed],
) -> Result<(), Failure> {
    let all = found.iter().flat_map(|fed| fed.attachments.recordings.iter().map(move |r| (fed, r)));
    let all: Vec<_> = all.collect();
    let ids: Vec<_> = all.iter().map(|(_, each)| key_text(&each.id)).collect();
    let scopes: Vec<i64> = all.iter().map(|(fed, _)| fed.scope).collect();
    let calls: Vec<&str> = all.iter().map(|(fed, _)| fed.call_id.as_str()).collect();
    let sessions: Vec<_> =
        all.iter().map(|(fed, _)| fed.attachments.session.as_deref().map(key_text)).collect();
    let starts: Vec<i64> = all.iter().map(|(_, each)| each.start_ms).collect();
    let modes: Vec<_> = all.iter().map(|(_, each)| each.mode.as_deref().map(plain)).collect();
    let capped: Vec<i16> =
        all.iter().map(|(_, each)| i16::from(is_capped(each.mode.as_deref()))).collect();
    let uris: Vec<_> = all.iter().map(|(_, each)| each.content_uri.as_deref().map(plain)).collect();
    let sql = "INSERT INTO recording
             (account, id, scope, call_id, session, start_ms, mode, capped, content_uri, state)
         SELECT c.account, u.id, u.scope, u.call_id, u.session, u.start_ms, u.mode, u.capped, u.uri,
             'wanted'
         FROM unnest($2::text[], $3::int8[], $4::text[], $5::text[], $6::int8[], $7::text[],
                 $8::int2[], $9::text[])
             u (id, scope, call_id, session, start_ms, mode, capped, uri)
         JOIN call c ON c.account = $1 AND c.scope = u.scope AND c.id = u.call_id
         ON CONFLICT (account, id) DO NOTHING";
    let values: [&(dyn ToSql + Sync); 9] =
        [&account, &ids, &scopes, &calls, &sessions, &starts, &modes, &capped, &uris];
    execute(transaction, sql, &values).await?;
    Ok(())
}

async fn write_messages(
    transaction: &Transaction<'_>,
    account: i64,
    found: &[Fed],
) -> Result<(), Failure> {
    let all = found.iter().flat_map(|fed| fed.attachments.messages.iter().map(move |m| (fed, m)));
    let all: Vec<_> = all.collect();
    let ids: Vec<_> = all.iter().map(|(_, each)| key_text(&each.id)).collect();
    let scopes: Vec<i64> = all.iter().map(|(fed, _)| fed.scope).collect();
    let calls: Vec<&str> = all.iter().map(|(fed, _)| fed.call_id.as_str()).collect();
    let kinds: Vec<_> = all.iter().map(|(_, each)| each.kind.as_deref().map(plain)).collect();
    let sql = "INSERT INTO message (account, id, scope, call_id, kind)
         SELECT c.account, u.id, u.scope, u.call_id, u.kind
         FROM unnest($2::text[], $3::int8[], $4::text[], $5::text[]) u (id, scope, call_id, kind)
         JOIN call c ON c.account = $1 AND c.scope = u.scope AND c.id = u.call_id
         ON CONFLICT (account, id) DO NOTHING";
    execute(transaction, sql, &[&account, &ids, &scopes, &calls, &kinds]).await?;
    Ok(())
}
