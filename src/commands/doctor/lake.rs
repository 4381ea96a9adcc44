//! The reports' tables: can they be read where the settings say that they are?

use callbook_store::{AccountStatus, Status, Store};

use super::finding::{Check, Finding};
use crate::config::Config;
use crate::{lake, output};

/// Reads each account's list of files, where a place is named: the folder beside the archive is nobody's worry. Nothing
/// is written.
pub(super) async fn read(
    store: &Store,
    status: &Status,
    config: &Config,
) -> anyhow::Result<Option<Finding>> {
    let Some(place) = config.lake_place() else { return Ok(None) };
    let mut interactions = 0;
    for AccountStatus { account, .. } in &status.accounts {
        let extent = match lake::of(config, store, account) {
            Ok(lake) => lake.extent().await.map_err(anyhow::Error::from),
            Err(error) => Err(error),
        };
        match extent {
            Ok(extent) => interactions += extent.interactions,
            Err(error) => return Ok(Some(Finding::error(Check::Lake, &error))),
        }
    }
    let message = format!("{place}: {}", output::counted(interactions, "interaction"));
    Ok(Some(Finding::ok(Check::Lake, message)))
}
