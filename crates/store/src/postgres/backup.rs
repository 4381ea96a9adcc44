//! A copy as an SQLite archive. Calls and versions of an account have numbers of their own here, and numbers
//! of the whole archive there: each account's come after those of the account before.

use std::path::{Path, PathBuf};

use deadpool_postgres::Transaction;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_postgres::types::Type;
use tokio_postgres::{IsolationLevel, Row};

use super::Postgres;
use super::failure::Failure;
use crate::sqlite::backup::Aside;
use crate::sqlite::{blocking, error, make_empty};
use crate::{AccountKey, Error, Location};

/// Rows in one go.
const ROWS_AT_ONCE: i32 = 500;

/// What to read here, and where it goes there.
struct Copy {
    select: &'static str,
    insert: &'static str,
}

/// Rows on their way, and the statement that takes them.
type Page = (&'static str, Vec<Vec<Value>>);

/// Of no account.
const OF_THE_ARCHIVE: [Copy; 2] = [
    Copy {
        select: "SELECT id, created_ms FROM archive",
        insert: "INSERT INTO archive (id, created_ms) VALUES (?1, ?2)",
    },
    Copy {
        select: "SELECT dictionary, bytes FROM dictionary",
        insert: "INSERT INTO dictionary (dictionary, bytes) VALUES (?1, ?2)",
    },
];

/// Of the account `$1`, of which `$2` versions of other accounts come first; in the order of an index.
const OF_AN_ACCOUNT: [Copy; 16] = [
    Copy {
        select: "SELECT account, id, server_url, main_number, home, seq, fence, created_ms, hidden
             FROM account WHERE account = $1 AND $2::int8 IS NOT NULL",
        insert: "INSERT INTO account (account, id, server_url, main_number, home, seq, fence,
             created_ms, hidden) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    },
    Copy {
        select: "SELECT account, kind, part, id, valid_from_ms, valid_to_ms, hash, number, name,
                 type, status, department, extension, site, json
             FROM directory WHERE account = $1 AND $2::int8 IS NOT NULL
             ORDER BY kind, part, id, valid_from_ms",
        insert: "INSERT INTO directory (account, kind, part, id, valid_from_ms, valid_to_ms, hash,
                 number, name, type, status, department, extension, site, json)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    },
    Copy {
        select: "SELECT $2::int8 + call, account, scope, id, $2::int8 + version, hash, start_ms,
                 duration_ms, call_type, direction, result, recorded, deleted, action, from_number,
                 from_extension, from_name, to_number, to_extension, to_name
             FROM call WHERE account = $1 ORDER BY call",
        insert: "INSERT INTO call (call, account, scope, id, version, hash, start_ms, duration_ms,
                 call_type, direction, result, recorded, deleted, action, from_number,
                 from_extension, from_name, to_number, to_extension, to_name)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                 ?18, ?19, ?20)",
    },
    Copy {
        select: "SELECT $2::int8 + seq, account, seq, $2::int8 + call, $2::int8 + previous,
                 received_ms, cause, simple, detail
             FROM version WHERE account = $1 ORDER BY seq",
        insert: "INSERT INTO version (version, account, seq, call, previous, received_ms, cause,
                 simple, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    },
    Copy {
        select: "SELECT account, scope, key, start_ms, $2::int8 + call
             FROM posting WHERE account = $1 ORDER BY scope, key, start_ms, call",
        insert: "INSERT INTO posting (account, scope, key, start_ms, call)
             VALUES (?1, ?2, ?3, ?4, ?5)",
    },
    Copy {
        select: "SELECT account, scope, name, value, updated_ms
             FROM cursor WHERE account = $1 AND $2::int8 IS NOT NULL ORDER BY scope, name",
        insert: "INSERT INTO cursor (account, scope, name, value, updated_ms)
             VALUES (?1, ?2, ?3, ?4, ?5)",
    },
    Copy {
        select: "SELECT quarantine, account, scope, hash, reason, body, received_ms
             FROM quarantine WHERE account = $1 AND $2::int8 IS NOT NULL ORDER BY quarantine",
        insert:
            "INSERT INTO quarantine (quarantine, account, scope, hash, reason, body, received_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    },
    Copy {
        select: "SELECT run, account, started_ms, finished_ms, summary
             FROM sync_run WHERE account = $1 AND $2::int8 IS NOT NULL ORDER BY run",
        insert: "INSERT INTO sync_run (run, account, started_ms, finished_ms, summary)
             VALUES (?1, ?2, ?3, ?4, ?5)",
    },
    Copy {
        select: "SELECT account, scope, id, first_ms
             FROM absence WHERE account = $1 AND $2::int8 IS NOT NULL ORDER BY scope, id",
        insert: "INSERT INTO absence (account, scope, id, first_ms) VALUES (?1, ?2, ?3, ?4)",
    },
    Copy {
        select: "SELECT account, id, extension, number, hidden_ms
             FROM hidden WHERE account = $1 AND $2::int8 IS NOT NULL ORDER BY id, extension",
        insert: "INSERT INTO hidden (account, id, extension, number, hidden_ms)
             VALUES (?1, ?2, ?3, ?4, ?5)",
    },
    Copy {
        select: "SELECT account, scope, upstream_from_ms
             FROM log WHERE account = $1 AND $2::int8 IS NOT NULL ORDER BY scope",
        insert: "INSERT INTO log (account, scope, upstream_from_ms) VALUES (?1, ?2, ?3)",
    },
    Copy {
        select: "SELECT account, scope, number, day, calls, digest, upstream_calls, upstream_ids,
                 seq, sealed_ms, previous, hash
             FROM seal WHERE account = $1 AND $2::int8 IS NOT NULL ORDER BY scope, number",
        insert: "INSERT INTO seal (account, scope, number, day, calls, digest, upstream_calls,
                 upstream_ids, seq, sealed_ms, previous, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    },
    Copy {
        select: "SELECT purge, account, at_ms, before_ms, calls, versions, until_ms
             FROM purge WHERE account = $1 AND $2::int8 IS NOT NULL ORDER BY purge",
        insert: "INSERT INTO purge (purge, account, at_ms, before_ms, calls, versions, until_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    },
    Copy {
        select: "SELECT account, position, enabled, capacity_a_day
             FROM recording_feed WHERE account = $1 AND $2::int8 IS NOT NULL",
        insert: "INSERT INTO recording_feed (account, position, enabled, capacity_a_day)
             VALUES (?1, ?2, ?3, ?4)",
    },
    Copy {
        select: "SELECT account, id, scope, call_id, session, start_ms, mode, capped, content_uri,
                 state, content_type, bytes, duration_ms, sha256, object, done_ms, tries,
                 next_try_ms, note
             FROM recording WHERE account = $1 AND $2::int8 IS NOT NULL ORDER BY id",
        insert: "INSERT INTO recording (account, id, scope, call_id, session, start_ms, mode,
                 capped, content_uri, state, content_type, bytes, duration_ms, sha256, object,
                 done_ms, tries, next_try_ms, note)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                 ?18, ?19)",
    },
    Copy {
        select: "SELECT account, id, scope, call_id, kind
             FROM message WHERE account = $1 AND $2::int8 IS NOT NULL ORDER BY id",
        insert: "INSERT INTO message (account, id, scope, call_id, kind)
             VALUES (?1, ?2, ?3, ?4, ?5)",
    },
];

