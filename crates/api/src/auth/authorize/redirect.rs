//! Where a browser may be sent.

use axum::http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use url::{Host, Url};

/// Whether an app was registered with this redirect URI. A loopback address is good with any port: a
/// program on the user's machine takes whichever is free (RFC 8252, section 7.3).
pub(super) fn is_registered(registered: &[String], given: &str) -> bool {
    let without_port = loopback_without_port(given);
    registered.iter().any(|uri| {
        uri == given || (without_port.is_some() && loopback_without_port(uri) == without_port)
    })
}

fn loopback_without_port(uri: &str) -> Option<Url> {
    let mut url = Url::parse(uri).ok().filter(|url| url.scheme() == "http")?;
    let loopback = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    url.set_port(None).ok()?;
    (loopback && plain).then_some(url)
}

/// Sends the browser to an address, which may hold a code and is therefore for nobody else.
pub(super) fn redirect(to: &Url) -> Response {
    // A `Url` is printable ASCII.
    let Ok(location) = HeaderValue::try_from(to.as_str()) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let headers = [
        (LOCATION, location),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (StatusCode::FOUND, headers).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_port_of_a_loopback_address_is_free() {
        let registered = ["http://127.0.0.1/callback", "https://example.com/back"];
        let registered = registered.map(str::to_owned);
        for good in [
            "http://127.0.0.1/callback",
            "http://127.0.0.1:8717/callback",
            "https://example.com/back",
        ] {
            assert!(is_registered(&registered, good), "{good}");
        }
        for bad in [
            "http://127.0.0.1:8717/other",
            "http://127.0.0.1:8717/callback?a=b",
            "http://127.0.0.1:8717/callback#a",
            "http://user@127.0.0.1:8717/callback",
            "https://127.0.0.1:8717/callback",
            "http://localhost:8717/callback",
            "http://[::1]:8717/callback",
            "http://127.0.0.1.example.com/callback",
            "https://example.com:444/back",
            "https://example.com/back/",
            "javascript:alert(1)",
            "",
        ] {
            assert!(!is_registered(&registered, bad), "{bad}");
        }
    }
}
