//! Where notifications may be sent to: out into the Internet, with TLS.
//!
//! A name is looked at again whenever it is looked up ([`callbook_network`]), so here it may be any.

use callbook_network::is_public;
use url::{Host, Url};

/// The longest address.
const MAX_ADDRESS_BYTES: usize = 2_048;

/// Reads an address; `None` where nothing may be sent to it. `loopback`: this machine is allowed.
pub(in crate::push) fn check_address(text: &str, loopback: bool) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= MAX_ADDRESS_BYTES)?;
    let (public, local) = match url.host()? {
        Host::Ipv4(address) => (is_public(address.into()), address.is_loopback()),
        Host::Ipv6(address) => (is_public(address.into()), address.is_loopback()),
        Host::Domain(name) => (name != "localhost", name == "localhost"),
    };
    let local = loopback && local;
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && local);
    let bare = url.username().is_empty() && url.password().is_none();
    (scheme && bare && (public || local)).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Allowed nowhere.
    const REFUSED: &[&str] = &[
        "",
        "x",
        "//example.com/x",
        "http://example.com/x",
        "ws://example.com/x",
        "ftp://example.com/x",
        "gopher://example.com/x",
        "file:///etc/passwd",
        "data:text/plain,x",
        "https://",
        "https://ann@example.com/",
        "https://ann:secret@example.com/",
        "https://10.0.0.1/",
        "https://0xa.0.0.1/",
        "https://012.0.0.1/",
        "https://167772161/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://0xa9fea9fe/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://0/",
        "https://[::]/",
        "https://[fe80::1]/",
        "https://[fd00:ec2::254]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[2002:a00:1::1]/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "http://[::ffff:127.0.0.1]/",
    ];

    /// Allowed where this machine is.
    const LOCAL: &[&str] = &[
        "http://127.0.0.1:8080/hook",
        "http://127.1/hook",
        "http://2130706433/hook",
        "http://localhost:8080/hook",
        "http://LOCALHOST/hook",
        "http://[::1]:8080/hook",
        "https://localhost/hook",
        "https://127.0.0.1/hook",
    ];

    #[test]
    fn only_the_internet_is_reached_and_only_with_tls() {
        for text in REFUSED {
            assert!(check_address(text, false).is_none(), "{text}");
            assert!(check_address(text, true).is_none(), "{text}");
        }
        for text in LOCAL {
            assert!(check_address(text, false).is_none(), "{text}");
            assert!(check_address(text, true).is_some(), "{text}");
        }
        for text in
            ["https://example.com/hook?key=1", "https://1.1.1.1:8443/", "HTTPS://a.example/"]
        {
            assert!(check_address(text, false).is_some(), "{text}");
        }
        let long = format!("https://example.com/{}", "x".repeat(MAX_ADDRESS_BYTES));
        assert!(check_address(&long, true).is_none());
    }
}