const DAYS: Copy = Copy {
    select: "SELECT account, scope, day, seq
         FROM day WHERE account = $1 AND $2::int8 IS NOT NULL ORDER BY scope, day",
    insert: "INSERT INTO day (account, scope, day, seq) VALUES (?1, ?2, ?3, ?4)",
};

const REGISTRATIONS: Copy = Copy {
    select: "SELECT name, server_url, credentials, every_s, retention_days, upstream_days, paused,
             account, last_attempt_ms, last_success_ms, last_error, failures, login_refused,
             created_ms
         FROM registration WHERE $1::int8 IS NULL OR account = $1 ORDER BY name",
    insert: "INSERT INTO registration (name, server_url, credentials, every_s, retention_days,
             upstream_days, paused, account, last_attempt_ms, last_success_ms, last_error, failures,
             login_refused, created_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
};

const DOOMED: Copy = Copy {
    select: "SELECT object FROM doomed_object ORDER BY object",
    insert: "INSERT INTO doomed_object (object) VALUES (?1)",
};

/// Apps and people of the API; not whoever is signed in just now.
const OF_THE_API: [Copy; 4] = [
    Copy {
        select: "SELECT client_id, account, name, secret_hash, scopes, redirect_uris, plan,
                 masks_numbers, created_ms, revoked_ms
             FROM app ORDER BY client_id",
        insert:
            "INSERT INTO app (client_id, account, name, secret_hash, scopes, redirect_uris, plan,
                 masks_numbers, created_ms, revoked_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    },
    Copy {
        select: "SELECT id, account, extension, app, hash, created_ms, expires_ms, revoked_ms,
                 last_used_ms
             FROM app_credential ORDER BY id",
        insert: "INSERT INTO app_credential (id, account, extension, app, hash, created_ms,
                 expires_ms, revoked_ms, last_used_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    },
    Copy {
        select: "SELECT account, extension, hash, changed_ms
             FROM app_password ORDER BY account, extension",
        insert: "INSERT INTO app_password (account, extension, hash, changed_ms)
             VALUES (?1, ?2, ?3, ?4)",
    },
    Copy {
        select: "SELECT id, account, app, extension, filters, address, verification_token,
                 created_ms, expires_ms, blacklisted_ms, blacklisted_for, position
             FROM webhook ORDER BY id",
        insert: "INSERT INTO webhook (id, account, app, extension, filters, address,
                 verification_token, created_ms, expires_ms, blacklisted_ms, blacklisted_for,
                 position)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    },
];

