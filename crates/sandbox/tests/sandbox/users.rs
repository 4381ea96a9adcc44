//! Two kinds of users, and the calls that public samples ask for.

use callbook_synth::ExtensionKind;
use reqwest::StatusCode;

use crate::server::Server;

#[tokio::test]
async fn an_ordinary_user_has_their_own_log_only() {
    let server = Server::start().await;
    let token = server.ordinary_token().await;
    let me = server.ordinary().id;
    let admin = server.company.extensions()[0].id;
    let cases = [
        ("/account/~/extension/~/call-log".to_owned(), StatusCode::OK),
        (format!("/account/~/extension/{me}/call-log"), StatusCode::OK),
        (format!("/account/~/extension/{admin}"), StatusCode::OK),
        (format!("/account/~/extension/{admin}/call-log"), StatusCode::FORBIDDEN),
        ("/account/~/call-log".to_owned(), StatusCode::FORBIDDEN),
    ];
    for (path, expected) in cases {
        let (status, body) = server.get_json(&path, &token).await;
        assert_eq!(status, expected, "{path}: {body}");
    }
}

#[tokio::test]
async fn the_first_user_has_calls_in_january_2024() {
    let server = Server::start().await;
    let token = server.admin_token().await;
    let (_, me) = server.get_json("/account/~/extension/~", &token).await;
    assert_eq!(me["extensionNumber"], "101");
    let path = "/account/~/extension/~/call-log?view=Detailed&dateFrom=2024-01-01T00:00:00.000Z\
                &dateTo=2024-01-31T23:59:59.009Z";
    let (_, page) = server.get_json(path, &token).await;
    assert!(page["paging"]["totalElements"].as_u64().unwrap() >= 5);
}

#[tokio::test]
async fn the_directory_is_that_of_the_company() {
    let server = Server::start().await;
    let token = server.admin_token().await;
    let (_, account) = server.get_json("/account/~", &token).await;
    assert_eq!(account["id"], server.company.account_id());
    let (_, list) = server.get_json("/account/~/extension?perPage=1000", &token).await;
    assert_eq!(list["records"].as_array().unwrap().len(), server.company.extensions().len());
    let queues = server.company.extensions().iter().filter(|e| e.kind == ExtensionKind::Queue);
    for queue in queues {
        let path = format!("/account/~/call-queues/{}/members", queue.id);
        let (_, members) = server.get_json(&path, &token).await;
        let members = members["records"].as_array().unwrap();
        let members: Vec<u64> = members.iter().map(|m| m["id"].as_u64().unwrap()).collect();
        assert_eq!(members, queue.members);
    }
    let (_, numbers) = server.get_json("/account/~/phone-number?perPage=max", &token).await;
    assert_eq!(numbers["records"].as_array().unwrap(), &server.company.phone_numbers());
}

#[tokio::test]
async fn the_last_user_may_not_read_recordings() {
    let server = Server::start().await;
    let last = server.last_token().await;
    let (status, body) = server.get_json("/account/~/recording/1", &last).await;
    assert_eq!(
        (status, &body["errorCode"]),
        (StatusCode::FORBIDDEN, &"InsufficientPermissions".into())
    );
    assert_eq!(body["permissionName"], "ReadCallRecording");
    let ordinary = server.ordinary_token().await;
    let (status, _) = server.get_json("/account/~/recording/1", &ordinary).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
