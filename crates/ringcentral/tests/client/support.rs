//! A server, and a client of it.

use std::time::Duration;

use callbook_ringcentral::{Client, Connection, Credential, Retry, parse_server_url};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

pub const TOKEN: &str = "/restapi/oauth/token";
pub const ACCOUNT: &str = "/restapi/v1.0/account/~";
pub const EXTENSIONS: &str = "/restapi/v1.0/account/~/extension";
pub const CALL_LOG: &str = "/restapi/v1.0/account/~/call-log";

/// What must never be shown.
pub const SECRET: &str = "CANARY";

/// A server that signs in everybody.
pub async fn signing_in() -> MockServer {
    let server = MockServer::start().await;
    let token = json!({ "access_token": format!("{SECRET}-token"), "expires_in": 3600 });
    answer(&server, "POST", TOKEN, ok(&token)).await;
    server
}

pub async fn answer(server: &MockServer, verb: &str, at: &str, answer: ResponseTemplate) {
    Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(server).await;
}

pub fn ok(body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

pub fn client(server_url: &str) -> Client {
    let connection = Connection {
        server_url: parse_server_url(server_url).unwrap(),
        client_id: "an-app".to_owned(),
        client_secret: Some(format!("{SECRET}-secret").into()),
        credential: Credential::Jwt(format!("{SECRET}-jwt").into()),
    };
    let wait = Duration::from_millis(1);
    Client::new(connection, Retry { first: wait, longest: wait, times: 1 }).unwrap()
}

/// How many requests for this path have come.
pub async fn requests(server: &MockServer, at: &str) -> usize {
    let requests = server.received_requests().await.unwrap();
    requests.iter().filter(|request| request.url.path() == at).count()
}
