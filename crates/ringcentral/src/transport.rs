//! How requests get out.

use std::time::Duration;

use url::Url;

use crate::Error;
use crate::connection::is_loopback;

/// A server that sends nothing for so long is given up.
const READ_TIMEOUT: Duration = Duration::from_secs(120);

/// What sends requests to this server.
pub(crate) fn client(server_url: &Url) -> Result<reqwest::Client, Error> {
    let http = builder(server_url).build();
    http.map_err(|source| Error::unreachable(server_url.as_str(), source))
}

/// What requests with secrets have in common.
pub(crate) fn builder(server_url: &Url) -> reqwest::ClientBuilder {
    let http = reqwest::Client::builder()
        .user_agent(concat!("callbook/", env!("CARGO_PKG_VERSION")))
        // A redirect would carry the token to a host that nobody named.
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(20))
        .read_timeout(READ_TIMEOUT)
        .tcp_nodelay(true);
    // Plain http is fine on this machine; through a proxy it would carry the secrets off it.
    if is_loopback(server_url) { http.no_proxy() } else { http }
}
