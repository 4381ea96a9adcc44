//! Recordings: is what was kept where it was put?

use callbook_store::{AccountStatus, RecordingQuery, Status, Store};

use super::finding::{Check, Finding};
use crate::config::Config;
use crate::{output, recordings};

/// Looks for one of each account's, if any are kept. Nothing is written: a locked bucket would keep it.
pub(super) async fn kept(
    store: &Store,
    status: &Status,
    config: &Config,
) -> anyhow::Result<Option<Finding>> {
    let (count, bytes) = recordings::kept_of(store, &status.accounts).await?;
    if count == 0 {
        return Ok(None);
    }
    let place = match recordings::place(config, store) {
        Ok(place) => place,
        Err(error) => return Ok(Some(Finding::error(Check::Recordings, &error))),
    };
    let (count, bytes) = (output::counted(count, "recording"), output::bytes(bytes));
    let message = format!("{place}: {count}, {bytes}");
    for AccountStatus { account, .. } in &status.accounts {
        let first = RecordingQuery::Kept(String::new(), 1);
        let first = store.recordings(account.key, first).await?.into_iter().next();
        let Some(object) = first.and_then(|row| row.object) else { continue };
        match place.has(&object).await {
            Ok(true) => {}
            Ok(false) => {
                let message = format!("{message}; {object} is not there");
                let advice = "`callbook recordings verify` says what else is gone; check CALLBOOK_RECORDINGS";
                return Ok(Some(Finding::failed(Check::Recordings, message, advice)));
            }
            Err(error) => return Ok(Some(Finding::error(Check::Recordings, &error.into()))),
        }
    }
    Ok(Some(Finding::ok(Check::Recordings, message)))
}
