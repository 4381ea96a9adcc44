//! Whether a server can be reached, and if not, at which step that fails.

use std::io;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use jiff::Timestamp;
use reqwest::Response;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use url::Url;

use crate::connection::{endpoint, is_loopback};
use crate::{clock, transport};

/// Nobody waits longer for a step.
const PATIENCE: Duration = Duration::from_secs(20);

/// Variables that lead requests through a proxy.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// A server that answers as RingCentral's do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// How much the server's clock is ahead of ours, to a second; `None` if it tells no time.
    pub ahead: Option<jiff::SignedDuration>,
    /// The way there may lead through a proxy.
    pub proxy: bool,
}

/// The step that failed.
#[derive(Debug, thiserror::Error)]
pub enum Unreached {
    /// DNS.
    #[error("the name {host} cannot be found")]
    Name {
        /// The server's.
        host: String,
        /// What the system said.
        source: io::Error,
    },
    /// TCP.
    #[error("nobody answers at {host}, port {port}")]
    Port {
        /// The server's.
        host: String,
        /// The server's.
        port: u16,
        /// What the system said.
        source: io::Error,
    },
    /// TLS, or the proxy.
    #[error("no secure connection to {host} could be made")]
    Connection {
        /// The server's.
        host: String,
        /// What TLS or the proxy said.
        source: reqwest::Error,
    },
    /// HTTP.
    #[error("{host} gives no answer")]
    Answer {
        /// The server's.
        host: String,
        /// What the network said.
        source: reqwest::Error,
    },
    /// Something else answered.
    #[error("what answers at {host} is not RingCentral's API")]
    Stranger {
        /// The server's.
        host: String,
    },
}

/// Asks a server for something that needs a sign-in, without one: DNS, TCP, TLS and HTTP are tried, and
/// nothing secret is sent.
///
/// # Errors
/// The step that failed.
pub async fn reach(server_url: &Url) -> Result<Reached, Unreached> {
    let host = server_url.host_str().unwrap_or_default().to_owned();
    let proxy = !is_loopback(server_url)
        && PROXIES.iter().any(|name| std::env::var_os(name).is_some_and(|url| !url.is_empty()));
    if !proxy {
        connect(server_url, &host).await?;
    }
    let failed = |source: reqwest::Error| {
        let (host, source) = (host.clone(), source.without_url());
        match source.is_connect() {
            true => Unreached::Connection { host, source },
            false => Unreached::Answer { host, source },
        }
    };
    let http = transport::client(server_url).map_err(|error| match error {
        crate::Error::Unreachable { source, .. } => failed(source),
        _ => Unreached::Stranger { host: host.clone() },
    })?;
    let asked = Timestamp::now();
    let account = http.get(endpoint(server_url, "/restapi/v1.0/account/~")).timeout(PATIENCE);
    let answer = account.send().await.map_err(failed)?;
    if !speaks_the_api(&answer) {
        return Err(Unreached::Stranger { host });
    }
    let half = Timestamp::now().duration_since(asked) / 2;
    let ahead = clock::date(answer.headers()).map(|date| date.duration_since(asked) - half);
    Ok(Reached { ahead, proxy })
}

async fn connect(server_url: &Url, host: &str) -> Result<(), Unreached> {
    let port = server_url.port_or_known_default().unwrap_or(443);
    // An IPv6 address has brackets in a URL, and none here.
    let name = host.trim_start_matches('[').trim_end_matches(']');
    let addresses: Vec<_> = within(lookup_host((name, port)))
        .await
        .map_err(|source| Unreached::Name { host: host.to_owned(), source })?
        .collect();
    let connected = within(TcpStream::connect(addresses.as_slice())).await;
    let unreached = |source| Unreached::Port { host: host.to_owned(), port, source };
    connected.map(drop).map_err(unreached)
}

async fn within<T>(step: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(PATIENCE, step).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// It refuses what comes without a sign-in, in JSON; it may also fail.
fn speaks_the_api(answer: &Response) -> bool {
    let media = answer.headers().get(CONTENT_TYPE).and_then(|media| media.to_str().ok());
    media.is_some_and(|media| media.contains("json")) || answer.status().is_server_error()
}
