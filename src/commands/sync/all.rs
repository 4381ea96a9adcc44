//! `callbook sync --all`: every registered account.

use std::sync::Arc;
use std::time::Instant;

use callbook_store::Store;
use callbook_sync::{Turn, follow_all, in_full, sync_all};
use serde_json::json;
use tokio::sync::mpsc;

use super::recordings::Registered;
use super::sentence;
use crate::alerts;
use crate::config::Config;
use crate::credentials::ByReference;
use crate::deliveries;
use crate::failure::{self, ExitCodeNumber};
use crate::output::{self, note};

pub async fn run(
    store: &Store,
    config: Config,
    recordings: Option<bool>,
    follow: bool,
    json: bool,
) -> anyhow::Result<ExitCodeNumber> {
    let (config, store) = (Arc::new(config), store.clone());
    let (settings, delivering) = (Arc::clone(&config), store.clone());
    let connect = Arc::new(ByReference { logins: config.logins()? });
    let registered = Registered {
        store: store.clone(),
        config: Arc::clone(&config),
        connect: Arc::clone(&connect),
        choice: recordings,
        as_json: json,
    };
    let (synced, of_recordings) = mpsc::unbounded_channel();
    let recordings = registered.fetch(of_recordings);
    let calls = async move {
        let mut failed = 0;
        let mut report = |turn: &Turn| {
            failed += u32::from(turn.outcome.as_ref().is_err_and(|error| !error.is_locked()));
            let line = if json { as_json(turn) } else { in_words(turn) };
            // Who reads it may have gone; the archive is kept current all the same.
            let _ = output::line(&line);
            if let Ok(summary) = &turn.outcome {
                let _ = synced.send((turn.name.clone(), summary.account_id));
            }
        };
        if follow {
            note!("asking what is new in each account by its schedule; stop with Ctrl-C");
            let mut looked: Option<Instant> = None;
            let tick = async || {
                if looked.is_none_or(|looked| looked.elapsed() >= alerts::EVERY) {
                    looked = Some(Instant::now());
                    alerts::check(&store, config.alerts()).await;
                }
            };
            follow_all(&store, &connect, report, tick).await?;
        } else {
            sync_all(&store, &connect, &mut report).await?;
            alerts::check(&store, config.alerts()).await;
        }
        anyhow::Ok(failed)
    };
    let both = async { tokio::join!(calls, recordings) };
    let (failed, without_recordings) = tokio::select! {
        ended = both => ended,
        () = deliveries::watch(&delivering, &settings), if follow => return Ok(failure::OK),
    };
    let failed = failed? + without_recordings;
    Ok(if failed > 0 { failure::PARTLY } else { failure::OK })
}

fn in_words(turn: &Turn) -> String {
    match &turn.outcome {
        Ok(summary) => format!("{}: {}", turn.name, sentence(summary)),
        Err(error) => format!("{}: {}", turn.name, in_full(error)),
    }
}

fn as_json(turn: &Turn) -> String {
    let (summary, error) = match &turn.outcome {
        Ok(summary) => (Some(summary), None),
        Err(error) => (None, Some(in_full(error))),
    };
    json!({ "name": turn.name, "started": turn.started, "summary": summary, "error": error })
        .to_string()
}
