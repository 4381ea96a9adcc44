//! Syncs against a server that fails in every way that may pass, and some that may not.

use callbook_ringcentral::Error as Upstream;
use callbook_sync::{Error, Options, Summary};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Place, answer, call, list, page, upstream};

/// Syncs into a new archive and says what came of it, and which ids are there.
async fn run(server: &MockServer) -> (Result<Summary, Error>, Vec<String>) {
    let place = Place::new(server).await;
    let result = place.sync(Options::default()).await;
    (result, place.ids().await)
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
        // Token, account, extensions, the two feeds that are not there, the first try, its two repetitions; then the
        // rest of the directory, most of which is not there.
        assert_eq!(result.unwrap().requests, 8 + 5);
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
async fn a_first_sign_in_that_fails_is_tried_again() {
    let server = upstream().await;
    let sign_in = Mock::given(method("POST")).respond_with(ResponseTemplate::new(503));
    sign_in.up_to_n_times(2).with_priority(1).mount(&server).await;
    answer(&server, 9, page(&[call("a")])).await;
    assert_eq!(run(&server).await.1, ["a"]);
}

#[tokio::test]
async fn feeds_that_always_fail_hold_no_list_up() {
    let server = upstream().await;
    for feed in ["call-log-extract-sync", "call-log-sync"] {
        let place = path(format!("/restapi/v1.0/account/~/{feed}"));
        let failure = ResponseTemplate::new(503);
        Mock::given(place).respond_with(failure).mount(&server).await;
    }
    let calls = list(&server, vec![call("a")]).await;
    let place = Place::new(&server).await;
    place.sync(Options::default()).await.unwrap();
    let mut new = call("b");
    // It shows up late.
    let start = Timestamp::now() - SignedDuration::from_hours(1);
    new["startTime"] = json!(start.to_string());
    calls.set(vec![call("a"), new]);
    place.sync(Options::default()).await.unwrap();
    assert_eq!(place.ids().await, ["a", "b"]);
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
    assert!(matches!(error, Error::Upstream(Upstream::LoginRefused { .. })), "{error:?}");
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
    assert_eq!(run(&server).await.0.unwrap().requests, 6 + 5);
}

#[tokio::test]
async fn records_that_cannot_be_read_cost_no_other() {
    let server = upstream().await;
    let records = [call("a"), json!({ "id": "b" }), json!([1, 2]), json!(7), call("c")];
    answer(&server, 9, page(&records)).await;
    let (result, ids) = run(&server).await;
    let summary = result.unwrap();
    assert_eq!((summary.committed.inserted, summary.committed.quarantined), (2, 3));
    assert_eq!(ids, ["a", "c"]);
}
