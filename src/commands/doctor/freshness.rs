//! Whether the archive is kept current, and somebody learns of it when it is not.

use callbook_alert::Kind;
use callbook_store::{Status, Store};
use jiff::Timestamp;

use super::finding::{Check, Finding};
use crate::{alerts, time};

/// What alerts would tell of accounts; else when each was last synced.
pub(super) async fn current(
    store: &Store,
    status: &Status,
    settings: &alerts::Settings,
) -> anyhow::Result<Vec<Finding>> {
    let conditions = alerts::look(store, settings).await?;
    let stale = conditions.into_iter().filter_map(|each| match each.kind {
        Kind::Stale => {
            let advice = "run `callbook sync`, or leave `callbook sync --follow` running";
            Some(Finding::warning(Check::Freshness, each.message, advice))
        }
        Kind::LoginRefused => {
            let advice = "`callbook doctor --all` tries it again";
            Some(Finding::failed(Check::SignIn, each.message, advice))
        }
        Kind::DiskLow | Kind::Threshold | Kind::Test => None,
    });
    let found: Vec<_> = stale.collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let oldest = status.accounts.iter().map(|account| account.last_success_ms).min();
    let message = match oldest {
        None => "nothing synced yet: run `callbook sync`".to_owned(),
        Some(None) => "the first sync has not come to its end: run `callbook sync`".to_owned(),
        Some(Some(ms)) => {
            let age_ms = Timestamp::now().as_millisecond() - ms;
            format!("synced {} ago", time::age(age_ms))
        }
    };
    Ok(vec![Finding::ok(Check::Freshness, message)])
}

/// Whether anybody is told.
pub(super) fn told(settings: &alerts::Settings) -> Finding {
    let names: Vec<_> = settings.channels().iter().map(|channel| channel.name()).collect();
    match names.is_empty() {
        true => Finding::warning(
            Check::Alerts,
            "nobody is told when syncs fail or the disk fills up",
            "give [alerts] a webhook or an e-mail address: `callbook alerts --help`",
        ),
        false => {
            let told = format!(
                "told by {} while `sync --follow` runs, and by `alerts check`",
                names.join(" and ")
            );
            Finding::ok(Check::Alerts, told)
        }
    }
}
