//! `callbook sync`: download what is not in the archive yet.

mod all;
mod recordings;

use std::sync::Arc;

use callbook_recordings::Fetched;
use callbook_ringcentral::{Client, Connection, Retry};
use callbook_store::{Location, Open, Store};
use callbook_sync::{ArchivedBudgets, Options, Summary};
use clap::Args;
use jiff::tz::TimeZone;
use serde::Serialize;
use tokio::sync::mpsc;

use super::print_json;
use crate::alerts;
use crate::config::{Config, Sources};
use crate::deliveries;
use crate::failure::{self, ExitCodeNumber};
use crate::output::{self, note, say};
use crate::progress::Bar;
use crate::recordings::Fetcher;
use crate::time;
use crate::trouble::noted;

const EXAMPLES: &str = "\
Examples:
  callbook sync                                  everything that is not there yet
  callbook sync --follow                         and go on, until it is stopped
  callbook sync --recordings                     recordings as well, from now on
  callbook sync --all --follow                   every account of `callbook account list`
  callbook sync --all --recordings               and their recordings, from now on
  callbook sync --since 2024-01-01 --json        from a day on, again; the summary as JSON
  callbook sync --env-file sandbox.env           from a sandbox
  callbook sync --database /srv/calls.db         into this file

RC_SERVER_URL, RC_APP_CLIENT_ID, RC_APP_CLIENT_SECRET and RC_USER_JWT, or callbook.toml, say where
to sign in. Interrupt it whenever you like: it goes on where it stopped.";

/// Download the account's call log into the archive
///
/// Lists every call newest first, with its legs, a thousand a request, as fast as the account's rate
/// limit allows. Later runs ask for what was added, changed or deleted since, and list days again
/// that are 1, 7 and 30 days old. A user who may not read the company's call log gets their own.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Sync {
    /// Calls from this day on (UTC), even those that are there [default: all that are not]
    #[arg(long, value_name = "DATE", conflicts_with = "all")]
    since: Option<String>,
    /// Every registered account, fairly
    #[arg(long)]
    all: bool,
    /// Go on until stopped: ask what is new every 15 minutes, or by each account's schedule
    #[arg(long)]
    follow: bool,
    /// Fetch recordings as well, now and at every later sync
    #[arg(long, conflicts_with = "no_recordings")]
    recordings: bool,
    /// Fetch no more recordings from now on; those that are here stay
    #[arg(long)]
    no_recordings: bool,
    /// Print the summary as JSON; a line each where there are several
    #[arg(long)]
    json: bool,
    /// Records a request
    #[arg(long, value_name = "N", hide = true, default_value_t = 1000,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    per_page: u32,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

