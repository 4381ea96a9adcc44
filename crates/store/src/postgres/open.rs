//! Opening, and bringing the schema up to date.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use deadpool_postgres::{Client, GenericClient, Transaction};
use uuid::Uuid;

use super::connect::Connector;
use super::failure::Failure;
use super::{LOCKS, MIGRATING, Postgres, Shared};
use crate::document::DICTIONARY;
use crate::{Error, Location, Open, ServerLocation};

/// Each brings the schema from the version of its index to the next.
const MIGRATIONS: [&str; 7] = [
    include_str!("../../migrations/postgres/0001_archive.sql"),
    include_str!("../../migrations/postgres/0002_recordings.sql"),
    include_str!("../../migrations/postgres/0003_directory.sql"),
    include_str!("../../migrations/postgres/0004_apps.sql"),
    include_str!("../../migrations/postgres/0005_webhooks.sql"),
    include_str!("../../migrations/postgres/0006_hidden.sql"),
    include_str!("../../migrations/postgres/0007_purged.sql"),
];

/// The first PostgreSQL with everything that is used here.
const POSTGRES_AT_LEAST: i32 = 130_000;

/// The number of the newest migration.
pub(super) fn known() -> i64 {
    MIGRATIONS.len() as i64
}

/// What there is in a database.
pub(super) enum Found {
    /// No schema of ours, or an empty one.
    Nothing { schema: bool },
    /// A schema of our name that somebody else has filled.
    Other,
    /// An archive with this number of migrations.
    Archive(i64),
}

impl Postgres {
    pub(crate) async fn open(server: &ServerLocation, open: Open) -> Result<Self, Error> {
        let postgres = Self::connector(server)?;
        let opened = async {
            let mut client = postgres.client().await?;
            postgres.refuse_strange(&client).await?;
            let (known, location) = (known(), postgres.location().clone());
            match found(&client).await? {
                Found::Other => return Err(Error::NotAnArchive { location }.into()),
                Found::Archive(found) if found > known => {
                    return Err(Error::Newer { location, found, known }.into());
                }
                Found::Archive(found) if found == known => return Ok(()),
                Found::Nothing { .. } if open == Open::Existing => {
                    return Err(Error::NoArchive { location }.into());
                }
                Found::Archive(_) | Found::Nothing { .. } => {}
            }
            let transaction = client.transaction().await?;
            if migrate(&transaction).await? {
                let sql = "INSERT INTO archive (id, created_ms, schema) VALUES ($1, $2, $3)";
                let now_ms = jiff::Timestamp::now().as_millisecond();
                let id = Uuid::new_v4().to_string();
                transaction.execute(sql, &[&id, &now_ms, &known]).await?;
                let sql = "INSERT INTO dictionary (dictionary, bytes) VALUES (1, $1)";
                transaction.execute(sql, &[&DICTIONARY]).await?;
            }
            Ok(transaction.commit().await?)
        };
        let opened: Result<(), Failure> = opened.await;
        opened.map_err(|failure| failure.name(postgres.location()))?;
        Ok(postgres)
    }

    /// Everything but a look at what is there.
    pub(super) fn connector(server: &ServerLocation) -> Result<Self, Error> {
        let location = Location::Postgres(server.clone());
        let connector = Connector::new(server)?;
        let pool = connector.pool().map_err(|failure| failure.name(&location))?;
        let locks = super::lock::Locks::default();
        let months = Mutex::new(HashSet::new());
        Ok(Self { shared: Arc::new(Shared { location, connector, pool, locks, months }) })
    }

    /// Fails unless the server can hold an archive.
    pub(super) async fn refuse_strange(&self, client: &Client) -> Result<(), Failure> {
        let sql = "SELECT current_setting('server_version_num')::int4,
                 current_setting('server_encoding')";
        let row = client.query_one(sql, &[]).await?;
        let (version, encoding): (i32, String) = (row.try_get(0)?, row.try_get(1)?);
        let what = if version < POSTGRES_AT_LEAST {
            format!("PostgreSQL {} is too old: 13 or later is needed", version / 10_000)
        } else if encoding != "UTF8" {
            format!("the database's encoding is {encoding}: UTF8 is needed")
        } else {
            return Ok(());
        };
        Err(Error::Database { location: self.location().clone(), source: what.into() }.into())
    }
}

pub(super) async fn found(client: &impl GenericClient) -> Result<Found, Failure> {
    let sql = "SELECT to_regnamespace('callbook') IS NOT NULL,
             to_regclass('callbook.archive') IS NOT NULL,
             EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace('callbook'))";
    let row = client.query_one(sql, &[]).await?;
    let (schema, archive, filled): (bool, bool, bool) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    if !archive {
        return Ok(if filled { Found::Other } else { Found::Nothing { schema } });
    }
    let sql = "SELECT schema FROM callbook.archive";
    match client.query_opt(sql, &[]).await {
        Ok(Some(row)) => Ok(Found::Archive(row.try_get(0)?)),
        Ok(None) => Ok(Found::Other),
        Err(error) if error.code() == Some(&tokio_postgres::error::SqlState::UNDEFINED_COLUMN) => {
            Ok(Found::Other)
        }
        Err(error) => Err(error.into()),
    }
}

/// Runs what is missing of the migrations, unless another process has meanwhile; whether there was nothing
/// before, so that the archive's own row is missing.
pub(super) async fn migrate(transaction: &Transaction<'_>) -> Result<bool, Failure> {
    let sql = "SELECT pg_advisory_xact_lock($1, $2)";
    transaction.execute(sql, &[&LOCKS, &MIGRATING]).await?;
    let found = match found(transaction).await? {
        Found::Archive(found) => found,
        Found::Nothing { schema } => {
            if !schema {
                transaction.batch_execute("CREATE SCHEMA callbook").await?;
            }
            0
        }
        Found::Other => 0,
    };
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.batch_execute(migration).await?;
    }
    if found > 0 {
        transaction.execute("UPDATE archive SET schema = $1", &[&known()]).await?;
    }
    Ok(found == 0)
}
