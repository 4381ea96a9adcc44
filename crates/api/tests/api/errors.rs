//! What is answered when there is nothing to answer with; and the directory's small lists.

use callbook_api::Plan;
use reqwest::{Method, StatusCode};

use crate::company::{ADMIN, QUEUE, USER};
use crate::server::{Server, error_code, json};

#[tokio::test]
async fn unknown_things_are_not_found_under_their_code() {
    let server = Server::start(Plan::Off).await;
    let token = server.access_token(ADMIN).await;
    let cases = [
        ("/account/~/call-log/gone", "CMN-102"),
        ("/account/~/extension/1", "CMN-102"),
        ("/account/~/extension/x", "CMN-102"),
        ("/account/~/extension/1/phone-number", "CMN-102"),
        ("/account/~/call-queues/1", "CMN-102"),
        ("/account/~/call-queues/1/members", "CMN-102"),
        ("/account/~/fax-machines", "CMN-120"),
        ("/", "CMN-120"),
    ];
    for (path, code) in cases {
        let (status, body) = server.get_json(path, &token).await;
        assert_eq!((status, error_code(&body)), (StatusCode::NOT_FOUND, code), "{path}");
    }
}

#[tokio::test]
async fn a_wrong_method_is_405() {
    let server = Server::start(Plan::Off).await;
    let url = format!("{}/restapi/oauth/token", server.url);
    let response = server.http.request(Method::DELETE, url).send().await.unwrap();
    assert_eq!(response.headers()["allow"], "POST");
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn what_broke_inside_stays_inside() {
    let server = Server::start(Plan::Off).await;
    let token = server.access_token(ADMIN).await;
    let response = server.get("/account/~/call-log/broken", &token).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let body = response.text().await.unwrap();
    assert!(body.contains("CMN-203") && !body.contains("fire"), "{body}");
}

#[tokio::test]
async fn versions_need_no_token() {
    let server = Server::start(Plan::DEFAULT).await;
    let get = |path: &str| server.http.get(format!("{}{path}", server.url)).send();
    let (_, versions) = json(get("/restapi").await.unwrap()).await;
    assert_eq!(versions["apiVersions"][0]["uriString"], "v1.0");
    let (_, version) = json(get("/restapi/v1.0").await.unwrap()).await;
    assert_eq!(version["uri"], format!("{}/restapi/v1.0", server.url));
    let (status, _) = json(get("/restapi/v9.9").await.unwrap()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn lists_of_the_directory_are_filtered_and_paged() {
    let server = Server::start(Plan::Off).await;
    let token = server.access_token(ADMIN).await;
    let cases = [
        ("/account/~/extension", 4),
        ("/account/~/extension?type=User", 3),
        ("/account/~/extension?type=User&type=Department&status=Enabled", 3),
        ("/account/~/extension?extensionNumber=102", 1),
        ("/account/~/extension?status=Unassigned", 1),
        ("/account/~/extension?page=2&perPage=3", 1),
        ("/account/~/phone-number?usageType=DirectNumber", 1),
        ("/account/~/call-queues", 1),
    ];
    for (path, count) in cases {
        let (status, body) = server.get_json(path, &token).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        assert_eq!(body["records"].as_array().unwrap().len(), count, "{path}");
    }
    for (member, count) in [(USER, 1), (ADMIN, 0)] {
        let path = format!("/account/~/call-queues?memberExtensionId={member}");
        let (_, body) = server.get_json(&path, &token).await;
        assert_eq!(body["paging"]["totalElements"], count);
    }
    let (_, members) =
        server.get_json(&format!("/account/~/call-queues/{QUEUE}/members"), &token).await;
    assert_eq!(members["records"][0]["extensionNumber"], "102");
}

#[tokio::test]
async fn whatever_cannot_be_read_is_refused_in_json() {
    let server = Server::start(Plan::Off).await;
    let token = server.access_token(ADMIN).await;
    let (status, body) = server.get_json("/account/~/extension/%FF/call-log", &token).await;
    assert_eq!((status, error_code(&body)), (StatusCode::NOT_FOUND, "CMN-120"));
    let url = format!("{}/restapi/v1.0/account/~/call-recordings", server.url);
    let request = server.http.delete(url).bearer_auth(&token).body("x".repeat(70_000));
    let (status, body) = json(request.send().await.unwrap()).await;
    assert_eq!((status, error_code(&body)), (StatusCode::PAYLOAD_TOO_LARGE, "CMN-104"));
}
