//! A server on this machine is reached without the proxy that the environment names.

use std::env;
use std::process::Command;

use serde_json::json;

use wiremock::MockServer;

use crate::support::{ACCOUNT, answer, client, ok, requests, signing_in};

/// Tells the other process which server to ask.
const SERVER_URL: &str = "CALLBOOK_TEST_SERVER_URL";

#[tokio::test]
async fn secrets_for_this_machine_go_through_no_proxy() {
    let (server, proxy) = (signing_in().await, MockServer::start().await);
    answer(&server, "GET", ACCOUNT, ok(&json!({ "id": 400 }))).await;
    // The environment is a process's own: another one asks.
    let mut other = Command::new(env::current_exe().unwrap());
    other.args(["--exact", "proxy::asks_the_server_it_is_told", "--ignored"]);
    other.env(SERVER_URL, server.uri()).env_remove("NO_PROXY").env_remove("no_proxy");
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        other.env(name, proxy.uri());
    }
    let output = other.output().unwrap();
    let proxied = proxy.received_requests().await.unwrap();
    assert!(proxied.is_empty(), "{proxied:?}");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(requests(&server, ACCOUNT).await, 1);
}

#[tokio::test]
#[ignore = "the other process of the test above"]
async fn asks_the_server_it_is_told() {
    // `--include-ignored` runs this on its own: then there is nothing to ask.
    let Ok(server_url) = env::var(SERVER_URL) else { return };
    client(&server_url).account().await.unwrap();
}
