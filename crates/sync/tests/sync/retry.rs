//! Syncs against a server that fails in every way that may pass, and some that may not.

use std::time::Duration;

use callbook_model::{Scope, Span};
use callbook_ringcentral::{Client, Connection, Error as Upstream, Retry, parse_server_url};
use callbook_store::{CallFilter, Open, Store};
use callbook_sync::{Error, Options, Summary, sync};
use jiff::Timestamp;
use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const CALL_LOG: &str = "/restapi/v1.0/account/~/call-log";

/// Token, account and extensions; the call log is each test's own.
async fn upstream() -> MockServer {
    let server = MockServer::start().await;
    let answers = [
        ("POST", "/restapi/oauth/token", token()),
        ("GET", "/restapi/v1.0/account/~", json!({ "id": 400 })),
        ("GET", "/restapi/v1.0/account/~/extension", json!({ "records": [] })),
    ];
    for (verb, place, body) in answers {
        Mock::given(method(verb))
            .and(path(place))
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
            .mount(&server)
            .await;
    }
    server
}

fn token() -> Value {
    json!({ "access_token": "secret", "token_type": "bearer", "expires_in": 3600 })
}

fn page(records: &[Value]) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({ "records": records }))
}

fn call(id: &str) -> Value {
    json!({ "id": id, "startTime": "2024-01-01T00:00:00.000Z", "type": "Voice" })
}

async fn answer(server: &MockServer, times: u64, answer: ResponseTemplate) {
    let mock = Mock::given(method("GET")).and(path(CALL_LOG)).respond_with(answer);
    mock.up_to_n_times(times).mount(server).await;
}

/// Syncs into a new archive and says what came of it, and which ids are there.
async fn run(server: &MockServer) -> (Result<Summary, Error>, Vec<String>) {
    let folder = TempDir::new().unwrap();
    let location = folder.path().join("a.db").display().to_string().parse().unwrap();
    let store = Store::open(&location, Open::OrCreate).await.unwrap();
    let connection = Connection {
        server_url: parse_server_url(&server.uri()).unwrap(),
        client_id: "id".into(),
        client_secret: None,
        jwt: "jwt".to_owned().into(),
    };
    let wait = Duration::from_millis(1);
    let retry = Retry { first: wait, longest: wait, times: 3 };
    let client = Client::new(connection, retry).unwrap();
    let result = sync(&client, &store, &server.uri(), Options::default(), |_| {}).await;
    let Some(account) = store.accounts().await.unwrap().pop() else { return (result, vec![]) };
    let span = Span { from: Timestamp::MIN, to: Timestamp::MAX };
    let filter = CallFilter::new(Scope::Account, span);
    let rows = store.calls(account.key, filter, None, 100).await.unwrap();
    (result, rows.into_iter().map(|row| row.id).collect())
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    let whole = serde_json::to_string(&json!({ "records": [call("a")] })).unwrap();
    let cut_short =
        ResponseTemplate::new(200).set_body_raw(&whole[..whole.len() / 2], "application/json");
    for failure in [ResponseTemplate::new(503), ResponseTemplate::new(500), cut_short] {
        let server = upstream().await;
        answer(&server, 2, failure).await;
        answer(&server, 9, page(&[call("a")])).await;
        let (result, ids) = run(&server).await;
        assert_eq!(result.unwrap().requests, 6);
        assert_eq!(ids, ["a"]);
    }
}

#[tokio::test]
async fn what_does_not_pass_ends_the_run() {
    let server = upstream().await;
    answer(&server, 9, ResponseTemplate::new(503)).await;
    let (result, _) = run(&server).await;
    let error = result.unwrap_err();
    assert!(
        matches!(error, Error::Upstream(Upstream::Unavailable { attempts: 4, .. })),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_refusal_says_when_to_come_back() {
    let server = upstream().await;
    let refusal = ResponseTemplate::new(429).insert_header("retry-after", "1");
    answer(&server, 1, refusal).await;
    answer(&server, 9, page(&[call("a")])).await;
    let (result, ids) = run(&server).await;
    let summary = result.unwrap();
    assert_eq!((summary.refused, ids.len()), (1, 1));
    assert!(summary.throttled_ms >= 1000, "{summary:?}");
}

#[tokio::test]
async fn a_token_that_is_no_longer_taken_is_replaced_once() {
    let server = upstream().await;
    let body = json!({ "errorCode": "TokenExpired", "message": "Token is expired",
        "errors": [{ "errorCode": "OAU-128", "message": "Token is expired" }] });
    answer(&server, 1, ResponseTemplate::new(401).set_body_json(&body)).await;
    answer(&server, 9, page(&[call("a")])).await;
    assert_eq!(run(&server).await.1, ["a"]);

    let server = upstream().await;
    answer(&server, 9, ResponseTemplate::new(401).set_body_json(&body)).await;
    let error = run(&server).await.0.unwrap_err();
    assert!(matches!(error, Error::Upstream(Upstream::Forbidden { .. })), "{error:?}");
}

#[tokio::test]
async fn what_is_not_the_api_is_named() {
    let html = ResponseTemplate::new(200).set_body_raw("<html>Sign in</html>", "text/html");
    let redirect = ResponseTemplate::new(302).insert_header("location", "http://127.0.0.1:1/");
    for other in [html, redirect, ResponseTemplate::new(204)] {
        let server = upstream().await;
        answer(&server, 9, other).await;
        let error = run(&server).await.0.unwrap_err();
        assert!(matches!(error, Error::Upstream(Upstream::NotTheApi { .. })), "{error:?}");
    }
    let server = upstream().await;
    answer(&server, 9, ResponseTemplate::new(200).set_body_json(json!({ "hello": 1 }))).await;
    let error = run(&server).await.0.unwrap_err();
    assert!(matches!(error, Error::Upstream(Upstream::Malformed { .. })), "{error:?}");
}

#[tokio::test]
async fn a_page_that_never_ends_is_left() {
    // A server that always claims another page, and repeats the same records.
    let server = upstream().await;
    let body = json!({ "records": [], "navigation": { "nextPage": { "uri": "http://a" } } });
    answer(&server, 9, ResponseTemplate::new(200).set_body_json(body)).await;
    assert_eq!(run(&server).await.0.unwrap().requests, 4);
}

#[tokio::test]
async fn records_that_cannot_be_read_cost_no_other() {
    let server = upstream().await;
    let records = [call("a"), json!({ "id": "b" }), json!([1, 2]), json!(7), call("c")];
    answer(&server, 9, page(&records)).await;
    let (result, mut ids) = run(&server).await;
    let summary = result.unwrap();
    ids.sort();
    assert_eq!((summary.committed.inserted, summary.committed.quarantined), (2, 3));
    assert_eq!(ids, ["a", "c"]);
}
