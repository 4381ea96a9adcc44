//! Where an account is and how to sign in to it.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::login::Keep;

/// A server, an app and how a person signs in to it. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Such as `https://platform.ringcentral.com`; partner brands have their own.
    pub server_url: Url,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret; public apps have none.
    pub client_secret: Option<SecretString>,
    /// How the app signs in.
    pub credential: Credential,
}

/// How an app signs in for a person. `Debug` shows no secret.
#[derive(Debug, Clone)]
pub enum Credential {
    /// With a JWT credential: each client by itself, and its tokens are in memory alone.
    Jwt(SecretString),
    /// With tokens that are kept somewhere, and renewed there.
    Stored(Arc<dyn Keep>),
}

impl Connection {
    /// Tells this sign-in from others, without the secrets, before its user is known.
    pub(crate) fn credential_key(&self) -> String {
        match &self.credential {
            Credential::Jwt(jwt) => {
                let digest = Sha256::digest(jwt.expose_secret());
                let digest: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
                self.key(&format!("credential {digest}"))
            }
            Credential::Stored(keep) => self.key(&format!("login {}", keep.name())),
        }
    }

    /// Tells the user, by extension id, of this app from others.
    pub(crate) fn user_key(&self, owner_id: &str) -> String {
        self.key(&format!("user {owner_id}"))
    }

    fn key(&self, who: &str) -> String {
        let server = self.server_url.as_str().trim_end_matches('/');
        format!("budgets {server} {} {who}", self.client_id)
    }

    /// The page on which users sign in and let an app act for them.
    pub fn authorization_url(&self) -> Url {
        self.endpoint("/restapi/oauth/authorize")
    }

    /// The URL of a path on the server; partner brands may put the API below a path of their own.
    pub(crate) fn endpoint(&self, path: &str) -> Url {
        endpoint(&self.server_url, path)
    }
}

/// The URL of a path on a server.
pub(crate) fn endpoint(server_url: &Url, path: &str) -> Url {
    let mut url = server_url.clone();
    url.set_path(&format!("{}{path}", server_url.path().trim_end_matches('/')));
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// A server URL that cannot be one.
///
/// None repeats a part that could be secret: a user, a password, a query.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// Not a URL at all.
    #[error("'{text}' is no URL")]
    NotAUrl {
        /// What was given, up to its query.
        text: String,
        /// What is wrong with it.
        source: url::ParseError,
    },
    /// Neither `http` nor `https`; scheme and host.
    #[error("'{0}' begins with neither https:// nor http://")]
    NotHttp(String),
    /// The secret would cross a network unencrypted; scheme and host.
    #[error("'{0}' is plain http; only a server on this machine may be reached so")]
    PlainHttp(String),
    /// `https://user:password@host`: a server URL is shown and stored, so it must not have secrets.
    #[error("the server URL has a user or a password in it")]
    Credentials,
}

/// Reads a server URL; only loopback may be plain `http`, since secrets travel to it.
///
/// # Errors
/// When the text is no URL, not HTTP, plain HTTP to another machine, or has a user in it.
pub fn parse_server_url(text: &str) -> Result<Url, ConnectionError> {
    let url = Url::parse(text).map_err(|source| no_url(text, source))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ConnectionError::Credentials);
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(ConnectionError::PlainHttp(scheme_and_host(&url))),
        _ => Err(ConnectionError::NotHttp(scheme_and_host(&url))),
    }
}

/// Whether the URL's host is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn no_url(text: &str, source: url::ParseError) -> ConnectionError {
    // Nothing tells where a password ends in what is no URL.
    if text.contains('@') {
        return ConnectionError::Credentials;
    }
    let text = text.split(['?', '#']).next().unwrap_or_default().to_owned();
    ConnectionError::NotAUrl { text, source }
}

fn scheme_and_host(url: &Url) -> String {
    match url.host_str() {
        Some(host) => format!("{}://{host}", url.scheme()),
        None => format!("{}:", url.scheme()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_that_may_be_reached() {
        for text in [
            "https://platform.ringcentral.com",
            "https://example.com:8443/ringcentral/?a=b",
            "http://localhost:8080",
            "http://127.0.0.2",
            "http://[::1]:8080",
        ] {
            assert!(parse_server_url(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_user_or_a_password_is_refused() {
        for text in [
            "https://ann:PASSWORD@example.com",
            "https://ann@example.com",
            "https://:PASSWORD@example.com",
            "http://ann:PASSWORD@127.0.0.1",
            "ftp://ann:PASSWORD@example.com",
            "https://ann:PASSWORD@example.com:99999",
            "ann@PASSWORD",
        ] {
            let error = parse_server_url(text).unwrap_err();
            assert!(matches!(error, ConnectionError::Credentials), "{text}: {error:?}");
            assert!(!format!("{error:?} {error}").contains("PASSWORD"));
        }
    }

    #[test]
    fn what_is_refused_is_named_without_its_query() {
        for (text, shown) in [
            ("http://example.com:81/a/b?token=SECRET#SECRET", "'http://example.com' is plain"),
            ("ftp://example.com/a?token=SECRET", "'ftp://example.com' begins"),
            ("mailto:SECRET?token=SECRET", "'mailto:' begins"),
            ("https://example.com:99999/?token=SECRET", "'https://example.com:99999/' is no URL"),
        ] {
            let error = parse_server_url(text).unwrap_err();
            assert!(error.to_string().starts_with(shown), "{error}");
            assert!(!format!("{error:?}").contains("SECRET"), "{error:?}");
        }
    }
}
