//! Addresses of contents that a record, or what the server knows of a recording, says.

use callbook_ringcentral::Priority;
use serde_json::json;

use super::{asked_for_content, audio, fetch, id};
use crate::stage::{Asked, Stage, http};

/// They name the media host, in one spelling or another: it is asked, for our own path.
const MEDIA: &[&str] = &[
    "http://{M}/x",
    "HTTP://LOCALHOST:{m}/x",
    " \u{1}http://{M}/x\t ",
    "ht\ntp://local\thost:{m}\r\n/x",
    "http:\\\\{M}\\x",
    "http:{M}/x",
    "http:////{M}/x",
    "http://%6cocalhost:{m}/x",
    "http://ｌocalhost:{m}/x",
    "http://ⓛocalhost:{m}/x",
    "http://local\u{ad}host:{m}/x",
    "http://@{M}/x",
    "http://localhost:0000{m}/x",
    "http://{M}/../../oauth/revoke",
    "http://{M}/%2e%2e/%2e%2e/oauth/revoke?access_token=1",
    "http://{M}/x?access_token=CANARY-token&url=http://{E}/",
    "http://{M}#@{E}/",
    "http://{M}?@{E}/",
    "http://{M}\\@{E}/",
    "http://{M}/\r\nHost: {E}",
];

/// They name the server, or nobody who may be asked: the server is asked.
const OTHERS: &[&str] = &[
    "http://{S}/x",
    "http://2130706433:{s}/x",
    "http://0x7f000001:{s}/x",
    "http://0177.0.0.1:{s}/x",
    "http://127.1:{s}/x",
    "http://127。0。0。1:{s}/x",
    // Attackers, plainly.
    "http://{E}/x",
    "http://{E2}/x",
    "http://127.0.0.2:{m}/x",
    "http://[::1]:{s}/x",
    "http://[::1]:{e}/x",
    "http://localhost:{e}/x",
    "http://evil.example/x",
    // The allowed host as user, password, path, query, fragment, or part of a name.
    "http://{M}@{E}/x",
    "http://{S}@{E}/x",
    "http://localhost:{m}@127.0.0.1:{e}/x",
    "http://ann:{m}@{M}/x",
    "http://ann@{S}/x",
    "http://{E}/http://{M}/x",
    "http://{E}?{M}",
    "http://{E}#{M}",
    "http://{E}\\@{M}/x",
    "http://localhost.evil.example:{m}/x",
    "http://media.ringcentral.com.evil.example/x",
    "https://evil-media.ringcentral.com/x",
    "http://evil.localhost:{m}/x",
    "http://xlocalhost:{m}/x",
    "http://localhost.:{m}/x",
    // The allowed host, but another port or scheme.
    "http://localhost/x",
    "http://localhost:80/x",
    "https://{M}/x",
    "https://{S}/x",
    "ws://{M}/x",
    "ftp://{M}/x",
    "gopher://{M}/x",
    // The media host's address is not its name.
    "http://127.0.0.1:{m}/x",
    "http://127.1:{m}/x",
    // Look-alikes.
    "http://lоcalhost:{m}/x",
    "http://ⅼocalhоst:{m}/x",
    "http://xn--lcalhost-w4h:{m}/x",
    // Odd forms of addresses.
    "http://2130706433:{e}/x",
    "http://0x7f000001:{e}/x",
    "http://0x7f.0.0.1:{e}/x",
    "http://017700000001:{e}/x",
    "http://127.1:{e}/x",
    "http://127.0.1:{e}/x",
    "http://0:{e}/x",
    "http://0.0.0.0:{e}/x",
    "http://[::]:{e}/x",
    "http://[::ffff:127.0.0.1]:{e}/x",
    "http://[::ffff:7f00:1]:{s}/x",
    "http://[64:ff9b::7f00:1]:{e}/x",
    "http://[::1%25lo]:{e}/x",
    "http://[fe80::1%25eth0]:{e}/x",
    "http://127.0.0.1%2eevil.example:{e}/x",
    "http://%31%32%37.0.0.1:{e}/x",
    "http://169.254.169.254/latest/meta-data/",
    // Not even such.
    "",
    " ",
    "x",
    "/restapi/oauth/revoke",
    "//{E}/x",
    "//{M}/x",
    "\\\\{E}\\x",
    "///{E}/x",
    "http://",
    "http:///",
    "http://:{e}/x",
    "http://{M}:{e}/x",
    "http://localhost:99999/x",
    "http://localhost:-1/x",
    "http://loc alhost:{m}/x",
    "http://localhost\0:{m}/x",
    "http://localhost%00:{m}/x",
    "http://localhost%0d%0aX-Injected: 1:{m}/x",
    "file:///etc/passwd",
    "file://{M}/etc/passwd",
    "data:audio/mpeg;base64,AAAA",
    "javascript:fetch('http://{E}')",
    "blob:http://{M}/x",
    "view-source:http://{M}/x",
    "jar:http://{M}/x!/y",
    "about:blank",
    "\u{feff}http://{M}/x",
    "{\"url\":\"http://{E}\"}",
];

#[tokio::test]
async fn whatever_a_record_says_the_right_host_is_asked_for_our_own_path() {
    let stage = Stage::set();
    stage.answering(&audio());
    let long = format!("http://{{E}}/{}", "x".repeat(1 << 20));
    let long_host = format!("http://{}:{{m}}/x", "localhost.".repeat(10_000));
    let others = OTHERS.iter().copied().chain([&*long, &*long_host]);
    let media = MEDIA.iter().map(|text| (*text, Asked::Media));
    for (text, who) in media.chain(others.map(|text| (text, Asked::Server))) {
        let vector: String = text.chars().take(80).collect();
        fetch(&stage, Some(&stage.fill(text)), None).await.unwrap();
        assert_eq!(asked_for_content(&stage, &vector), who, "{vector:?}");
    }
    fetch(&stage, None, None).await.unwrap();
    assert_eq!(asked_for_content(&stage, "nothing"), Asked::Server);
}

#[tokio::test]
async fn what_the_server_says_of_a_recording_is_trusted_no_more() {
    let stage = Stage::set();
    for text in OTHERS.iter().chain(MEDIA) {
        let info = json!({ "id": "../..", "contentUri": stage.fill(text), "contentType": text });
        stage.answering(&http("200 OK", "content-type: application/json", &info.to_string()));
        let info = stage.client.recording(&id(), Priority::High).await.unwrap();
        let asked = stage.asked(text);
        let path = "GET /restapi/v1.0/account/~/recording/7 HTTP/1.1\r\n";
        assert!(asked.len() == 1 && asked[0].1.starts_with(path), "{text:?}: {asked:?}");
        assert_eq!(asked[0].0, Asked::Server, "{text:?}");
        stage.answering(&audio());
        fetch(&stage, info.content_uri.as_deref(), None).await.unwrap();
        let who = if MEDIA.contains(text) { Asked::Media } else { Asked::Server };
        assert_eq!(asked_for_content(&stage, text), who, "{text:?}");
    }
}
