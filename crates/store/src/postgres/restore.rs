//! An archive from a copy. What has numbers of the whole archive there has an account's own here: a version its
//! change number, a call that of its first version.

use std::path::{Path, PathBuf};
use std::pin::pin;

use bytes::BytesMut;
use deadpool_postgres::Transaction;
use rusqlite::types::Value;
use rusqlite::{Connection, Row};
use tokio::sync::mpsc::{Sender, channel};
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::failure::Failure;
use super::open::{Found, found, known, migrate};
use super::partition::{create, month_of};
use super::{Postgres, plain};
use crate::sqlite::Sqlite;
use crate::stored::key_text;
use crate::{Error, Open, ServerLocation};

/// Rows in one go.
const ROWS_AT_ONCE: usize = 2000;

/// A table here, its columns, and what they are there.
struct Copy {
    table: &'static str,
    columns: &'static str,
    select: &'static str,
}

/// A table whose columns are the same there.
macro_rules! same {
    ($table:literal, $columns:literal) => {
        Copy {
            table: $table,
            columns: $columns,
            select: concat!("SELECT ", $columns, " FROM ", $table, " ORDER BY 1"),
        }
    };
}

/// The first change number of each call.
const FIRSTS: &str =
    "CREATE TEMP TABLE first AS SELECT call, min(seq) AS seq FROM version GROUP BY call;
     CREATE UNIQUE INDEX temp.first_by_call ON first (call)";

/// Where something leads nowhere, it does so here as well: no version has the number 0.
const COPIES: [Copy; 26] = [
    same!("archive", "id, created_ms, 1 AS schema"),
    same!("dictionary", "dictionary, bytes"),
    same!("account", "account, id, server_url, main_number, home, seq, fence, created_ms, hidden"),
    same!(
        "directory",
        "account, kind, part, id, valid_from_ms, valid_to_ms, hash, number, name, type, status,
         department, extension, site, json"
    ),
    Copy {
        table: "call",
        columns: "account, call, scope, id, version, version_ms, hash, start_ms, duration_ms,
             call_type, direction, result, recorded, deleted, action, from_number, from_extension,
             from_name, to_number, to_extension, to_name",
        select: "SELECT c.account, coalesce(f.seq, -c.call), c.scope, c.id, coalesce(v.seq, 0),
                 c.start_ms, c.hash, c.start_ms, c.duration_ms, c.call_type, c.direction, c.result,
                 c.recorded, c.deleted, c.action, c.from_number, c.from_extension, c.from_name,
                 c.to_number, c.to_extension, c.to_name
             FROM call c LEFT JOIN first f ON f.call = c.call
             LEFT JOIN version v ON v.version = c.version ORDER BY c.call",
    },
    Copy {
        table: "version",
        columns: "account, seq, start_ms, call, previous, previous_ms, received_ms, cause, simple,
             detail",
        select: "SELECT v.account, v.seq, coalesce(c.start_ms, 0), f.seq,
                 CASE WHEN v.previous IS NOT NULL THEN coalesce(p.seq, 0) END,
                 CASE WHEN v.previous IS NOT NULL THEN coalesce(c.start_ms, 0) END,
                 v.received_ms, v.cause, v.simple, v.detail
             FROM version v JOIN first f ON f.call = v.call LEFT JOIN call c ON c.call = v.call
             LEFT JOIN version p ON p.version = v.previous ORDER BY v.version",
    },
    Copy {
        table: "posting",
        columns: "account, scope, key, start_ms, call",
        select: "SELECT p.account, p.scope, p.key, p.start_ms, coalesce(f.seq, -p.call)
             FROM posting p LEFT JOIN first f ON f.call = p.call",
    },
    same!("cursor", "account, scope, name, value, updated_ms"),
    same!("quarantine", "quarantine, account, scope, hash, reason, body, received_ms"),
    same!("sync_run", "run, account, started_ms, finished_ms, summary"),
    same!("absence", "account, scope, id, first_ms"),
    same!("hidden", "account, id, extension, number, hidden_ms"),
    same!("log", "account, scope, upstream_from_ms"),
    same!("day", "account, scope, day, seq"),
    same!(
        "seal",
        "account, scope, number, day, calls, digest, upstream_calls, upstream_ids, seq, sealed_ms,
         previous, hash"
    ),
    same!("purge", "purge, account, at_ms, before_ms, calls, versions, until_ms"),
    same!(
        "registration",
        "name, server_url, credentials, every_s, retention_days, upstream_days, paused, account,
         last_attempt_ms, last_success_ms, last_error, failures, login_refused, created_ms"
    ),
    same!(
        "app",
        "client_id, account, name, secret_hash, scopes, redirect_uris, plan, masks_numbers,
         created_ms, revoked_ms"
    ),
    same!(
        "app_credential",
        "id, account, extension, app, hash, created_ms, expires_ms, revoked_ms, last_used_ms"
    ),
    same!("app_password", "account, extension, hash, changed_ms"),
    same!(
        "webhook",
        "id, account, app, extension, filters, address, verification_token, created_ms,
         expires_ms, blacklisted_ms, blacklisted_for, position"
    ),
    same!("value", "key, value"),
    same!("recording_feed", "account, position, enabled, capacity_a_day"),
    same!(
        "recording",
        "account, id, scope, call_id, session, start_ms, mode, capped, content_uri, state,
         content_type, bytes, duration_ms, sha256, object, done_ms, tries, next_try_ms, note"
    ),
    same!("message", "account, id, scope, call_id, kind"),
    same!("doomed_object", "object"),
];

