//! Rows of versions, of calls and of what they are found by: many with each statement.

use std::collections::HashMap;

use callbook_model::{CallRecord, Region};
use deadpool_postgres::Transaction;

use super::failure::Failure;
use super::{columns, execute, plain, query};
use crate::document::{Columns, Unpacker};
use crate::stored::{Narrow, Posting, key_text};
use crate::{Cause, Error};

/// A version to be written.
pub(super) struct VersionRow<'a> {
    pub(super) seq: i64,
    pub(super) start_ms: i64,
    pub(super) call: i64,
    /// Number and place of the version before.
    pub(super) previous: Option<(i64, i64)>,
    pub(super) cause: Cause,
    pub(super) received_ms: i64,
    pub(super) columns: &'a Columns,
}

/// A call to be written, new or not.
pub(super) struct CallRow {
    pub(super) call: i64,
    /// Number and place of the newest version.
    pub(super) version: (i64, i64),
    pub(super) hash: Vec<u8>,
    pub(super) narrow: Narrow,
}

/// Documents by the change numbers of their versions.
pub(super) async fn documents(
    transaction: &Transaction<'_>,
    account: i64,
    versions: &[(i64, i64)],
) -> Result<HashMap<i64, Columns>, Failure> {
    if versions.is_empty() {
        return Ok(HashMap::new());
    }
    let (seqs, places): (Vec<i64>, Vec<i64>) = versions.iter().copied().unzip();
    let sql =
        "SELECT v.seq, v.simple, v.detail FROM unnest($2::int8[], $3::int8[]) u (seq, start_ms)
         JOIN version v ON v.account = $1 AND v.seq = u.seq AND v.start_ms = u.start_ms";
    let rows = query(transaction, sql, &[&account, &seqs, &places]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, columns(row, 1)?))).collect()
}

