//! Which URL a text leads to, and which addresses a name.

use std::collections::VecDeque;
use std::error::Error as _;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{IpAddr, TcpListener};
use std::process::Command;
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::*;
use crate::{Client, Priority, Retry, parse_server_url};

const SECRET: &str = "CANARY";
const PATH: &str = "/restapi/v1.0/account/~/recording/7/content";
const SERVER: &str = "https://platform.ringcentral.com";

fn connection(server_url: &str) -> Connection {
    Connection {
        server_url: parse_server_url(server_url).unwrap(),
        client_id: "an-app".to_owned(),
        client_secret: None,
        credential: crate::Credential::Jwt(format!("{SECRET}-jwt").into()),
    }
}

fn hosts(texts: &[&str]) -> Vec<MediaHost> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

/// The URL that is asked where a record says `named`.
fn url(server_url: &str, allowed: &[&str], named: &str) -> String {
    let connection = connection(server_url);
    let media = Media::new(&connection, hosts(allowed)).unwrap();
    let url = media.url(&connection, PATH, Some(named)).to_string();
    url.strip_suffix(PATH).unwrap_or_else(|| panic!("{named}: {url}")).to_owned()
}

#[test]
fn hosts_that_can_be_allowed() {
    for text in [
        "media.example.com",
        "media.example.com:8443",
        "https://media.example.com",
        "https://media.example.com/",
        "1.1.1.1",
        "[2606:4700::1111]",
        "localhost:8080",
        "http://localhost:8080",
        "http://127.0.0.1:8080",
        "http://[::1]:8080",
    ] {
        assert!(text.parse::<MediaHost>().is_ok(), "{text}");
    }
    for text in [
        "",
        " ",
        "http://media.example.com",
        "ftp://media.example.com",
        "file:///etc/passwd",
        "media.example.com/path",
        "media.example.com?query",
        "media.example.com#fragment",
        "ann@media.example.com",
        "ann:password@media.example.com",
        "media.example.com:99999",
        "10.0.0.1",
        "http://10.0.0.1",
        "169.254.169.254",
        "0xa9fea9fe",
        "0.0.0.0",
        "[fe80::1]",
        "[::ffff:10.0.0.1]",
        "*.example.com",
        "a b",
    ] {
        let error = text.parse::<MediaHost>().unwrap_err();
        assert!(error.to_string().contains("media.example.com:8443"), "{text}");
    }
}

#[test]
fn a_record_chooses_among_the_allowed_hosts() {
    let media = "https://media.ringcentral.com";
    for (named, chosen) in [
        ("https://media.ringcentral.com/restapi/x", media),
        ("HTTPS://MEDIA.RINGCENTRAL.COM:443/x?access_token=1#f", media),
        ("https:\\\\media.ringcentral.com\\x", media),
        ("https://eu.example.com:8443/x", "https://eu.example.com:8443"),
        ("https://platform.ringcentral.com/x", SERVER),
        ("https://platform.ringcentral.com:443/../..", SERVER),
        // Whatever else it says, the first of them is asked.
        ("https://eu.example.com/x", media),
        ("https://eu.example.com:8444/x", media),
        ("http://eu.example.com:8443/x", media),
        ("http://media.ringcentral.com/x", media),
        ("https://media.ringcentral.com.evil.example/x", media),
        ("https://media.ringcentral.com./x", media),
        ("https://evil-media.ringcentral.com/x", media),
        ("https://media.ringcentral.com@evil.example/x", media),
        ("https://ann@platform.ringcentral.com/x", media),
        ("https://media.ringcentrаl.com/x", media),
        ("//platform.ringcentral.com/x", media),
        ("/x", media),
        ("data:,https://platform.ringcentral.com", media),
        ("blob:https://platform.ringcentral.com/x", media),
        ("", media),
    ] {
        assert_eq!(url(SERVER, &["eu.example.com:8443"], named), chosen, "{named}");
    }
}

