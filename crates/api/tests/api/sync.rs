//! Synchronisation and active calls: parameters, tokens, limits, the server's own date.

use callbook_api::{Plan, View};
use reqwest::StatusCode;
use serde_json::Value;

use crate::company::{NOW, USER};
use crate::server::{Server, error_code, text};

const ACCOUNT_SYNC: &str = "/account/~/call-log-sync";
const OWN_SYNC: &str = "/account/~/extension/~/call-log-sync";
const EXTRACT: &str = "/account/~/call-log-extract-sync";

fn sync_token(answer: &Value) -> String {
    text(&answer["syncInfo"]["syncToken"])
}

async fn refused(server: &Server, path: &str, token: &str) -> (StatusCode, String, String) {
    let (status, body) = server.get_json(path, token).await;
    let name = body["errors"][0]["parameterName"].as_str().unwrap_or_default();
    (status, error_code(&body).to_owned(), name.to_owned())
}

#[tokio::test]
async fn parameters_that_have_to_be_there_and_limits() {
    let server = Server::start(Plan::Off).await;
    let token = server.user_token().await;
    for (path, code, parameter) in [
        (ACCOUNT_SYNC.to_owned(), "CMN-101", "recordCount"),
        (format!("{ACCOUNT_SYNC}?recordCount=251"), "CMN-101", "recordCount"),
        (format!("{ACCOUNT_SYNC}?recordCount=0"), "CMN-101", "recordCount"),
        (format!("{ACCOUNT_SYNC}?syncType=Sync&recordCount=1"), "CMN-101", "syncType"),
        (format!("{ACCOUNT_SYNC}?syncType=ISync"), "CMN-101", "syncToken"),
        (format!("{ACCOUNT_SYNC}?syncType=ISync&syncToken=x"), "CLG-101", "syncToken"),
        (format!("{EXTRACT}?recordCount=1001"), "CMN-101", "recordCount"),
        (format!("{EXTRACT}?syncType=ISync&syncToken=AAAA"), "CLG-101", "syncToken"),
    ] {
        let expected = (StatusCode::BAD_REQUEST, code.to_owned(), parameter.to_owned());
        assert_eq!(refused(&server, &path, &token).await, expected, "{path}");
    }
}

#[tokio::test]
async fn a_token_is_good_for_its_own_operation_and_log_alone() {
    let server = Server::start(Plan::Off).await;
    let token = server.user_token().await;
    let (status, full) = server.get_json(&format!("{ACCOUNT_SYNC}?recordCount=2"), &token).await;
    assert_eq!(status, StatusCode::OK, "{full}");
    assert_eq!(full["syncInfo"]["syncType"], "FSync");
    assert_eq!(full["syncInfo"]["syncTime"], "2024-02-01T12:00:00.000Z");
    assert_eq!(full["records"].as_array().unwrap().len(), 2);
    let issued = sync_token(&full);
    for path in [OWN_SYNC, EXTRACT] {
        let path = format!("{path}?syncType=ISync&syncToken={issued}");
        assert_eq!(refused(&server, &path, &token).await.1, "CLG-102", "{path}");
    }
    let own = format!("/account/~/extension/{USER}/call-log-sync?syncType=FSync&recordCount=2");
    let own = sync_token(&server.get_json(&own, &token).await.1);
    assert_ne!(own, issued);
    let path = format!("{OWN_SYNC}?syncType=ISync&syncToken={own}");
    assert_eq!(server.get_json(&path, &token).await.0, StatusCode::OK);
    // The server says when it was issued; a clock before that is one that began anew.
    server.ports.clock.advance_s(-60);
    assert_eq!(refused(&server, &path, &token).await.1, "CLG-103");
}

#[tokio::test]
async fn the_view_of_the_token_counts() {
    let server = Server::start(Plan::Off).await;
    let token = server.user_token().await;
    let path = format!("{ACCOUNT_SYNC}?recordCount=2&view=Detailed");
    let issued = sync_token(&server.get_json(&path, &token).await.1);
    let path = format!("{ACCOUNT_SYNC}?syncType=ISync&view=Simple&syncToken={issued}");
    let (status, answer) = server.get_json(&path, &token).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let query = server.ports.changes.lock().unwrap().clone().unwrap();
    assert_eq!(query.view, View::Detailed);
    assert!(!query.filter.show_deleted);
    server.get_json(&format!("{path}&showDeleted=true"), &token).await;
    assert!(server.ports.changes.lock().unwrap().clone().unwrap().filter.show_deleted);
}

#[tokio::test]
async fn more_than_250_changes_and_the_token_is_refused() {
    let server = Server::start(Plan::Off).await;
    let token = server.user_token().await;
    server.ports.clock.advance_s(-240);
    let issued = server.get_json(&format!("{ACCOUNT_SYNC}?recordCount=2"), &token).await;
    server.ports.clock.advance_s(240);
    let path = format!("{ACCOUNT_SYNC}?syncType=ISync&syncToken={}", sync_token(&issued.1));
    // Those of the 240 seconds since, and of the five before, which are repeated.
    let (_, answer) = server.get_json(&path, &token).await;
    let records = answer["records"].as_array().unwrap();
    assert_eq!(records.len(), 246);
    assert!(records[0]["id"].as_str() > records[245]["id"].as_str(), "fresh ones come first");

    server.ports.clock.advance_s(-250);
    let issued = server.get_json(&format!("{ACCOUNT_SYNC}?recordCount=2"), &token).await;
    server.ports.clock.advance_s(250);
    let path = format!("{ACCOUNT_SYNC}?syncType=ISync&syncToken={}", sync_token(&issued.1));
    let expected = (StatusCode::BAD_REQUEST, "CLG-104".to_owned(), "syncToken".to_owned());
    assert_eq!(refused(&server, &path, &token).await, expected);
}

#[tokio::test]
async fn an_extract_goes_on_until_nothing_is_newer() {
    let server = Server::start(Plan::Off).await;
    let token = server.user_token().await;
    let mut path = format!("{EXTRACT}?recordCount=1000");
    let mut sizes = vec![];
    loop {
        let (status, answer) = server.get_json(&path, &token).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        sizes.push(answer["records"].as_array().unwrap().len());
        path = format!("{EXTRACT}?syncType=ISync&syncToken={}", sync_token(&answer));
        if answer["syncInfo"]["newerRecordsExist"] == false {
            break;
        }
    }
    assert_eq!(sizes, [1000, 1000, 1000, 600]);
    // What may still happen in the last millisecond is asked for again.
    let (_, answer) = server.get_json(&path, &token).await;
    assert_eq!(answer["records"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn active_calls_are_pages_of_records() {
    let server = Server::start(Plan::Off).await;
    let token = server.user_token().await;
    for path in ["/account/~/active-calls", "/account/~/extension/~/active-calls"] {
        let (status, page) = server.get_json(path, &token).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert_eq!(page["paging"]["totalElements"], 3);
        let (status, _) = server.get_json(&format!("{path}?conferenceType=Party"), &token).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn answers_carry_the_servers_own_date() {
    let server = Server::start(Plan::Off).await;
    let response = server.get("/account/~", "nobody").send().await.unwrap();
    assert_eq!(response.headers()["date"], "Thu, 01 Feb 2024 12:00:00 GMT", "{NOW}");
    assert_eq!(response.headers().get_all("date").iter().count(), 1);
}
