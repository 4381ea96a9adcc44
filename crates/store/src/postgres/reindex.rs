//! Making rows and postings again from intact documents.

use std::collections::HashSet;

use callbook_model::{CallRecord, Region, Scope, content_hash};
use deadpool_postgres::Transaction;
use tokio_postgres::Row;

use super::failure::{Failure, retried};
use super::rows::{CallRow, postings_of, write_calls, write_postings};
use super::{Postgres, columns, execute, fenced, query};
use crate::account::scope_number;
use crate::document::{Columns, Unpacker};
use crate::stored::{Narrow, key_text};
use crate::{Cause, Error, SyncLock};

/// A version that a call's row is to be made from.
struct Head {
    call: i64,
    version: (i64, i64),
    cause: Cause,
    columns: Columns,
}

impl Postgres {
    pub(crate) async fn reindex(
        &self,
        lock: &SyncLock,
        scope: Scope,
        ids: Vec<String>,
    ) -> Result<u64, Error> {
        let ids: Vec<String> = ids.iter().map(|id| key_text(id).into_owned()).collect();
        retried!(self, self.reindex_once(lock, scope_number(scope), &ids))
    }

    async fn reindex_once(
        &self,
        lock: &SyncLock,
        scope: i64,
        ids: &[String],
    ) -> Result<u64, Failure> {
        let log = (lock.account.0, scope);
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        let (_, home) = fenced(&transaction, lock).await?;
        let home = home.parse().unwrap_or(Region::US);
        let heads = heads(&transaction, log, home, ids).await?;
        drop_postings(&transaction, log, heads.iter().map(|head| head.call).collect()).await?;
        let mut unpacker = Unpacker::new().map_err(Error::Compressor)?;
        let (mut calls, mut postings) = (Vec::new(), Vec::new());
        for Head { call, version, cause, columns } in heads {
            let Some(json) = unpacker.whole(&columns) else { continue };
            let Ok(record) = CallRecord::decode(&json, home) else { continue };
            postings.extend(postings_of(&record, call));
            let hash = content_hash(&json).0.to_vec();
            calls.push(CallRow { call, version, hash, narrow: Narrow::of(record, cause) });
        }
        write_postings(&transaction, log, &postings).await?;
        write_calls(&transaction, log, &calls).await?;
        transaction.commit().await?;
        Ok(calls.len() as u64)
    }
}

/// The newest versions of calls: by their rows, or where those are gone by what the documents say.
async fn heads(
    transaction: &Transaction<'_>,
    (account, scope): (i64, i64),
    home: Region,
    ids: &[String],
) -> Result<Vec<Head>, Failure> {
    let sql = "SELECT v.call, v.seq, v.start_ms, v.cause, v.simple, v.detail, c.id
         FROM call c LEFT JOIN version v
             ON v.account = c.account AND v.seq = c.version AND v.start_ms = c.version_ms
         WHERE c.account = $1 AND c.scope = $2 AND c.id = ANY ($3)";
    let mut missing: HashSet<&str> = ids.iter().map(String::as_str).collect();
    let mut heads = Vec::new();
    let rows = query(transaction, sql, &[&account, &scope, &ids]).await?;
    for row in &rows {
        missing.remove(row.try_get::<_, &str>(6)?);
        if row.try_get::<_, Option<i64>>(0)?.is_some() {
            heads.push(head(row)?);
        }
    }
    if missing.is_empty() {
        return Ok(heads);
    }
    let sql = "SELECT DISTINCT ON (v.call) v.call, v.seq, v.start_ms, v.cause, v.simple, v.detail
         FROM version v
         WHERE v.account = $1
           AND NOT EXISTS (SELECT 1 FROM call c WHERE c.account = $1 AND c.call = v.call)
         ORDER BY v.call, v.seq DESC";
    let mut unpacker = Unpacker::new().map_err(Error::Compressor)?;
    for row in query(transaction, sql, &[&account]).await? {
        let head = head(&row)?;
        let json = unpacker.whole(&head.columns);
        let record = json.and_then(|json| CallRecord::decode(&json, home).ok());
        heads.extend(record.filter(|each| missing.contains(&*key_text(&each.id))).map(|_| head));
    }
    Ok(heads)
}

fn head(row: &Row) -> Result<Head, Failure> {
    Ok(Head {
        call: row.try_get(0)?,
        version: (row.try_get(1)?, row.try_get(2)?),
        cause: Cause::of(row.try_get(3)?),
        columns: columns(row, 4)?,
    })
}

/// Takes calls off everything, whatever their documents say, and with them those that are not there.
async fn drop_postings(
    transaction: &Transaction<'_>,
    (account, scope): (i64, i64),
    calls: Vec<i64>,
) -> Result<(), Failure> {
    let sql = "DELETE FROM posting p WHERE p.account = $1 AND p.scope = $2
           AND (p.call = ANY ($3) OR NOT EXISTS (
               SELECT 1 FROM call c
               WHERE c.account = $1 AND c.scope = $2 AND c.call = p.call))";
    execute(transaction, sql, &[&account, &scope, &calls]).await?;
    Ok(())
}