/// Numbers go on after those that were restored.
const GO_ON: &str =
    "SELECT setval(pg_get_serial_sequence('account', 'account'), max(account)) FROM account;
     SELECT setval(pg_get_serial_sequence('quarantine', 'quarantine'), max(quarantine))
         FROM quarantine;
     SELECT setval(pg_get_serial_sequence('sync_run', 'run'), max(run)) FROM sync_run;
     SELECT setval(pg_get_serial_sequence('purge', 'purge'), max(purge)) FROM purge";

type Page = (usize, Vec<Vec<Cell>>);

impl Postgres {
    pub(crate) async fn restore(from: &Path, into: &ServerLocation) -> Result<(), Error> {
        let postgres = Self::connector(into)?;
        // A copy of the copy is looked through for damage, and brought up to date.
        let beside = Beside::new();
        Sqlite::restore(from, &beside.0).await?;
        let copy = Sqlite::open(beside.0.clone(), Open::Existing).await?;
        let restored = postgres.take_in(copy).await;
        restored.map_err(|failure| failure.name(postgres.location()))
    }

    async fn take_in(&self, copy: Sqlite) -> Result<(), Failure> {
        let mut client = self.client().await?;
        self.refuse_strange(&client).await?;
        let not_empty = || Error::NotEmpty { location: self.location().clone() };
        let Found::Nothing { .. } = found(&client).await? else { return Err(not_empty().into()) };
        let transaction = client.transaction().await?;
        if !migrate(&transaction).await? {
            return Err(not_empty().into());
        }
        let days = copy.read(days).await?;
        let months: std::collections::BTreeSet<i64> =
            days.iter().filter_map(|day| month_of(day.parse().ok()?)).collect();
        for month in months {
            create(&transaction, month).await?;
        }
        let (sender, mut pages) = channel(4);
        let reading = tokio::spawn(async move {
            copy.with_writer(move |connection| read_all(connection, &sender)).await
        });
        while let Some((place, rows)) = pages.recv().await {
            write(&transaction, &COPIES[place], rows).await?;
        }
        match reading.await {
            Ok(read) => read?,
            Err(join) => std::panic::resume_unwind(join.into_panic()),
        }
        transaction.execute("UPDATE archive SET schema = $1", &[&known()]).await?;
        transaction.batch_execute(GO_ON).await?;
        transaction.commit().await?;
        Ok(client.batch_execute("ANALYZE").await?)
    }
}

/// A file in the folder for temporary ones, gone when dropped.
struct Beside(PathBuf);

impl Beside {
    fn new() -> Self {
        let name = format!("callbook-restore-{}.db", uuid::Uuid::new_v4());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm"] {
            let mut path = self.0.as_os_str().to_owned();
            path.push(suffix);
            // What is not there need not be removed.
            let _ = std::fs::remove_file(path);
        }
    }
}

fn days(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    connection.prepare("SELECT DISTINCT day FROM day")?.query_map([], |row| row.get(0))?.collect()
}

fn read_all(connection: &mut Connection, sender: &Sender<Page>) -> rusqlite::Result<()> {
    connection.execute_batch(FIRSTS)?;
    for (place, copy) in COPIES.iter().enumerate() {
        let mut select = connection.prepare(copy.select)?;
        let columns = select.column_count();
        let mut rows = select.query([])?;
        loop {
            let mut page = Vec::with_capacity(ROWS_AT_ONCE);
            while let Some(row) = if page.len() < ROWS_AT_ONCE { rows.next()? } else { None } {
                page.push(cells(row, columns)?);
            }
            let last = page.len() < ROWS_AT_ONCE;
            // Nobody takes it: writing has failed, and says why.
            if !page.is_empty() && sender.blocking_send((place, page)).is_err() {
                return Ok(());
            }
            if last {
                break;
            }
        }
    }
    Ok(())
}

fn cells(row: &Row<'_>, columns: usize) -> rusqlite::Result<Vec<Cell>> {
    (0..columns).map(|place| row.get(place).map(Cell)).collect()
}

async fn write(
    transaction: &Transaction<'_>,
    copy: &Copy,
    mut rows: Vec<Vec<Cell>>,
) -> Result<(), Failure> {
    let Copy { table, columns, .. } = copy;
    let columns = columns.replace("1 AS ", "");
    let statement = transaction.prepare(&format!("SELECT {columns} FROM {table} LIMIT 0")).await?;
    let types: Vec<Type> = statement.columns().iter().map(|each| each.type_().clone()).collect();
    // Of these there are indexes.
    let keys = statement
        .columns()
        .iter()
        .enumerate()
        .filter(|(_, each)| *each.type_() == Type::TEXT)
        .filter(|(_, each)| matches!(each.name(), "id" | "key" | "call_id" | "session"));
    for (place, _) in keys {
        for row in &mut rows {
            if let Some(Cell(Value::Text(text))) = row.get_mut(place) {
                *text = key_text(text).into_owned();
            }
        }
    }
    let sink = transaction.copy_in(&format!("COPY {table} ({columns}) FROM STDIN BINARY")).await?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
    for row in &rows {
        writer.as_mut().write_raw(row.iter().map(|cell| cell as &(dyn ToSql + Sync))).await?;
    }
    writer.finish().await?;
    Ok(())
}

/// A value as SQLite has it.
#[derive(Debug)]
struct Cell(Value);

impl ToSql for Cell {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match &self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Integer(number) if *kind == Type::INT2 => {
                i16::try_from(*number)?.to_sql(kind, out)
            }
            Value::Integer(number) => number.to_sql(kind, out),
            Value::Real(_) => Err("no column has such numbers".into()),
            Value::Text(text) => plain(text).to_sql(kind, out),
            Value::Blob(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
