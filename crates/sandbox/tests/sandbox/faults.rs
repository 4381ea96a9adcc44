//! Faults, as a client meets them.

use std::time::Duration;

use callbook_sandbox::{FaultSpec, Options, bind};
use reqwest::header::RETRY_AFTER;
use reqwest::{Method, Response, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::server::{Server, options};

const PATH: &str = "/account/~/call-log?perPage=20&dateFrom=2024-01-01T00:00:00Z";

/// A sandbox that does this to every call log, and the token of its administrator.
async fn with(fault: &str) -> (Server, String) {
    with_plan(fault, "off").await
}

async fn with_plan(fault: &str, plan: &str) -> (Server, String) {
    let faults = vec![format!("{fault}@/call-log").parse::<FaultSpec>().unwrap()];
    let options = Options { faults, plan: plan.parse().unwrap(), ..options() };
    let server = Server::run(bind(options).await.unwrap());
    let token = server.admin_token().await;
    (server, token)
}

async fn answer(fault: &str) -> Response {
    let (server, token) = with(fault).await;
    server.get(PATH, &token).send().await.unwrap()
}

/// Status and error code.
async fn refusal(fault: &str) -> (u16, String) {
    let answer = answer(fault).await;
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["errors"][0]["errorCode"], body["errorCode"]);
    (status, body["errorCode"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn refusals_are_as_the_api_words_them() {
    assert_eq!(refusal("500=1").await, (500, "CMN-203".to_owned()));
    assert_eq!(refusal("503=1").await, (503, "CMN-201".to_owned()));
    assert_eq!(refusal("429=1").await, (429, "CMN-301".to_owned()));
    assert_eq!(refusal("token-expired=1").await, (401, "OAU-128".to_owned()));
}

#[tokio::test]
async fn a_429_says_how_long_to_wait_or_does_not() {
    let (server, token) = with_plan("429=1:7s", "10/60s").await;
    let answer = server.get(PATH, &token).send().await.unwrap();
    assert_eq!(answer.headers()[RETRY_AFTER], "7");
    assert_eq!(answer.headers()["x-rate-limit-group"], "heavy");
    assert_eq!(answer.headers()["x-rate-limit-limit"], "10");
    assert_eq!(answer.headers()["x-rate-limit-remaining"], "0");

    let (server, token) = with("429-missing=1").await;
    let answer = server.get(PATH, &token).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(!answer.headers().contains_key(RETRY_AFTER));

    let (server, token) = with("429-absurd=1").await;
    for _ in 0..20 {
        let answer = server.get(PATH, &token).send().await.unwrap();
        let seconds = answer.headers()[RETRY_AFTER].to_str().unwrap().parse::<u64>();
        assert!(!seconds.is_ok_and(|seconds| seconds < 1_000_000));
    }
}

#[tokio::test]
async fn a_reset_has_no_answer_and_only_its_own_path_suffers() {
    let (server, token) = with("reset=1").await;
    for _ in 0..3 {
        let error = server.get(PATH, &token).send().await.unwrap_err();
        assert!(error.is_request(), "{error:?}");
    }
    assert_eq!(server.get_json("/account/~", &token).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_body_is_cut_short_with_and_without_its_length() {
    let (server, token) = with("truncate=1").await;
    let mut announced = [false; 2];
    for _ in 0..20 {
        let answer = server.get(PATH, &token).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        announced[usize::from(answer.content_length().is_some())] = true;
        assert!(answer.bytes().await.is_err());
    }
    assert_eq!(announced, [true; 2]);
}

#[tokio::test]
async fn slow_is_right_and_a_hang_is_over_at_some_time() {
    let answer = answer("slow=1:10ms").await;
    let page: Value = answer.json().await.unwrap();
    assert_eq!(page["records"].as_array().unwrap().len(), 20);

    let (server, token) = with("hang=1:300s").await;
    let asked = server.get(PATH, &token).timeout(Duration::from_millis(50)).send().await;
    assert!(asked.unwrap_err().is_timeout());
    let (server, token) = with("hang=1:10ms").await;
    let error = server.get(PATH, &token).send().await.unwrap_err();
    assert!(error.is_request(), "{error:?}");
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_a_hang() {
    let faults = vec!["hang=1:300s@/call-log".parse().unwrap()];
    let sandbox = bind(Options { faults, ..options() }).await.unwrap();
    let faults = sandbox.faults().clone();
    let url = format!("{}/restapi/v1.0{PATH}", sandbox.server_url());
    let asking = tokio::spawn(reqwest::get(url));
    let until_asked = async {
        while faults.given().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    // Ends well within the ten seconds that a shutdown waits for answers, or it would say so.
    sandbox.run(until_asked).await.unwrap();
    assert!(asking.await.unwrap().unwrap_err().is_request());
}

#[tokio::test]
async fn faults_come_to_order() {
    let server = Server::start().await;
    let token = server.admin_token().await;
    let url = format!("{}/sandbox/v1/fault", server.url);
    let secret = server.credentials.client_secret.expose_secret();
    let control = |method| {
        let request = server.http.request(method, &url);
        request.basic_auth(&server.credentials.client_id, Some(secret))
    };
    let order = json!({ "kind": "503", "count": 2, "path": "/call-log" });
    let ordered = control(Method::POST).json(&order).send().await.unwrap();
    assert_eq!(ordered.status(), StatusCode::NO_CONTENT);
    assert_eq!(server.get_json("/account/~", &token).await.0, StatusCode::OK);
    for status in [StatusCode::SERVICE_UNAVAILABLE, StatusCode::SERVICE_UNAVAILABLE, StatusCode::OK]
    {
        assert_eq!(server.get_json(PATH, &token).await.0, status);
    }
    let given: Value = control(Method::GET).send().await.unwrap().json().await.unwrap();
    assert_eq!(given, json!({ "given": { "503": 2 } }));

    control(Method::POST).json(&order).send().await.unwrap();
    control(Method::DELETE).send().await.unwrap();
    assert_eq!(server.get_json(PATH, &token).await.0, StatusCode::OK);

    let wrong = json!({ "kind": "404" });
    let refused = control(Method::POST).json(&wrong).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let body: Value = refused.json().await.unwrap();
    assert!(body["message"].as_str().unwrap().starts_with("there is no fault `404`"));
}
