//! How a session ends.

use serde_json::{Value, json};

use crate::company::ADMIN;
use crate::push::{SESSIONS, server};

#[tokio::test]
async fn who_is_silent_for_half_an_hour_is_sent_away() {
    let server = server().await;
    let token = server.access_token(ADMIN).await;
    let mut socket = server.socket(&token).await;
    server.ports.clock.advance_s(1_799);
    socket.say(&json!([{ "type": "Heartbeat", "messageId": "h" }])).await;
    assert_eq!(socket.next().await.0["type"], "Heartbeat");
    server.ports.clock.advance_s(1_799);
    let token = server.access_token(ADMIN).await;
    socket.subscribe(&[SESSIONS]).await;
    server.ports.clock.advance_s(1_800);
    let wsc = socket.wsc();
    let (messages, reason) = socket.rest().await;
    assert_eq!(messages.len(), 1);
    let expected = json!({ "errorCode": "WSG-902", "message": "Idle timeout expired" });
    assert_eq!((&messages[0].0["type"], &messages[0].1), (&json!("Error"), &expected));
    assert_eq!(reason.as_deref(), Some("WSG-902 Idle timeout expired"));
    // The session is there to come back to.
    let again = server.socket_token(&token).await;
    let again = super::client::Socket::open(&again, Some(&wsc)).await;
    assert_eq!(again.first.1["recoveryState"], "Successful");
}

#[tokio::test]
async fn nobody_stays_longer_than_a_day() {
    let server = server().await;
    let token = server.access_token(ADMIN).await;
    let mut socket = server.socket(&token).await;
    socket.subscribe(&[SESSIONS]).await;
    let wsc = socket.wsc();
    server.ports.clock.advance_s(86_400);
    let (messages, reason) = socket.rest().await;
    assert_eq!(messages[0].1["errorCode"], "WSG-903");
    assert_eq!(reason.as_deref(), Some("WSG-903 Absolute timeout expired"));
    let token = server.access_token(ADMIN).await;
    let ticket = server.socket_token(&token).await;
    let again = super::client::Socket::open(&ticket, Some(&wsc)).await;
    assert_eq!(again.first.1["recoveryState"], "Failed");
}

#[tokio::test]
async fn signing_out_ends_it() {
    let server = server().await;
    let token = server.access_token(ADMIN).await;
    let socket = server.socket(&token).await;
    let url = format!("{}/restapi/oauth/revoke", server.url);
    let revoke = server.http.post(url).basic_auth("app", Some("secret"));
    revoke.form(&[("token", &token)]).send().await.unwrap().error_for_status().unwrap();
    let (messages, _) = socket.rest().await;
    assert!(messages.is_empty());
    let mut other = server.socket(&server.access_token(ADMIN).await).await;
    let (head, _) = other.request("GET", "/restapi", &Value::Null).await;
    assert_eq!(head["status"], 200);
}
