//! Where an account is and how to sign in to it.

use secrecy::SecretString;
use url::Url;

/// A server, an app and a person's JWT credential. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Such as `https://platform.ringcentral.com`; partner brands have their own.
    pub server_url: Url,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret; public apps have none.
    pub client_secret: Option<SecretString>,
    /// The JWT credential that the app signs in with.
    pub jwt: SecretString,
}

impl Connection {
    /// The URL of a path on the server; partner brands may put the API below a path of their own.
    pub(crate) fn endpoint(&self, path: &str) -> Url {
        let mut url = self.server_url.clone();
        url.set_path(&format!("{}{path}", self.server_url.path().trim_end_matches('/')));
        url.set_query(None);
        url.set_fragment(None);
        url
    }
}

/// A server URL that cannot be one.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// Not a URL at all.
    #[error("'{text}' is no URL")]
    NotAUrl {
        /// What was given.
        text: String,
        /// What is wrong with it.
        source: url::ParseError,
    },
    /// Neither `http` nor `https`.
    #[error("'{0}' begins with neither https:// nor http://")]
    NotHttp(String),
    /// The secret would cross a network unencrypted.
    #[error("'{0}' is plain http; only a server on this machine may be reached so")]
    PlainHttp(String),
}

/// Reads a server URL; only loopback may be plain `http`, since secrets travel to it.
///
/// # Errors
/// When the text is no URL, not HTTP, or plain HTTP to another machine.
pub fn parse_server_url(text: &str) -> Result<Url, ConnectionError> {
    let url = Url::parse(text)
        .map_err(|source| ConnectionError::NotAUrl { text: text.to_owned(), source })?;
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback => Ok(url),
        "http" => Err(ConnectionError::PlainHttp(text.to_owned())),
        _ => Err(ConnectionError::NotHttp(text.to_owned())),
    }
}
