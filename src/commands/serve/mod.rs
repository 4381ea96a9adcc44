//! `callbook serve`: the archive over the Call Log API.

mod limits;

use std::net::SocketAddr;

use anyhow::Context as _;
use callbook_analytics::LakeAnalytics;
use callbook_api::{Plan, PushOptions, ServeOptions};
use callbook_server::{Addresses, Serving};
use callbook_store::{Account, Location, Store};
use clap::Args;
use tokio::net::TcpListener;

use super::{open, shutdown_signal};
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber, Usage};
use crate::output::{note, say};
use crate::{lake, recordings};

const EXAMPLES: &str = "\
Examples:
  callbook serve                                     on http://127.0.0.1:8720
  callbook app create Wallboard --for 101 --env-file wallboard.env
                                                     who may ask, and how to sign in
  callbook serve --listen 0.0.0.0:8720 --url https://calls.example.com
                                                     behind a proxy that has the certificate
  callbook serve --heavy off --log-format json       without rate limits; logs for machines
  callbook serve --database postgres://callbook@db/callbook --account 400123
                                                     one of several accounts

Software written for RingCentral's Call Log API works with the archive once its server URL is this one's. A
`callbook sync` may run beside it, and other `callbook serve` of the same archive. /healthz and /readyz are for
load balancers, /metrics is for Prometheus; a proxy should keep the last to itself.";

/// Serve the archive as RingCentral serves its call log
///
/// Answers until it is told to stop (Ctrl-C, or SIGTERM); what is under way then is answered to its end.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Serve {
    /// Where to listen; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8720")]
    listen: SocketAddr,
    /// Where clients reach it, as in `https://calls.example.com`: what links in answers begin with [default: where
    /// it listens]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The account's id or registered name, where the archive holds several
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Requests of the Heavy group in a window such as 10/60s, or off for no limits at all
    #[arg(long, value_name = "N/WINDOW|off", default_value_t = Plan::DEFAULT)]
    heavy: Plan,
    /// Connections at one time; further ones wait
    #[arg(long, value_name = "N", default_value_t = 4_096)]
    connections: u16,
    /// Webhooks may be on this machine, and there without TLS
    #[arg(long)]
    loopback_webhooks: bool,
    /// How log lines are written
    #[arg(long, value_enum, default_value_t)]
    pub log_format: LogFormat,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people
    #[default]
    Text,
    /// An object a line
    Json,
}

impl Serve {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        let (store, account) = open(&config, self.account.as_deref()).await?;
        limits::raise_open_files();
        let listener = TcpListener::bind(self.listen).await;
        let listener = listener.map_err(|source| CannotListen { address: self.listen, source })?;
        let address = listener.local_addr().context("the port has no address")?;
        let url = match self.url {
            Some(url) => checked(&url)?,
            None => format!("http://{address}"),
        };
        let push = PushOptions {
            loopback_webhooks: self.loopback_webhooks,
            call_log_changes: true,
            ..PushOptions::default()
        };
        let serving = Serving {
            analytics: analytics(&config, &store, &account)?,
            recordings: place(&config, &store)?,
            store,
            account,
            addresses: Addresses { server_url: url.clone(), media_url: url.clone() },
            plan: self.heavy,
            push,
        };
        announce(&url, &serving)?;
        let max_connections = usize::from(self.connections);
        let options = ServeOptions { max_connections, ..ServeOptions::default() };
        serving.run(listener, options, shutdown_signal()).await.context("serving has ended")?;
        Ok(failure::OK)
    }
}

/// The port is not to be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}")]
pub struct CannotListen {
    address: SocketAddr,
    source: std::io::Error,
}

fn announce<N>(url: &str, serving: &Serving<N>) -> anyhow::Result<()> {
    say!("listening on {url}")?;
    let Account { id, .. } = serving.account;
    let limits = match serving.plan {
        Plan::Off => "without rate limits".to_owned(),
        plan => format!("{plan} of the Heavy group"),
    };
    note!("account {id} of {}, {limits}", serving.store.location());
    note!("who may ask: callbook app list");
    Ok(())
}

/// Where recordings are, if somebody has said so or they are where they are by custom.
fn place(config: &Config, store: &Store) -> anyhow::Result<Option<callbook_recordings::Place>> {
    let is_named = config.recordings_store().is_some();
    let is_there = match store.location() {
        Location::Sqlite(path) => path.with_extension("recordings").is_dir(),
        Location::Postgres(_) => false,
    };
    (is_named || is_there).then(|| recordings::place(config, store)).transpose()
}

/// Figures, if there is a place for the tables that they are counted in.
fn analytics(
    config: &Config,
    store: &Store,
    account: &Account,
) -> anyhow::Result<Option<LakeAnalytics>> {
    let lake = lake::find(config, store, account)?;
    Ok(lake.map(|lake| LakeAnalytics::new(lake, account.id, account.home)))
}

/// An address without a path, and without a slash at its end.
fn checked(text: &str) -> anyhow::Result<String> {
    let url = url::Url::parse(text).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https") && url.path() == "/" && url.query().is_none()
    });
    let message = format!("'{text}' is no address of a server");
    let hint = "such as --url https://calls.example.com";
    let url = url.ok_or(Usage { message, hint })?;
    Ok(url.as_str().trim_end_matches('/').to_owned())
}
