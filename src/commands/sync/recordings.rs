//! Recordings, fetched after calls.

use std::collections::HashSet;
use std::sync::Arc;

use callbook_recordings::Fetched;
use callbook_store::{Registration, Store};
use callbook_sync::{Connect as _, in_full};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use serde_json::json;
use tokio::sync::mpsc;
use tracing::Instrument as _;

use crate::config::Config;
use crate::credentials::ByReference;
use crate::output::{self, note};
use crate::progress::Bar;
use crate::recordings::{Fetcher, sentence};

/// Has recordings of an account fetched from now on, or not, if that is to change.
pub async fn choose(store: &Store, account_id: u64, choice: Option<bool>) -> anyhow::Result<()> {
    let Some(enabled) = choice else { return Ok(()) };
    let accounts = store.accounts().await?;
    if let Some(account) = accounts.iter().find(|account| account.id.0 == account_id) {
        store.enable_recordings(account.key, enabled).await?;
    }
    Ok(())
}

/// Fetches with a progress bar.
pub async fn fetch(fetcher: &Fetcher, account_id: u64) -> anyhow::Result<Option<Fetched>> {
    let bar = Bar::start("recordings");
    let fetched = fetcher.fetch(account_id, |fetched| bar.count(fetched.kept)).await;
    bar.finish();
    fetched
}

/// Fetches and says what came of it. Trouble with recordings stops no sync.
pub async fn fetch_and_tell(
    fetcher: &Fetcher,
    account_id: u64,
    name: Option<&str>,
    as_json: bool,
) -> bool {
    let fetched = match fetcher.fetch(account_id, |_| ()).await {
        Ok(Some(fetched)) if fetched != Fetched::default() => fetched,
        Ok(_) => return true,
        Err(error) => {
            let name = name.map_or_else(String::new, |name| format!("{name}: "));
            note!("warning: {name}recordings: {}", in_full(error.as_ref()));
            return false;
        }
    };
    let text = match (as_json, name) {
        (true, _) => json!({ "name": name, "recordings": fetched }).to_string(),
        (false, Some(name)) => format!("{name}: {}", sentence(&fetched)),
        (false, None) => sentence(&fetched),
    };
    let _ = output::line(&text);
    true
}

/// Registered accounts whose calls were synced, one after the other as they are done.
pub struct Registered {
    pub store: Store,
    pub config: Arc<Config>,
    pub connect: Arc<ByReference>,
    /// Whether they are fetched from now on, if that is to change.
    pub choice: Option<bool>,
    pub as_json: bool,
}

impl Registered {
    /// Fetches the recordings of each account that is named, all accounts at once; ends when no more are named, with how
    /// many failed.
    pub async fn fetch(&self, mut synced: mpsc::UnboundedReceiver<(String, u64)>) -> u32 {
        let (mut fetching, mut busy, mut failed) = (FuturesUnordered::new(), HashSet::new(), 0);
        let mut open = true;
        while open || !fetching.is_empty() {
            tokio::select! {
                next = synced.recv(), if open => match next {
                    Some((name, account_id)) => {
                        if busy.insert(name.clone()) {
                            fetching.push(self.one(name, account_id));
                        }
                    }
                    None => open = false,
                },
                Some((name, went_well)) = fetching.next() => {
                    busy.remove(&name);
                    failed += u32::from(!went_well);
                }
            }
        }
        failed
    }

    async fn one(&self, name: String, account_id: u64) -> (String, bool) {
        let chosen = choose(&self.store, account_id, self.choice).await;
        let fetcher = match chosen {
            Ok(()) => self.fetcher(&name).await,
            Err(error) => Err(error),
        };
        let went_well = match fetcher {
            Ok(Some(fetcher)) => {
                let span = tracing::error_span!("account", %name);
                fetch_and_tell(&fetcher, account_id, Some(&name), self.as_json)
                    .instrument(span)
                    .await
            }
            Ok(None) => true,
            Err(error) => {
                note!("warning: {name}: recordings: {}", in_full(error.as_ref()));
                false
            }
        };
        (name, went_well)
    }

    async fn fetcher(&self, name: &str) -> anyhow::Result<Option<Fetcher>> {
        let registrations = self.store.registrations().await?;
        let found = registrations.into_iter().find(|each: &Registration| each.name == name);
        let Some(registration) = found else { return Ok(None) };
        let connect = Arc::clone(&self.connect);
        // It may run a command that prints the credentials.
        let connection = tokio::task::spawn_blocking(move || connect.connect(&registration)).await;
        let connection = match connection {
            Ok(connection) => connection.map_err(anyhow::Error::from_boxed)?,
            Err(join) => std::panic::resume_unwind(join.into_panic()),
        };
        Ok(Some(Fetcher::new(&self.store, &self.config, connection)))
    }
}
