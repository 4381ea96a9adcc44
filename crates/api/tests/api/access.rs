//! The matrix of scopes and permissions, taken from the table of operations itself.

use callbook_api::{AppScope, Authentication, Operation, Plan};
use reqwest::StatusCode;
use serde_json::json;

use crate::company::{ADMIN, GUEST, QUEUE, RECORDING, SESSION, USER};
use crate::server::{Server, error_code, text};

/// Operations that an app's scope is enough for.
const NO_PERMISSION: [&str; 3] = ["authWsToken", "readCallQueuePresence", "readCallSessionStatus"];

fn bearer_operations() -> impl Iterator<Item = Operation> {
    let all = Operation::ALL.iter().copied();
    all.filter(|operation| operation.authentication() == Authentication::Bearer)
}

/// What a subscription needs depends on what it is about (`push/subscriptions.rs`).
fn by_table() -> impl Iterator<Item = Operation> {
    bearer_operations().filter(|operation| !operation.path().contains("/subscription"))
}

/// A path that exists for the user whose token is sent.
pub fn path(operation: Operation) -> String {
    let path = operation.path().replace("{accountId}", "~").replace("{extensionId}", "~");
    let path = path.replace("{recordingId}", RECORDING).replace("{telephonySessionId}", SESSION);
    path.replace("{groupId}", &QUEUE.to_string()).replace("{callRecordId}", "rec-1")
}

async fn call(server: &Server, operation: Operation, token: &str) -> (StatusCode, String) {
    // Only a synchronisation asks for it; others ignore what they do not know.
    let url = format!("{}{}?recordCount=1&interval=Day", server.url, path(operation));
    let request = server.http.request(operation.method(), url).bearer_auth(token);
    let body = match operation.app_scope() {
        Some(AppScope::Analytics) => crate::analytics::request(&json!({}), &json!({})),
        // Only a deletion reads it.
        _ => json!({ "records": [RECORDING] }),
    };
    let answer = request.json(&body).send().await.unwrap();
    match answer.status() {
        StatusCode::NO_CONTENT => (StatusCode::OK, String::new()),
        status => (status, error_code(&answer.json().await.unwrap()).to_owned()),
    }
}

#[tokio::test]
async fn an_administrator_may_call_everything() {
    let server = Server::start(Plan::Off).await;
    let token = server.access_token(ADMIN).await;
    for operation in by_table() {
        let (status, code) = call(&server, operation, &token).await;
        assert_eq!(status, StatusCode::OK, "{}: {code}", operation.id());
    }
}

#[tokio::test]
async fn nothing_is_answered_without_a_token() {
    let server = Server::start(Plan::Off).await;
    for operation in bearer_operations() {
        let (status, code) = call(&server, operation, "x").await;
        assert_eq!((status, code.as_str()), (StatusCode::UNAUTHORIZED, "OAU-149"));
    }
}

#[tokio::test]
async fn every_user_permission_is_enforced() {
    let server = Server::start(Plan::Off).await;
    let token = server.access_token(GUEST).await;
    for operation in by_table() {
        let (status, code) = call(&server, operation, &token).await;
        let id = operation.id();
        if operation.user_permission().is_some() {
            assert_eq!((status, code.as_str()), (StatusCode::FORBIDDEN, "CMN-408"), "{id}");
        } else {
            assert!(NO_PERMISSION.contains(&id), "{id} asks for no permission");
        }
    }
}

#[tokio::test]
async fn every_app_scope_is_enforced() {
    let server = Server::start(Plan::Off).await;
    for app in ["narrow", "recordings"] {
        let tokens = server.login(app, ADMIN).await;
        let token = text(&tokens["access_token"]);
        for operation in by_table() {
            let scope = operation.app_scope().expect("an operation without a scope");
            let granted = text(&tokens["scope"]).parse::<callbook_api::AppScope>().unwrap();
            let (status, code) = call(&server, operation, &token).await;
            if granted.includes(scope) {
                assert_eq!(status, StatusCode::OK, "{app} {}", operation.id());
            } else {
                assert_eq!((status, code.as_str()), (StatusCode::FORBIDDEN, "CMN-401"));
            }
        }
    }
}

#[tokio::test]
async fn a_missing_scope_is_named_as_upstream_names_it() {
    let server = Server::start(Plan::Off).await;
    let token = text(&server.login("narrow", ADMIN).await["access_token"]);
    let (_, body) = server.get_json("/account/~/call-log", &token).await;
    assert_eq!(body["errorCode"], "InsufficientPermissions");
    assert_eq!(body["permissionName"], "ReadCallLog");
    assert_eq!(body["errors"][0]["permissionName"], "ReadCallLog");
}

#[tokio::test]
async fn an_ordinary_user_reads_their_own_log_only() {
    let server = Server::start(Plan::Off).await;
    let token = server.user_token().await;
    let own = format!("/account/~/extension/{USER}/call-log");
    let cases = [
        ("/account/~/extension/~/call-log".to_owned(), StatusCode::OK, ""),
        (own, StatusCode::OK, ""),
        (format!("/account/~/extension/{ADMIN}/call-log"), StatusCode::FORBIDDEN, "CMN-404"),
        ("/account/~/extension/999/call-log".to_owned(), StatusCode::FORBIDDEN, "CMN-404"),
        (format!("/account/~/extension/{ADMIN}/call-log/rec-1"), StatusCode::FORBIDDEN, "CMN-404"),
        ("/account/~/call-log".to_owned(), StatusCode::FORBIDDEN, "CMN-408"),
        ("/account/~/call-log/rec-1".to_owned(), StatusCode::FORBIDDEN, "CMN-408"),
    ];
    for (path, status, code) in cases {
        let (got, body) = server.get_json(&path, &token).await;
        assert_eq!((got, error_code(&body)), (status, code), "{path}");
    }
}

#[tokio::test]
async fn an_administrator_reads_any_existing_log() {
    let server = Server::start(Plan::Off).await;
    let token = server.access_token(ADMIN).await;
    let (status, _) =
        server.get_json(&format!("/account/~/extension/{QUEUE}/call-log"), &token).await;
    assert_eq!(status, StatusCode::OK);
    let (status, body) = server.get_json("/account/~/extension/999/call-log", &token).await;
    assert_eq!((status, error_code(&body)), (StatusCode::NOT_FOUND, "CMN-102"));
    let (status, body) = server.get_json("/account/999/call-log", &token).await;
    assert_eq!((status, error_code(&body)), (StatusCode::NOT_FOUND, "CMN-102"));
}

#[tokio::test]
async fn an_app_that_is_not_to_have_numbers_gets_them_without_their_last_digits() {
    let server = Server::start(Plan::Off).await;
    let token = text(&server.login("masked", ADMIN).await["access_token"]);
    let (_, numbers) = server.get_json("/account/~/phone-number", &token).await;
    assert_eq!(numbers["records"][0]["phoneNumber"], "+1202555****");
    // All else is what everybody gets.
    let other = server.access_token(ADMIN).await;
    for path in ["/account/~/call-log/rec-1", "/account/~/call-log", "/account/~/extension"] {
        let bytes =
            async |token| server.get(path, token).send().await.unwrap().bytes().await.unwrap();
        assert_eq!(bytes(&token).await, bytes(&other).await, "{path}");
    }
}
