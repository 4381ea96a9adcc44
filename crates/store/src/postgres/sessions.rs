//! What has changed since, session by session.

use callbook_model::Scope;
use deadpool_postgres::Transaction;
use tokio_postgres::types::ToSql;
use tokio_postgres::{IsolationLevel, Row};

use super::calls::unless_in;
use super::failure::{Failure, retried};
use super::{Postgres, flag, query};
use crate::account::scope_number;
use crate::gathering::{Found, Gathering, Lookup, MINUTE_MS};
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
            add_imports(&transaction, account.0, &mut gathering).await?;
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
    let sql = "SELECT c.call, c.id, v.seq, c.start_ms, c.deleted,
             CASE c.scope WHEN $4 THEN false END, v.simple, v.detail
         FROM version v JOIN call c
             ON c.account = v.account AND c.call = v.call AND c.version = v.seq
         WHERE v.account = $1 AND v.seq > $2 AND c.scope IN ($3, $4)
         ORDER BY v.seq LIMIT $5";
    let (own, portal) = (scope_number(Scope::Account), scope_number(Scope::PORTAL));
    let limit = i64::from(limit);
    let values: [&(dyn ToSql + Sync); 5] = [&account, &after_seq, &own, &portal, &limit];
    let rows = query(transaction, sql, &values).await?;
    for row in &rows {
        let found = found(row)?;
        match found.replaced {
            None => gathering.add_changed(found, row.try_get(6)?, row.try_get(7)?),
            Some(_) => gathering.add_changed_import(found.seq, &found.id),
        }
    }
    if (rows.len() as i64) < limit {
        let sql = "SELECT seq FROM account WHERE account = $1";
        let newest = query(transaction, sql, &[&account]).await?;
        gathering.end_at(newest.first().map_or(Ok(0), |row| row.try_get(0))?);
    }
    Ok(())
}

/// Rows of the portal's that changed calls may be the records of, or may have been.
async fn add_imports(
    transaction: &Transaction<'_>,
    account: i64,
    gathering: &mut Gathering,
) -> Result<(), Failure> {
    let portal = scope_number(Scope::PORTAL);
    let sql = "SELECT FROM call WHERE account = $1 AND scope = $2 LIMIT 1";
    if query(transaction, sql, &[&account, &portal]).await?.is_empty() {
        return Ok(());
    }
    let sql = "SELECT c.id FROM unnest($3::int8[]) u (minute) JOIN call c
             ON c.account = $1 AND c.scope = $2
                AND c.start_ms >= u.minute * $4 AND c.start_ms < (u.minute + 1) * $4";
    let minutes = gathering.minutes();
    let values: [&(dyn ToSql + Sync); 4] = [&account, &portal, &minutes, &MINUTE_MS];
    for row in query(transaction, sql, &values).await? {
        gathering.add_import(row.try_get(0)?);
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
        let sql = concat!(
            "SELECT c.call, c.id, c.version, c.start_ms, c.deleted,
                 CASE c.scope WHEN $4 THEN NOT ",
            unless_in!("$3"),
            " END, coalesce(v.simple, ''::bytea), v.detail
             FROM call c LEFT JOIN version v
                 ON v.account = c.account AND v.seq = c.version AND v.start_ms = c.version_ms
             WHERE c.account = $1 AND c.call = ANY ($2)"
        );
        let (own, portal) = (scope_number(Scope::Account), scope_number(Scope::PORTAL));
        let values: [&(dyn ToSql + Sync); 4] = [&account, &calls, &own, &portal];
        for row in query(transaction, sql, &values).await? {
            gathering.add_found(found(&row)?, row.try_get(6)?, row.try_get(7)?);
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
    let none = || (Vec::new(), Vec::new());
    let (mut keys, mut ids, mut imported) = (none(), none(), none());
    for (place, lookup) in (0i64..).zip(gathering.lookups()) {
        let ((places, texts), text) = match lookup {
            Lookup::Key(key) => (&mut keys, key),
            Lookup::Id(id) => (&mut ids, id),
            Lookup::Imported(id) => (&mut imported, id),
        };
        places.push(place);
        texts.push(key_text(text));
    }
    let by_key = "SELECT u.place, p.call FROM unnest($3::int8[], $4::text[]) u (place, text)
         JOIN posting p ON p.account = $1 AND p.scope = $2 AND p.key = u.text";
    let by_id = "SELECT u.place, c.call FROM unnest($3::int8[], $4::text[]) u (place, text)
         JOIN call c ON c.account = $1 AND c.scope = $2 AND c.id = u.text";
    let mut candidates = Vec::with_capacity(keys.0.len());
    let (own, portal) = (scope_number(Scope::Account), scope_number(Scope::PORTAL));
    let all = [(by_key, own, keys), (by_id, own, ids), (by_id, portal, imported)];
    for (sql, scope, (places, texts)) in all {
        if places.is_empty() {
            continue;
        }
        let values: [&(dyn ToSql + Sync); 4] = [&account, &scope, &places, &texts];
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
    let replaced = row.try_get(5)?;
    Ok(Found { call, id, seq, first_seq: call, start_ms, deleted: flag(row, 4)?, replaced })
}