const VALUES: Copy = Copy {
    select: "SELECT key, value FROM value ORDER BY key",
    insert: "INSERT INTO value (key, value) VALUES (?1, ?2)",
};

impl Postgres {
    pub(crate) async fn backup(&self, to: &Path, account: Option<AccountKey>) -> Result<(), Error> {
        let path = to.to_owned();
        let aside = blocking(move || Aside::new(&path)).await?;
        let (sender, receiver) = channel(4);
        let copy = aside.path.clone();
        let write = tokio::spawn(blocking(move || write(copy, receiver)));
        let read = self.read_all(account, sender).await;
        // Where writing failed, reading found nobody to take what it read.
        match write.await {
            Ok(written) => written?,
            Err(join) => std::panic::resume_unwind(join.into_panic()),
        }
        read.map_err(|failure| failure.name(self.location()))?;
        let to = to.to_owned();
        blocking(move || aside.rename(&to)).await
    }

    /// Reads everything as it is at one moment.
    async fn read_all(
        &self,
        account: Option<AccountKey>,
        sender: Sender<Page>,
    ) -> Result<(), Failure> {
        let mut client = self.client().await?;
        let snapshot = client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()
            .await?;
        for copy in &OF_THE_ARCHIVE {
            read(&snapshot, copy, &[], &sender).await?;
        }
        let mut before = 0i64;
        let sql = "SELECT account, seq FROM account ORDER BY account";
        for row in snapshot.query(sql, &[]).await? {
            let (key, seq): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
            if account.is_none_or(|wanted| wanted.0 == key) {
                for copy in OF_AN_ACCOUNT.iter().chain([&DAYS]) {
                    read(&snapshot, copy, &[&key, &before], &sender).await?;
                }
                before += seq;
            }
        }
        let wanted = account.map(|account| account.0);
        read(&snapshot, &REGISTRATIONS, &[&wanted], &sender).await?;
        if account.is_none() {
            for copy in &OF_THE_API {
                read(&snapshot, copy, &[], &sender).await?;
            }
            read(&snapshot, &VALUES, &[], &sender).await?;
            read(&snapshot, &DOOMED, &[], &sender).await?;
        }
        Ok(())
    }
}

async fn read(
    snapshot: &Transaction<'_>,
    copy: &Copy,
    values: &super::Values<'_>,
    sender: &Sender<Page>,
) -> Result<(), Failure> {
    let statement = snapshot.prepare(copy.select).await?;
    let portal = snapshot.bind(&statement, values).await?;
    loop {
        let rows = snapshot.query_portal(&portal, ROWS_AT_ONCE).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let page: Vec<Vec<Value>> = rows.iter().map(cells).collect::<Result<_, _>>()?;
        // Nobody takes it: writing has failed, and says why.
        if sender.send((copy.insert, page)).await.is_err() {
            return Ok(());
        }
    }
}

fn cells(row: &Row) -> Result<Vec<Value>, tokio_postgres::Error> {
    let cell = |(place, column): (usize, &tokio_postgres::Column)| {
        Ok(match *column.type_() {
            Type::INT2 => row.try_get::<_, Option<i16>>(place)?.map(i64::from).into(),
            Type::INT8 => row.try_get::<_, Option<i64>>(place)?.into(),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(place)?.into(),
            _ => row.try_get::<_, Option<String>>(place)?.into(),
        })
    };
    row.columns().iter().enumerate().map(cell).collect()
}

/// Takes in pages until no more come.
fn write(path: PathBuf, mut pages: Receiver<Page>) -> Result<(), Error> {
    let mut connection = make_empty(&path)?;
    let mut written = |connection: &mut Connection| {
        let transaction = connection.transaction()?;
        while let Some((insert, rows)) = pages.blocking_recv() {
            let mut insert = transaction.prepare_cached(insert)?;
            for row in rows {
                insert.execute(params_from_iter(row))?;
            }
        }
        transaction.commit()?;
        // A file of its own: nothing beside it, and readable where nothing can be written.
        connection.pragma_update(None, "journal_mode", "DELETE")?;
        connection.pragma_query_value(None, "integrity_check", |row| row.get::<_, String>(0))
    };
    let sound = written(&mut connection).map_err(|source| error::name(&path, source))?;
    if sound != "ok" {
        return Err(Error::Damaged { location: Location::Sqlite(path) });
    }
    Ok(())
}
