//! The archive as a schema `callbook` of a PostgreSQL database.

mod account;
mod app;
mod backup;
mod calls;
mod changed;
mod changes;
mod commit;
mod connect;
mod directory;
mod document;
mod failure;
mod feed;
mod health;
mod hidden;
mod import;
mod journal;
mod lock;
mod log;
mod open;
mod partition;
mod purge;
mod quarantine;
mod rate;
mod recording;
mod registration;
mod reindex;
mod restore;
mod rows;
mod scan;
mod seal;
mod session;
mod sessions;
mod status;
mod value;
mod webhook;

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex};

use deadpool_postgres::{Client, GenericClient, Pool, Transaction};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use self::connect::Connector;
use self::failure::{Failure, retried};
use self::lock::Locks;
use crate::document::Columns;
use crate::{Error, Location, SyncLock};

/// Values of a statement.
type Values<'a> = [&'a (dyn ToSql + Sync)];

/// Advisory locks are by two numbers: this one (`CBK1`), and what is locked.
const LOCKS: i32 = 0x43_42_4b_31;
/// The first number where it is an account's recordings.
const RECORDING_LOCKS: i32 = LOCKS + 1;
/// The same where it is an account's tables.
const LAKE_LOCKS: i32 = LOCKS + 2;
/// The same where it is the archive's deliveries, of no account.
const DELIVERY_LOCKS: i32 = LOCKS + 3;
/// Locks of accounts have the accounts' numbers; these are none.
const MIGRATING: i32 = 0;
const PARTITIONING: i32 = -1;

/// An open archive. Cheap to clone; clones share the connections.
#[derive(Clone)]
pub(crate) struct Postgres {
    shared: Arc<Shared>,
}

struct Shared {
    location: Location,
    connector: Connector,
    pool: Pool,
    locks: Locks,
    /// Months that need not be made any more.
    months: Mutex<HashSet<i64>>,
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Postgres({})", self.shared.location)
    }
}

impl Postgres {
    fn location(&self) -> &Location {
        &self.shared.location
    }

    async fn client(&self) -> Result<Client, Failure> {
        Ok(self.shared.pool.get().await?)
    }

    /// The rows that a query gives.
    async fn rows(&self, sql: &str, values: &Values<'_>) -> Result<Vec<Row>, Error> {
        let once = || async { query(&self.client().await?, sql, values).await };
        retried!(self, once())
    }

    /// Runs one statement that may be run twice; how many rows it changed.
    async fn execute(&self, sql: &str, values: &Values<'_>) -> Result<u64, Error> {
        let once = || async { execute(&self.client().await?, sql, values).await };
        retried!(self, once())
    }

    /// Runs one statement that may be run twice if the lock is still the newest of its account.
    async fn execute_locked(
        &self,
        lock: &SyncLock,
        sql: &str,
        values: &Values<'_>,
    ) -> Result<u64, Error> {
        let once = || async {
            let mut client = self.client().await?;
            let transaction = client.transaction().await?;
            fenced(&transaction, lock).await?;
            let changed = execute(&transaction, sql, values).await?;
            transaction.commit().await?;
            Ok::<_, Failure>(changed)
        };
        retried!(self, once())
    }
}

/// Holds the account's row until the transaction ends, so that others wait; fails if the lock is not the
/// newest any more. What the account's newest change number and home are.
async fn fenced(transaction: &Transaction<'_>, lock: &SyncLock) -> Result<(i64, String), Failure> {
    let sql = "SELECT seq, home FROM account WHERE account = $1 AND fence = $2 FOR UPDATE";
    let rows = query(transaction, sql, &[&lock.account.0, &lock.fence]).await?;
    let row = rows.first().ok_or(Error::TakenOver)?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

/// Both are of a client or a transaction.
async fn query(
    client: &impl GenericClient,
    sql: &str,
    values: &Values<'_>,
) -> Result<Vec<Row>, Failure> {
    let statement = client.prepare_cached(sql).await?;
    Ok(client.query(&statement, values).await?)
}

async fn execute(
    client: &impl GenericClient,
    sql: &str,
    values: &Values<'_>,
) -> Result<u64, Failure> {
    let statement = client.prepare_cached(sql).await?;
    Ok(client.execute(&statement, values).await?)
}

/// What a text is in the database: U+0000 cannot be in it.
fn plain(text: &str) -> Cow<'_, str> {
    crate::stored::without_nul(text)
}

/// The two columns of a document, the first of them at `place`.
fn columns(row: &Row, place: usize) -> Result<Columns, tokio_postgres::Error> {
    Ok(Columns { simple: row.try_get(place)?, detail: row.try_get(place + 1)? })
}

/// A flag, which is 0 or 1.
fn flag(row: &Row, place: usize) -> Result<bool, tokio_postgres::Error> {
    Ok(row.try_get::<_, i16>(place)? != 0)
}

/// Turns rows into values, or names what is wrong with one of them.
fn each<T>(
    postgres: &Postgres,
    rows: &[Row],
    of: impl Fn(&Row) -> Result<T, tokio_postgres::Error>,
) -> Result<Vec<T>, Error> {
    let values: Result<Vec<T>, tokio_postgres::Error> = rows.iter().map(of).collect();
    values.map_err(|source| Failure::from(source).name(postgres.location()))
}
