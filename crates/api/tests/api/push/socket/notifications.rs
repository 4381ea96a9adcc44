//! Subscriptions of a session.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::company::{ADMIN, USER};
use crate::push::{SESSIONS, server};
use crate::server::{error_code, text};

#[tokio::test]
async fn a_session_is_told_what_it_subscribed_to() {
    let server = server().await;
    let token = server.access_token(ADMIN).await;
    let mut socket = server.socket(&token).await;
    let (head, made) = socket.subscribe(&[SESSIONS]).await;
    assert_eq!((&head["status"], &made["status"]), (&json!(200), &json!("Active")), "{made}");
    assert_eq!(head["headers"]["WSG-SubscriptionId"], made["id"]);
    assert_eq!(made["expirationTime"], "2024-02-02T12:00:00.000Z");
    let mode = json!({ "transportType": "WebSocket", "encryption": false });
    assert_eq!(made["deliveryMode"], mode);
    server.happen(7);
    let (head, body) = socket.next().await;
    assert_eq!(
        (&head["type"], &head["wsc"]["sequence"]),
        (&json!("ServerNotification"), &json!(2))
    );
    assert_eq!(body["event"], "/restapi/v1.0/account/400001/telephony/sessions");
    assert_eq!((&body["subscriptionId"], &body["body"]["sequence"]), (&made["id"], &json!(7)));
    assert_eq!(text(&body["ownerId"]), ADMIN.to_string());
    // Somebody else's session hears nothing of it.
    let other = server.access_token(USER).await;
    let mut other = server.socket(&other).await;
    server.happen(8);
    assert_eq!(socket.notification().await.0, 8);
    other.say(&json!([{ "type": "Heartbeat", "messageId": "h" }])).await;
    assert_eq!(other.next().await.0["type"], "Heartbeat");
}

#[tokio::test]
async fn it_is_changed_on_its_socket_alone_and_seen_from_everywhere() {
    let server = server().await;
    let token = server.access_token(ADMIN).await;
    let mut socket = server.socket(&token).await;
    let (_, made) = socket.subscribe(&[SESSIONS]).await;
    let path = format!("/{}", text(&made["id"]));
    let (status, read) = server.subscription(Method::GET, &path, &token, &Value::Null).await;
    assert_eq!((status, &read), (StatusCode::OK, &made));
    let (_, list) = server.subscription(Method::GET, "", &token, &Value::Null).await;
    assert_eq!(list["records"], json!([made]));
    let presence = "/restapi/v1.0/account/~/presence";
    let change =
        json!({ "eventFilters": [presence], "deliveryMode": { "transportType": "WebSocket" } });
    let (status, refused) = server.subscription(Method::PUT, &path, &token, &change).await;
    assert_eq!((status, error_code(&refused)), (StatusCode::BAD_REQUEST, "CMN-101"));
    let on_socket = format!("/restapi/v1.0/subscription{path}");
    let (head, changed) = socket.request("PUT", &on_socket, &change).await;
    assert_eq!(head["status"], 200);
    assert_eq!(changed["eventFilters"], json!(["/restapi/v1.0/account/400001/presence"]));
    let (head, _) = socket.request("DELETE", &on_socket, &Value::Null).await;
    assert_eq!(head["status"], 204);
    let (head, _) = socket.request("DELETE", &on_socket, &Value::Null).await;
    assert_eq!(head["status"], 404);
}

#[tokio::test]
async fn changes_of_the_call_log_are_told_from_the_subscription_on() {
    let server = server().await;
    let token = server.access_token(ADMIN).await;
    server.ports.journal.add(&[USER]);
    let mut socket = server.socket(&token).await;
    let (head, made) = socket.subscribe(&["/restapi/v1.0/account/~/call-log"]).await;
    assert_eq!(head["status"], 200, "{made}");
    for _ in 0..300 {
        server.ports.journal.add(&[USER]);
    }
    for number in 2..=301 {
        let (_, body) = socket.next().await;
        assert_eq!(text(&body["body"]["id"]), format!("rec-{number}"));
    }
}
