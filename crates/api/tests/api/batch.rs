//! Several records by id.

use callbook_api::Plan;
use reqwest::StatusCode;
use serde_json::Value;

use crate::company::{ACCOUNT, ADMIN};
use crate::server::{Server, error_code};

#[tokio::test]
async fn many_ids_give_a_status_part_and_a_part_each() {
    let server = Server::start(Plan::Off).await;
    let token = server.access_token(ADMIN).await;
    let response = server.get("/account/~/call-log/rec-2,gone,rec-1", &token).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::MULTI_STATUS);
    let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    let boundary = content_type.strip_prefix("multipart/mixed; boundary=").unwrap();
    let body = response.text().await.unwrap();
    let (parts, end) = body.split_once(&format!("--{boundary}--")).unwrap();
    assert_eq!(end, "\r\n");
    let bodies: Vec<Value> = parts
        .split(&format!("--{boundary}\r\n"))
        .skip(1)
        .map(|part| part.strip_prefix("Content-Type: application/json\r\n\r\n").unwrap())
        .map(|json| serde_json::from_str(json).unwrap())
        .collect();
    assert_eq!(bodies.len(), 4);
    let statuses = bodies[0]["response"].as_array().unwrap();
    let codes: Vec<u64> = statuses.iter().map(|part| part["status"].as_u64().unwrap()).collect();
    assert_eq!(codes, [200, 404, 200]);
    let href = format!("{}/restapi/v1.0/account/{ACCOUNT}/call-log/gone", server.url);
    assert_eq!(statuses[1]["href"], href);
    assert_eq!(bodies[1]["id"], "rec-2");
    assert_eq!(error_code(&bodies[2]), "CMN-102");
    assert_eq!(bodies[3]["id"], "rec-1");
}

#[tokio::test]
async fn a_client_can_ask_for_a_json_array() {
    let server = Server::start(Plan::Off).await;
    let token = server.access_token(ADMIN).await;
    let request = server.get("/account/~/call-log/rec-1,gone", &token);
    let accept = "text/html, application/vnd.ringcentral.multipart+json;q=0.9";
    let response = request.header("accept", accept).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::MULTI_STATUS);
    let items: Value = response.json().await.unwrap();
    assert_eq!(items[0]["resourceId"], "rec-1");
    assert_eq!(items[0]["body"]["id"], "rec-1");
    assert_eq!((&items[1]["resourceId"], &items[1]["status"]), (&"gone".into(), &404.into()));
}

#[tokio::test]
async fn fifty_ids_are_the_most() {
    let server = Server::start(Plan::Off).await;
    let token = server.access_token(ADMIN).await;
    let fifty = vec!["rec-1"; 50].join(",");
    let path = format!("/account/~/call-log/{fifty}");
    let response = server.get(&path, &token).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::MULTI_STATUS);
    let (status, body) = server.get_json(&format!("{path},rec-1"), &token).await;
    assert_eq!((status, error_code(&body)), (StatusCode::BAD_REQUEST, "CMN-106"));
    let (status, body) = server.get_json("/account/~/call-log/rec-1,", &token).await;
    assert_eq!((status, error_code(&body)), (StatusCode::BAD_REQUEST, "CMN-101"));
}