impl Sync {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        let location = config.location()?;
        if self.all {
            let store = Store::open(&location, Open::Existing).await?;
            if self.recordings {
                crate::recordings::place(&config, &store)?;
            }
            return all::run(&store, config, self.choice(), self.follow, self.json).await;
        }
        let since = self.since.as_deref().map(|text| time::beginning(text, &TimeZone::UTC));
        let since = since.transpose()?;
        let connection = config.connection()?;
        sign_in_first(&location, &connection).await?;
        let store = Store::open(&location, Open::OrCreate).await?;
        let options = Options { since, per_page: self.per_page, ..Options::default() };
        if self.recordings {
            // Better said now than after all calls.
            crate::recordings::place(&config, &store)?;
        }
        let config = Arc::new(config);
        let fetcher = Fetcher::of_settings(&store, &config, connection.clone())?;
        if self.follow {
            return tokio::select! {
                ended = self.follow(connection, &store, options, fetcher) => {
                    noted(&store, ended).await
                }
                () = alerts::watch(&store, config.alerts()) => Ok(failure::OK),
                () = deliveries::watch(&store, &config) => Ok(failure::OK),
            };
        }
        let client = signed_in(connection.clone(), &store)?;
        let summary = download(&client, &connection, &store, options).await;
        let summary = noted(&store, summary).await?;
        if !self.json {
            say!("{}", sentence(&summary))?;
        }
        recordings::choose(&store, summary.account_id, self.choice()).await?;
        let fetched = recordings::fetch(&fetcher, summary.account_id).await?;
        if self.json {
            return print_json(&Done { calls: &summary, recordings: fetched.as_ref() });
        }
        if let Some(fetched) = fetched {
            say!("{}", crate::recordings::sentence(&fetched))?;
        }
        let accounts = store.accounts().await?.len();
        if accounts > 1 {
            note!("this archive holds {accounts} accounts: `callbook status` lists them");
        }
        Ok(failure::OK)
    }

    async fn follow(
        &self,
        connection: Connection,
        store: &Store,
        options: Options,
        fetcher: Fetcher,
    ) -> anyhow::Result<ExitCodeNumber> {
        let minutes = callbook_sync::PAUSE.as_mins();
        note!("asking what is new every {minutes} minutes; stop with Ctrl-C");
        let client = signed_in(connection.clone(), store)?;
        let server_url = server_url(&connection);
        let json = self.json;
        let (passed, passes) = mpsc::channel(1);
        let report = |summary: &Summary| {
            let text = if json { serde_json::to_string(summary) } else { Ok(sentence(summary)) };
            // Who reads it may have gone; the archive is kept current all the same.
            let _ = text.map(|text| output::line(&text));
            // Where recordings are still being fetched, they are looked for again afterwards.
            let _ = passed.try_send(summary.account_id);
        };
        tokio::select! {
            ended = callbook_sync::follow(&client, store, &server_url, options, report) => ended?,
            ended = self.follow_recordings(store, &fetcher, passes) => ended?,
        }
        Ok(failure::OK)
    }

    /// Fetches recordings after each pass over the calls.
    async fn follow_recordings(
        &self,
        store: &Store,
        fetcher: &Fetcher,
        mut passes: mpsc::Receiver<u64>,
    ) -> anyhow::Result<()> {
        while let Some(account_id) = passes.recv().await {
            recordings::choose(store, account_id, self.choice()).await?;
            recordings::fetch_and_tell(fetcher, account_id, None, self.json).await;
        }
        Ok(())
    }

    /// Whether recordings are fetched from now on, if that is to change.
    fn choice(&self) -> Option<bool> {
        (self.recordings || self.no_recordings).then_some(self.recordings)
    }
}

/// Signs in where there is no archive yet: a refused sign-in should not leave an empty one.
async fn sign_in_first(location: &Location, connection: &Connection) -> anyhow::Result<()> {
    if let Location::Sqlite(path) = location
        && !path.exists()
    {
        let client = Client::new(connection.clone(), Retry::default())?;
        // Whatever else goes wrong, the sync itself tries again.
        if let Err(error) = client.scopes().await
            && error.is_login_refused()
        {
            return Err(error.into());
        }
    }
    Ok(())
}

/// What a sync did, for programs.
#[derive(Serialize)]
struct Done<'a> {
    #[serde(flatten)]
    calls: &'a Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    recordings: Option<&'a Fetched>,
}

/// A client that keeps to the rate budget together with everybody who works on this archive.
pub fn signed_in(connection: Connection, store: &Store) -> anyhow::Result<Client> {
    Ok(Client::sharing(connection, Retry::default(), Some(ArchivedBudgets::of(store)))?)
}

fn server_url(connection: &Connection) -> String {
    connection.server_url.as_str().trim_end_matches('/').to_owned()
}

/// Syncs with a progress bar.
pub async fn download(
    client: &Client,
    connection: &Connection,
    store: &Store,
    options: Options,
) -> anyhow::Result<Summary> {
    let server_url = server_url(connection);
    let bar = Bar::start("syncing");
    let summary =
        callbook_sync::sync(client, store, &server_url, options, |progress| bar.show(&progress))
            .await;
    bar.finish();
    Ok(summary?)
}

/// What a sync did, in words.
pub fn sentence(summary: &Summary) -> String {
    let committed = &summary.committed;
    let seconds = summary.elapsed_ms.max(1) as f64 / 1000.0;
    let mut text = format!(
        "{} records in {} requests, {seconds:.1} s ({} a second): {} new, {} changed, {} deleted",
        output::grouped(summary.records),
        output::grouped(summary.requests),
        output::grouped((summary.records as f64 / seconds) as u64),
        output::grouped(committed.inserted),
        output::grouped(committed.updated),
        output::grouped(committed.deleted),
    );
    if summary.purged > 0 {
        text += &format!(
            ", {} erased: kept for as long as they are to be",
            output::grouped(summary.purged)
        );
    }
    if committed.quarantined > 0 {
        text += &format!(", {} unreadable, kept in quarantine", committed.quarantined);
    }
    if summary.throttled_ms >= 1000 {
        text += &format!("; {} s spent waiting for the rate limit", summary.throttled_ms / 1000);
    }
    text
}
