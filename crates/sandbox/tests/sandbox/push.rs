//! Changes of the call log, told to a webhook.

use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use callbook_api::ServeOptions;
use callbook_sandbox::{Options, Scenario};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::server::{Server, options};
use crate::world::still;

const CALL_LOG: &str = "/restapi/v1.0/account/~/call-log";

/// A webhook, and what it is told.
async fn receiver() -> (String, UnboundedReceiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, told) = unbounded_channel();
    let router = Router::new().route("/hook", post(take)).with_state(sender);
    let serving =
        callbook_api::serve(listener, router, ServeOptions::default(), std::future::pending());
    tokio::spawn(serving);
    (address, told)
}

async fn take(
    State(told): State<UnboundedSender<Value>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    if let Some(question) = headers.get("validation-token") {
        return [("validation-token", question.clone())].into_response();
    }
    told.send(serde_json::from_str(&body).unwrap()).unwrap();
    StatusCode::OK.into_response()
}

async fn subscribe(server: &Server, token: &str, filter: &str, address: &str) -> StatusCode {
    let mode = json!({ "transportType": "WebHook", "address": address });
    let body = json!({ "eventFilters": [filter], "deliveryMode": mode });
    let url = format!("{}/restapi/v1.0/subscription", server.url);
    server.http.post(url).bearer_auth(token).json(&body).send().await.unwrap().status()
}

#[tokio::test]
async fn a_record_is_told_when_it_shows_up_and_whenever_it_changes() {
    let server = still(Options { extensions: true, ..options() }).await;
    let (token, control) = (server.admin_token().await, server.control());
    let (address, mut told) = receiver().await;
    assert_eq!(subscribe(&server, &token, CALL_LOG, &address).await, StatusCode::OK);
    let played = control.play(Scenario::Answered, true, 0).await.unwrap();
    let id = &played.calls[0].id;
    control.advance(31_000).await.unwrap();
    let mut numbers = Vec::new();
    for change in ["added", "edited", "deleted"] {
        let body = told.recv().await.unwrap()["body"].take();
        assert_eq!((&body["change"], &body["id"]), (&json!(change), &json!(id)));
        assert_eq!(body["record"]["id"], json!(id));
        assert!(body["record"]["legs"].is_array(), "it is Detailed: {body}");
        numbers.push(body["changeNumber"].as_i64().unwrap());
        match change {
            "added" => {
                let path = format!("/account/~/call-log/{id}?view=Detailed");
                assert_eq!(server.get_json(&path, &token).await.1, body["record"]);
                control.edit(id).await.unwrap();
            }
            "edited" => control.delete(id, false).await.unwrap(),
            _ => {}
        }
        control.advance(1_000).await.unwrap();
    }
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
}

#[tokio::test]
async fn upstream_has_no_such_events_and_a_plain_sandbox_neither() {
    let server = still(options()).await;
    let token = server.admin_token().await;
    let (address, _told) = receiver().await;
    assert_eq!(subscribe(&server, &token, CALL_LOG, &address).await, StatusCode::BAD_REQUEST);
    let sessions = "/restapi/v1.0/account/~/telephony/sessions";
    assert_eq!(subscribe(&server, &token, sessions, &address).await, StatusCode::OK);
}
