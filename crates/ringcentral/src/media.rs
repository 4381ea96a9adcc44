//! Which hosts the token may go to, to fetch recordings.
//!
//! A record says where its recording is (`contentUri`). That is text from a server, so it is never
//! requested: at most it chooses among the hosts that are allowed, and the rest of the URL is ours.

use std::collections::HashSet;
use std::str::FromStr;
use std::sync::Arc;

use callbook_network::{Lookup, PublicResolver, is_public};
use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

use crate::connection::is_loopback;
use crate::{Connection, Error};

/// A host that the token may go to, besides the server's: `media.example.com`, with a port if it is
/// not HTTPS's own; `http://localhost:PORT` where the server is on this machine, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaHost(Url);

/// A text that is no host, or none that secrets may go to. It is repeated: it comes from settings.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' is no host for recordings: write media.example.com, or media.example.com:8443")]
pub struct MediaHostError(String);

impl FromStr for MediaHost {
    type Err = MediaHostError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || MediaHostError(text.to_owned());
        let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let url = Url::parse(&whole).map_err(|_| error())?;
        let bare = url.username().is_empty() && url.password().is_none() && url.path() == "/";
        let bare = bare && url.query().is_none() && url.fragment().is_none();
        let scheme = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        let public = match url.host() {
            Some(url::Host::Ipv4(address)) => is_public(address.into()),
            Some(url::Host::Ipv6(address)) => is_public(address.into()),
            // A pattern would match nothing.
            Some(url::Host::Domain(name)) => !name.contains('*'),
            None => false,
        };
        let allowed = bare && scheme && (public || is_loopback(&url));
        if allowed { Ok(Self(url)) } else { Err(error()) }
    }
}

/// The way to recordings.
#[derive(Debug)]
pub(crate) struct Media {
    pub(crate) http: reqwest::Client,
    /// Origins besides the server's own; the first is where recordings are unless a record says otherwise.
    allowed: Vec<Url>,
}

impl Media {
    pub(crate) fn new(connection: &Connection, hosts: Vec<MediaHost>) -> Result<Self, Error> {
        Self::looking_up(connection, hosts, Lookup::System)
    }

    fn looking_up(
        connection: &Connection,
        hosts: Vec<MediaHost>,
        lookup: Lookup,
    ) -> Result<Self, Error> {
        let server = &connection.server_url;
        let local = is_loopback(server);
        let hosts = hosts.into_iter().map(|host| host.0).filter(|host| local || !is_loopback(host));
        let allowed: Vec<Url> = usual(server).into_iter().chain(hosts).collect();
        let trusted = trusted(server, &allowed);
        let resolver = Arc::new(PublicResolver { trusted, loopback: false, lookup });
        let http = crate::transport::builder(server)
            // Lengths and ranges count bytes as they are kept.
            .no_gzip()
            .dns_resolver(resolver)
            .build()
            .map_err(|source| Error::unreachable(server.as_str(), source))?;
        Ok(Self { http, allowed })
    }

    /// The URL of a path, on the host that a record names if that is an allowed one.
    pub(crate) fn url(&self, connection: &Connection, path: &str, named: Option<&str>) -> Url {
        let named = named.and_then(|named| Url::parse(named).ok());
        // What has no host of its own may have the origin of another URL inside it (`blob:`).
        let bare =
            |url: &Url| url.has_host() && url.username().is_empty() && url.password().is_none();
        let named = named.filter(bare);
        let is_named = |host: &Url| named.as_ref().is_some_and(|url| url.origin() == host.origin());
        let host = match self.allowed.iter().find(|host| is_named(host)) {
            Some(host) => Some(host),
            None if is_named(&connection.server_url) => None,
            None => self.allowed.first().filter(|host| !is_loopback(host)),
        };
        match host {
            Some(host) => {
                let mut url = host.clone();
                url.set_path(path);
                url
            }
            None => connection.endpoint(path),
        }
    }
}

/// Names that may lead anywhere: the server's, this machine's own, and that of a proxy. A proxy is often in the private
/// network, and looks the other names up by itself; TLS still holds whatever it connects to to the host that was meant.
fn trusted(server: &Url, allowed: &[Url]) -> HashSet<String> {
    let proxies = Matcher::from_system();
    let proxy =
        |url: &Url| Some(proxies.intercept(&url.as_str().parse().ok()?)?.uri().host()?.to_owned());
    let chosen = allowed.iter().filter(|host| is_loopback(host)).chain([server]);
    let chosen = chosen.filter_map(|url| url.host_str().map(str::to_owned));
    chosen.chain(allowed.iter().chain([server]).filter_map(proxy)).collect()
}

/// RingCentral's and its partner brands' media hosts are named after the API's: `media.` for `platform.`.
fn usual(server: &Url) -> Option<Url> {
    let rest = server.host_str()?.strip_prefix("platform.")?;
    if server.scheme() != "https" || server.port().is_some() || !rest.contains('.') {
        return None;
    }
    Url::parse(&format!("https://media.{rest}")).ok()
}

#[cfg(test)]
mod tests;