#[test]
fn only_a_server_on_this_machine_has_others_beside_it() {
    let local = ["http://localhost:81", "http://127.0.0.1:82", "localhost"];
    for named in ["http://localhost:81/x", "http://127.0.0.1:82/x", "https://localhost/x"] {
        assert_eq!(url(SERVER, &local, named), "https://media.ringcentral.com", "{named}");
    }
    assert_eq!(url("http://127.0.0.1:80", &local, "http://localhost:81/x"), "http://localhost:81");
    assert_eq!(url("http://127.0.0.1:80", &local, "http://localhost:83/x"), "http://127.0.0.1");
}

#[test]
fn the_usual_media_host_is_named_after_the_servers() {
    for (server, media) in [
        (SERVER, Some("https://media.ringcentral.com/")),
        ("https://platform.ringcentral.biz", Some("https://media.ringcentral.biz/")),
        (
            "https://platform.devtest.ringcentral.com",
            Some("https://media.devtest.ringcentral.com/"),
        ),
        ("https://platform.com", None),
        ("https://platform.ringcentral.com:8443", None),
        ("https://example.com", None),
        ("https://platform.", None),
        ("http://localhost", None),
    ] {
        let usual = usual(&parse_server_url(server).unwrap());
        assert_eq!(usual.as_ref().map(Url::as_str), media, "{server}");
    }
}

#[test]
fn a_server_below_a_path_keeps_it() {
    let below = "https://example.com:8443/ringcentral";
    assert_eq!(url(below, &[], "https://evil.example/x"), below);
    assert_eq!(url(below, &[], "https://example.com:8443/x"), below);
    let elsewhere = url(below, &["media.example.com"], "https://evil.example/x");
    assert_eq!(elsewhere, "https://media.example.com");
}

/// Pieces that URLs, and what tries to pass for them, are made of.
fn named() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "https://",
            "http://",
            "HTTPS:",
            "//",
            "\\\\",
            "/",
            "@",
            ":",
            "#",
            "?",
            "%2f",
            "%40",
            "..",
            ".",
            "\t",
            "\r\n",
            "\0",
            "[::1]",
            "127.1",
            "0x7f000001",
            "media.ringcentral.com",
            "platform.ringcentral.com",
            "eu.example.com:8443",
            "evil.example",
            "。",
            "ⓜedia",
            ":443",
            ":81",
        ])
        .prop_map(str::to_owned),
        ".{0,6}",
    ];
    prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// Whatever a record says, an allowed host is asked for our own path.
    #[test]
    fn nobody_else_is_ever_asked(named in prop_oneof![named(), ".*"]) {
        let chosen = url(SERVER, &["eu.example.com:8443"], &named);
        let allowed = ["https://media.ringcentral.com", "https://eu.example.com:8443", SERVER];
        prop_assert!(allowed.contains(&chosen.as_str()), "{named:?}: {chosen}");
    }
}

fn answers(lists: &[&[&str]]) -> Lookup {
    let list = |texts: &&[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
    let lists: VecDeque<Vec<IpAddr>> = lists.iter().map(list).collect();
    Lookup::Fixed(Arc::new(Mutex::new(lists)))
}

/// A port of this machine that notes who calls, whatever the address.
struct Port(Vec<TcpListener>);

impl Port {
    fn open() -> Self {
        let first = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = first.local_addr().unwrap().port();
        // Some machines have no IPv6.
        let listeners: Vec<_> =
            [Some(first), TcpListener::bind(("::1", port)).ok()].into_iter().flatten().collect();
        listeners.iter().for_each(|listener| listener.set_nonblocking(true).unwrap());
        Self(listeners)
    }

    fn host(&self) -> String {
        format!("media.example.com:{}", self.0[0].local_addr().unwrap().port())
    }

    fn was_called(&self) -> bool {
        self.0.iter().any(|listener| match listener.accept() {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                false
            }
        })
    }
}

/// A client that has signed in, and may fetch recordings from a host whose name is looked up so.
async fn client(server: &MockServer, host: &str, lookup: Lookup) -> Client {
    let token = json!({ "access_token": format!("{SECRET}-token"), "expires_in": 3600 });
    let signed_in = ResponseTemplate::new(200).set_body_json(token);
    Mock::given(method("POST")).respond_with(signed_in).mount(server).await;
    let connection = connection(&server.uri());
    let retry = Retry { first: Duration::ZERO, longest: Duration::ZERO, times: 1 };
    let mut client = Client::new(connection.clone(), retry).unwrap();
    client.media = Media::looking_up(&connection, hosts(&[host]), lookup).unwrap();
    client
}