pub(super) async fn write_versions(
    transaction: &Transaction<'_>,
    account: i64,
    versions: &[VersionRow<'_>],
) -> Result<(), Failure> {
    if versions.is_empty() {
        return Ok(());
    }
    let number = |of: fn(&VersionRow<'_>) -> i64| versions.iter().map(of).collect::<Vec<_>>();
    let previous = |of: fn((i64, i64)) -> i64| -> Vec<Option<i64>> {
        versions.iter().map(|version| version.previous.map(of)).collect()
    };
    let causes: Vec<&str> = versions.iter().map(|version| version.cause.as_str()).collect();
    let simple: Vec<&[u8]> = versions.iter().map(|each| &each.columns.simple[..]).collect();
    let detail: Vec<Option<&[u8]>> =
        versions.iter().map(|each| each.columns.detail.as_deref()).collect();
    let sql = "INSERT INTO version
             (account, received_ms, seq, start_ms, call, previous, previous_ms, cause, simple, detail)
         SELECT $1, * FROM unnest($2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int8[],
             $7::int8[], $8::text[], $9::bytea[], $10::bytea[])";
    let values: [&(dyn tokio_postgres::types::ToSql + Sync); 10] = [
        &account,
        &number(|each| each.received_ms),
        &number(|each| each.seq),
        &number(|each| each.start_ms),
        &number(|each| each.call),
        &previous(|(seq, _)| seq),
        &previous(|(_, start_ms)| start_ms),
        &causes,
        &simple,
        &detail,
    ];
    execute(transaction, sql, &values).await?;
    Ok(())
}

pub(super) async fn write_calls(
    transaction: &Transaction<'_>,
    (account, scope): (i64, i64),
    calls: &[CallRow],
) -> Result<(), Failure> {
    if calls.is_empty() {
        return Ok(());
    }
    let number = |of: fn(&CallRow) -> i64| calls.iter().map(of).collect::<Vec<_>>();
    let flag = |of: fn(&Narrow) -> bool| -> Vec<i16> {
        calls.iter().map(|call| i16::from(of(&call.narrow))).collect()
    };
    let text = |of: fn(&Narrow) -> &Option<String>| -> Vec<_> {
        calls.iter().map(|call| of(&call.narrow).as_deref().map(plain)).collect()
    };
    let ids: Vec<_> = calls.iter().map(|call| key_text(&call.narrow.id)).collect();
    let hashes: Vec<&[u8]> = calls.iter().map(|call| &call.hash[..]).collect();
    let sql = "INSERT INTO call
             (account, scope, call, id, version, version_ms, hash, start_ms, duration_ms, recorded,
              deleted, call_type, direction, result, action, from_number, from_extension, from_name,
              to_number, to_extension, to_name)
         SELECT $1, $2, * FROM unnest($3::int8[], $4::text[], $5::int8[], $6::int8[], $7::bytea[],
             $8::int8[], $9::int8[], $10::int2[], $11::int2[], $12::text[], $13::text[],
             $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::text[],
             $20::text[], $21::text[])
         ON CONFLICT (account, call) DO UPDATE
         SET version = excluded.version, version_ms = excluded.version_ms, hash = excluded.hash,
             start_ms = excluded.start_ms, duration_ms = excluded.duration_ms,
             recorded = excluded.recorded, deleted = excluded.deleted,
             call_type = excluded.call_type, direction = excluded.direction,
             result = excluded.result, action = excluded.action,
             from_number = excluded.from_number, from_extension = excluded.from_extension,
             from_name = excluded.from_name, to_number = excluded.to_number,
             to_extension = excluded.to_extension, to_name = excluded.to_name";
    let values: [&(dyn tokio_postgres::types::ToSql + Sync); 21] = [
        &account,
        &scope,
        &number(|each| each.call),
        &ids,
        &number(|each| each.version.0),
        &number(|each| each.version.1),
        &hashes,
        &number(|each| each.narrow.start_ms),
        &number(|each| each.narrow.duration_ms),
        &flag(|each| each.recorded),
        &flag(|each| each.deleted),
        &text(|each| &each.call_type),
        &text(|each| &each.direction),
        &text(|each| &each.result),
        &text(|each| &each.action),
        &text(|each| &each.from_number),
        &text(|each| &each.from_extension),
        &text(|each| &each.from_name),
        &text(|each| &each.to_number),
        &text(|each| &each.to_extension),
        &text(|each| &each.to_name),
    ];
    execute(transaction, sql, &values).await?;
    Ok(())
}

/// What a record of a call is to be found by.
pub(super) fn postings_of(record: &CallRecord, call: i64) -> impl Iterator<Item = Posting> {
    let start_ms = record.start_ms;
    record.keys.iter().map(move |key| Posting {
        key: key_text(&key.to_string()).into_owned(),
        start_ms,
        call,
    })
}

/// Lists calls that were not there before: looking for conflicts, of which there are none, is a third of the
/// work.
pub(super) async fn write_new_postings(
    transaction: &Transaction<'_>,
    log: (i64, i64),
    postings: &[Posting],
) -> Result<(), Failure> {
    let sql = "INSERT INTO posting (account, scope, key, start_ms, call)
         SELECT $1, $2, * FROM unnest($3::text[], $4::int8[], $5::int8[])";
    each_posting(transaction, sql, log, postings).await
}

pub(super) async fn write_postings(
    transaction: &Transaction<'_>,
    log: (i64, i64),
    postings: &[Posting],
) -> Result<(), Failure> {
    let sql = "INSERT INTO posting (account, scope, key, start_ms, call)
         SELECT $1, $2, * FROM unnest($3::text[], $4::int8[], $5::int8[]) ON CONFLICT DO NOTHING";
    each_posting(transaction, sql, log, postings).await
}

/// Takes calls off everything they are listed under by their documents; those whose document is damaged or
/// gone, off whatever they are under: slow, and hopefully never needed.
pub(super) async fn drop_postings(
    transaction: &Transaction<'_>,
    log: (i64, i64),
    home: Region,
    calls: &[(i64, Option<&Columns>)],
) -> Result<(), Failure> {
    if calls.is_empty() {
        return Ok(());
    }
    let mut unpacker = Unpacker::new().map_err(Error::Compressor)?;
    let (mut postings, mut unknown) = (Vec::new(), Vec::new());
    for (call, columns) in calls {
        let json = columns.and_then(|columns| unpacker.whole(columns));
        match json.and_then(|json| CallRecord::decode(&json, home).ok()) {
            Some(record) => postings.extend(postings_of(&record, *call)),
            None => unknown.push(*call),
        }
    }
    let sql = "DELETE FROM posting p USING unnest($3::text[], $4::int8[], $5::int8[])
             u (key, start_ms, call)
         WHERE p.account = $1 AND p.scope = $2 AND p.key = u.key AND p.start_ms = u.start_ms
           AND p.call = u.call";
    each_posting(transaction, sql, log, &postings).await?;
    if !unknown.is_empty() {
        let sql = "DELETE FROM posting WHERE account = $1 AND scope = $2 AND call = ANY ($3)";
        execute(transaction, sql, &[&log.0, &log.1, &unknown]).await?;
    }
    Ok(())
}

async fn each_posting(
    transaction: &Transaction<'_>,
    sql: &str,
    (account, scope): (i64, i64),
    postings: &[Posting],
) -> Result<(), Failure> {
    if postings.is_empty() {
        return Ok(());
    }
    let keys: Vec<&str> = postings.iter().map(|posting| posting.key.as_str()).collect();
    let starts: Vec<i64> = postings.iter().map(|posting| posting.start_ms).collect();
    let calls: Vec<i64> = postings.iter().map(|posting| posting.call).collect();
    execute(transaction, sql, &[&account, &scope, &keys, &starts, &calls]).await?;
    Ok(())
}
