//! The lake beside the archive: settings, and tables that are up to date.

use std::time::Duration;

use callbook_lake::{Access, Error, Extent, Lake, Limits, Place, Tables};
use callbook_store::{Account, Error as StoreError, Location, Store};
use jiff::civil::Date;
use serde::Deserialize;

use crate::config::Config;
use crate::failure::Usage;
use crate::output::note;
use crate::progress::Bar;

/// `[lake]` of `callbook.toml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "a table")]
pub struct Settings {
    /// Where its files are: a folder, or s3://BUCKET/PREFIX and the like.
    pub folder: Option<String>,
    /// Days on which the company is closed.
    pub holidays: Vec<Date>,
}

/// More changes than this are written to files before a question is answered.
const WRITTEN: i64 = 20_000;

/// How often it is looked whether another process is ready.
const WAIT: Duration = Duration::from_millis(500);

/// The lake of an account.
///
/// # Errors
/// When nobody has said where it is, or it cannot be there.
pub fn of(config: &Config, store: &Store, account: &Account) -> anyhow::Result<Lake> {
    find(config, store, account)?.ok_or_else(|| {
        let message = "nobody has said where the tables of reports are kept".to_owned();
        let hint = "set CALLBOOK_LAKE to a folder or s3://BUCKET/PREFIX";
        Usage { message, hint }.into()
    })
}

/// The lake of an account, if there is a place for one.
///
/// # Errors
/// When it cannot be there.
pub fn find(config: &Config, store: &Store, account: &Account) -> anyhow::Result<Option<Lake>> {
    let named = config.lake_place().or_else(|| match store.location() {
        Location::Sqlite(path) => Some(path.with_extension("lake").display().to_string()),
        Location::Postgres(_) => None,
    });
    let Some(named) = named else { return Ok(None) };
    let place = Place::open(&named, config.variables())?;
    let holidays = config.holidays().to_vec();
    Ok(Some(Lake::new(store.clone(), account.clone(), place, holidays)?))
}

/// Its tables as `access` lets them be seen, as new as the archive. Where the files are far behind they are brought up to date
/// first, or another process is waited for that does so.
///
/// # Errors
/// When the archive or the files cannot be read or written.
pub async fn tables(lake: &Lake, access: &Access) -> anyhow::Result<Tables> {
    let mut is_told = false;
    loop {
        let snapshot = lake.snapshot().await?;
        if !snapshot.is_behind(WRITTEN) {
            return Ok(snapshot.tables(&Limits::default(), access).await?);
        }
        match update(lake).await {
            Err(Error::Store(StoreError::LakeLocked { holder })) => {
                if !is_told {
                    note!("waiting for process {holder}, which brings the tables up to date");
                    is_told = true;
                }
                tokio::time::sleep(WAIT).await;
            }
            updated => {
                updated?;
                let snapshot = lake.snapshot().await?;
                return Ok(snapshot.tables(&Limits::default(), access).await?);
            }
        }
    }
}

/// Brings the files up to date, with a bar on a terminal.
///
/// # Errors
/// As [`Lake::update`].
pub async fn update(lake: &Lake) -> Result<Extent, Error> {
    let bar = Bar::start("tables");
    let updated = lake.update(&mut |sessions| bar.count(sessions)).await;
    bar.finish();
    updated
}