/// Everything that an error says of its causes.
fn causes(error: &Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[tokio::test]
async fn a_name_that_leads_into_the_private_network_is_not_connected_to() {
    for list in [
        &["127.0.0.1"] as &[&str],
        &["127.0.0.2"],
        &["10.1.2.3"],
        &["172.16.0.1"],
        &["192.168.1.1"],
        &["169.254.169.254"],
        &["100.64.0.1"],
        &["0.0.0.0"],
        &["::"],
        &["::1"],
        &["fe80::1"],
        &["fc00::1"],
        &["::ffff:127.0.0.1"],
        &["::127.0.0.1"],
        &["64:ff9b::7f00:1"],
        &["2002:7f00:1::"],
        &["127.0.0.1", "::1", "10.0.0.1"],
    ] {
        let (server, port) = (MockServer::start().await, Port::open());
        let client = client(&server, &port.host(), answers(&[list])).await;
        let named = format!("https://{}/x", port.host());
        let id = "7".parse().unwrap();
        let error = client.recording_content(&id, Some(&named), None, Priority::Low).await;
        let error = error.unwrap_err();
        assert!(causes(&error).contains("addresses are private"), "{list:?}: {}", causes(&error));
        assert!(!port.was_called(), "{list:?}");
        let requests = server.received_requests().await.unwrap();
        assert!(requests.iter().all(|request| request.method == "POST"), "{list:?}");
        assert!(!format!("{error:?}{error}").contains(SECRET), "{error:?}");
    }
}

/// What a test of a network must be able to notice: here the name is the server's own.
#[tokio::test]
async fn the_servers_name_may_lead_anywhere() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = format!("https://media.example.com:{}", listener.local_addr().unwrap().port());
    let connection = connection(&server);
    let media = Media::looking_up(&connection, Vec::new(), answers(&[&["127.0.0.1"]])).unwrap();
    let (send, called) = mpsc::channel();
    std::thread::spawn(move || send.send(listener.accept().is_ok()));
    media.http.get(media.url(&connection, PATH, None)).send().await.unwrap_err();
    assert_eq!(called.try_recv(), Ok(true));
}

/// Takes one request and refuses it; its head goes to the receiver first.
fn refusing_proxy() -> (String, mpsc::Receiver<String>) {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://localhost:{}", proxy.local_addr().unwrap().port());
    let (send, heads) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = proxy.accept().unwrap();
        let (mut head, mut piece) = (Vec::new(), [0; 4096]);
        while !head.ends_with(b"\r\n\r\n") {
            let length = stream.read(&mut piece).unwrap();
            assert!(length > 0, "the request ends too early");
            head.extend_from_slice(&piece[..length]);
        }
        send.send(String::from_utf8(head).unwrap()).unwrap();
        stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n").unwrap();
    });
    (url, heads)
}

/// Tells the other process that it is one.
const ASKING: &str = "CALLBOOK_TEST_ASKING";

#[test]
fn a_proxy_may_be_in_the_private_network_and_sees_no_token() {
    let (url, heads) = refusing_proxy();
    // The environment is a process's own: another one asks.
    let mut other = Command::new(std::env::current_exe().unwrap());
    other.args(["--exact", "media::tests::asks_through_a_proxy", "--ignored"]);
    for name in ["NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "https_proxy"] {
        other.env_remove(name);
    }
    let output = other.env("HTTPS_PROXY", url).env(ASKING, "1").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let head = heads.try_recv().unwrap();
    assert!(head.starts_with("CONNECT media.ringcentral.com:443 HTTP/1.1\r\n"), "{head}");
    assert!(!head.contains(SECRET), "{head}");
}

#[tokio::test]
#[ignore = "the other process of the test above"]
async fn asks_through_a_proxy() {
    // `--include-ignored` runs this on its own: then there is nobody to ask.
    if std::env::var_os(ASKING).is_none() {
        return;
    }
    let connection = connection(SERVER);
    let media = Media::new(&connection, Vec::new()).unwrap();
    let url = media.url(&connection, PATH, Some("https://evil.example/x"));
    media.http.get(url).bearer_auth(SECRET).send().await.unwrap_err();
}
