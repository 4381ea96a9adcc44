//! What has changed since, session by session.

use callbook_model::Scope;
use deadpool_postgres::Transaction;
use tokio_postgres::types::ToSql;
use tokio_postgres::{IsolationLevel, Row};

use super::failure::{Failure, retried};
use super::{Postgres, flag, query};
use crate::account::scope_number;
use crate::gathering::{Found, Gathering, Lookup};
use crate::stored::key_text;
use crate::{AccountKey, Error, SessionChanges};

/// The states of calls before their newest.
const PAST: &str = "WITH RECURSIVE past (call, seq, start_ms) AS (
         SELECT v.call, v.previous, v.previous_ms FROM call c JOIN version v
             ON v.account = $1 AND v.seq = c.version AND v.start_ms = c.version_ms
         WHERE c.account = $1 AND c.call = ANY ($2) AND v.previous < v.seq
         UNION ALL
         SELECT v.call, v.previous, v.previous_ms FROM past p JOIN version v
             ON v.account = $1 AND v.seq = p.seq AND v.start_ms = p.start_ms
         WHERE v.previous < v.seq)
     SELECT v.call, v.simple FROM past p JOIN version v
         ON v.account = $1 AND v.seq = p.seq AND v.start_ms = p.start_ms";

impl Postgres {
    pub(crate) async fn changed_sessions(
        &self,
        account: AccountKey,
        after_seq: i64,
        limit: u32,
    ) -> Result<SessionChanges, Error> {
        let once = || async {
            let mut client = self.client().await?;
            let transaction = moment(&mut client).await?;
            let mut gathering = Gathering::after(after_seq).map_err(Error::Compressor)?;
            add_changed(&transaction, account.0, (after_seq, limit), &mut gathering).await?;
            add_past(&transaction, account.0, &mut gathering).await?;
            add_others(&transaction, account.0, &mut gathering).await?;
            Ok::<_, Failure>(gathering.finish())
        };
        retried!(self, once())
    }

    pub(crate) async fn sessions(
        &self,
        account: AccountKey,
        keys: Vec<String>,
        upto: i64,
    ) -> Result<SessionChanges, Error> {
        let once = || async {
            let mut client = self.client().await?;
            let transaction = moment(&mut client).await?;
            let mut gathering = Gathering::of(keys.clone(), upto).map_err(Error::Compressor)?;
            add_others(&transaction, account.0, &mut gathering).await?;
            Ok::<_, Failure>(gathering.finish())
        };
        retried!(self, once())
    }
}

/// A transaction that sees everything at one moment.
async fn moment(client: &mut deadpool_postgres::Client) -> Result<Transaction<'_>, Failure> {
    let transaction = client.build_transaction().read_only(true);
    Ok(transaction.isolation_level(IsolationLevel::RepeatableRead).start().await?)
}

async fn add_changed(
    transaction: &Transaction<'_>,
    account: i64,
    (after_seq, limit): (i64, u32),
    gathering: &mut Gathering,
) -> Result<(), Failure> {
    let sql = "SELECT c.call, c.id, v.seq, c.start_ms, c.deleted, v.simple, v.detail
         FROM version v JOIN call c
             ON c.account = v.account AND c.call = v.call AND c.version = v.seq
         WHERE v.account = $1 AND v.seq > $2 AND c.scope = $3
         ORDER BY v.seq LIMIT $4";
    let (scope, limit) = (scope_number(Scope::Account), i64::from(limit));
    let values: [&(dyn ToSql + Sync); 4] = [&account, &after_seq, &scope, &limit];
    let rows = query(transaction, sql, &values).await?;
    for row in &rows {
        gathering.add_changed(found(row)?, row.try_get(5)?, row.try_get(6)?);
    }
    if (rows.len() as i64) < limit {
        let sql = "SELECT seq FROM account WHERE account = $1";
        let newest = query(transaction, sql, &[&account]).await?;
        gathering.end_at(newest.first().map_or(Ok(0), |row| row.try_get(0))?);
    }
    Ok(())
}

/// What else is in the sessions.
async fn add_others(
    transaction: &Transaction<'_>,
    account: i64,
    gathering: &mut Gathering,
) -> Result<(), Failure> {
    for (lookup, call) in candidates(transaction, account, gathering).await? {
        gathering.add_candidate(lookup, call);
    }
    let calls = gathering.candidates();
    if !calls.is_empty() {
        // A call without its version is damaged, as one whose document cannot be read.
        let sql = "SELECT c.call, c.id, c.version, c.start_ms, c.deleted,
                 coalesce(v.simple, ''::bytea), v.detail
             FROM call c LEFT JOIN version v
                 ON v.account = c.account AND v.seq = c.version AND v.start_ms = c.version_ms
             WHERE c.account = $1 AND c.call = ANY ($2)";
        for row in query(transaction, sql, &[&account, &calls]).await? {
            gathering.add_found(found(&row)?, row.try_get(5)?, row.try_get(6)?);
        }
    }
    add_past(transaction, account, gathering).await
}

/// Calls by the place of the lookup that finds them.
async fn candidates(
    transaction: &Transaction<'_>,
    account: i64,
    gathering: &Gathering,
) -> Result<Vec<(usize, i64)>, Failure> {
    let (mut keys, mut ids) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    for (place, lookup) in (0i64..).zip(gathering.lookups()) {
        let ((places, texts), text) = match lookup {
            Lookup::Key(key) => (&mut keys, key),
            Lookup::Id(id) => (&mut ids, id),
        };
        places.push(place);
        texts.push(key_text(text));
    }
    let by_key = "SELECT u.place, p.call FROM unnest($3::int8[], $4::text[]) u (place, text)
         JOIN posting p ON p.account = $1 AND p.scope = $2 AND p.key = u.text";
    let by_id = "SELECT u.place, c.call FROM unnest($3::int8[], $4::text[]) u (place, text)
         JOIN call c ON c.account = $1 AND c.scope = $2 AND c.id = u.text";
    let mut candidates = Vec::with_capacity(keys.0.len());
    for (sql, (places, texts)) in [(by_key, keys), (by_id, ids)] {
        if places.is_empty() {
            continue;
        }
        let values: [&(dyn ToSql + Sync); 4] =
            [&account, &scope_number(Scope::Account), &places, &texts];
        for row in query(transaction, sql, &values).await? {
            let place: i64 = row.try_get(0)?;
            candidates.push((usize::try_from(place).unwrap_or_default(), row.try_get(1)?));
        }
    }
    Ok(candidates)
}

/// The past of calls that have one.
async fn add_past(
    transaction: &Transaction<'_>,
    account: i64,
    gathering: &mut Gathering,
) -> Result<(), Failure> {
    let calls = gathering.edited();
    if !calls.is_empty() {
        for row in query(transaction, PAST, &[&account, &calls]).await? {
            gathering.add_past(row.try_get(0)?, row.try_get(1)?);
        }
    }
    gathering.settle();
    Ok(())
}

/// A call has the number of its first state.
fn found(row: &Row) -> Result<Found, tokio_postgres::Error> {
    let call = row.try_get(0)?;
    let (id, seq, start_ms) = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
    Ok(Found { call, id, seq, first_seq: call, start_ms, deleted: flag(row, 4)? })
}
