//! The lake beside the archive: settings, and tables that are up to date.

use callbook_lake::{Access, Lake, Limits, Place, Tables};
use callbook_store::{Account, Location, Store};
use jiff::civil::Date;
use serde::Deserialize;

use crate::config::Config;
use crate::failure::Usage;
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

/// Its tables as `access` lets them be seen, as new as the archive. Where the files are far behind they are brought up to date first.
///
/// # Errors
/// When another process writes them just then, or the archive or the files cannot be read or written.
pub async fn tables(lake: &Lake, access: &Access) -> anyhow::Result<Tables> {
    let mut snapshot = lake.snapshot().await?;
    if snapshot.is_behind(WRITTEN) {
        update(lake).await?;
        snapshot = lake.snapshot().await?;
    }
    Ok(snapshot.tables(&Limits::default(), access).await?)
}

/// Brings the files up to date, with a bar on a terminal.
///
/// # Errors
/// As [`Lake::update`].
pub async fn update(lake: &Lake) -> anyhow::Result<callbook_lake::Extent> {
    let bar = Bar::start("tables");
    let updated = lake.update(&mut |sessions| bar.count(sessions)).await;
    bar.finish();
    Ok(updated?)
}
