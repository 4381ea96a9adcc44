//! Delivery over HTTP: in order, again after a failure, and not for ever.

use callbook_api::Topic;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::receiver::{Manner, Receiver};
use super::{SESSIONS, event, server};
use crate::company::{ADMIN, QUEUE, USER};
use crate::server::{Server, text};

fn session(sequence: u64) -> callbook_api::Event {
    event(Topic::TelephonySessions, &[USER], json!({ "sequence": sequence, "parties": [] }))
}

async fn status(server: &Server, token: &str, id: &str) -> Value {
    let path = format!("/{id}");
    server.subscription(Method::GET, &path, token, &Value::Null).await.1
}

#[tokio::test]
async fn a_notification_says_what_happened_to_whom_it_was_asked_of() {
    let (server, mut receiver) = (server().await, Receiver::start().await);
    let token = server.access_token(ADMIN).await;
    let (_, made) = server.subscribe(&token, &[SESSIONS], &receiver.address).await;
    server.hub.publish(event(Topic::Presence, &[USER], json!({})));
    server.hub.publish(session(1));
    let mut notification = receiver.next().await;
    let uuid = notification.as_object_mut().unwrap().remove("uuid").unwrap();
    assert_eq!(text(&uuid).len(), 36);
    assert_eq!(
        notification,
        json!({
            "event": "/restapi/v1.0/account/400001/telephony/sessions",
            "timestamp": "2024-02-01T12:00:00.000Z",
            "subscriptionId": made["id"],
            "ownerId": ADMIN.to_string(),
            "body": { "sequence": 1, "parties": [] },
        })
    );
}

#[tokio::test]
async fn one_extension_hears_of_its_own() {
    let (server, mut receiver) = (server().await, Receiver::start().await);
    let token = server.access_token(USER).await;
    let filter = "/restapi/v1.0/account/~/extension/~/telephony/sessions";
    server.subscribe(&token, &[filter], &receiver.address).await;
    server.hub.publish(event(Topic::TelephonySessions, &[QUEUE, ADMIN], json!({ "sequence": 1 })));
    server.hub.publish(event(Topic::TelephonySessions, &[QUEUE, USER], json!({ "sequence": 2 })));
    let notification = receiver.next().await;
    assert_eq!(notification["body"]["sequence"], 2);
    let expected = format!("/restapi/v1.0/account/400001/extension/{USER}/telephony/sessions");
    assert_eq!(text(&notification["event"]), expected);
}

#[tokio::test]
async fn what_fails_is_sent_again_before_what_came_later() {
    let (server, mut receiver) = (server().await, Receiver::start().await);
    let token = server.access_token(ADMIN).await;
    server.subscribe(&token, &[SESSIONS], &receiver.address).await;
    let failures = vec![StatusCode::BAD_GATEWAY, StatusCode::NOT_FOUND];
    receiver.behave(Manner { statuses: failures, ..Manner::default() });
    for sequence in 1..=3 {
        server.hub.publish(session(sequence));
    }
    let mut seen = Vec::new();
    for _ in 0..5 {
        let notification = receiver.next().await;
        seen.push((
            notification["body"]["sequence"].as_u64().unwrap(),
            text(&notification["uuid"]),
        ));
    }
    let sequences: Vec<u64> = seen.iter().map(|(sequence, _)| *sequence).collect();
    assert_eq!(sequences, [1, 1, 1, 2, 3]);
    assert!(seen[0].1 == seen[1].1 && seen[1].1 == seen[2].1, "the same uuid");
}

#[tokio::test]
async fn who_fails_too_often_is_blacklisted_for_good_and_disturbs_nobody() {
    let server = server().await;
    let (mut bad, mut good) = (Receiver::start().await, Receiver::start().await);
    let token = server.access_token(ADMIN).await;
    let (_, made) = server.subscribe(&token, &[SESSIONS], &bad.address).await;
    server.subscribe(&token, &[SESSIONS], &good.address).await;
    let id = text(&made["id"]);
    bad.behave(Manner { statuses: vec![StatusCode::NOT_FOUND; 100], ..Manner::default() });
    server.hub.publish(session(1));
    server.hub.publish(session(2));
    assert_eq!(good.next().await["body"]["sequence"], 1);
    assert_eq!(good.next().await["body"]["sequence"], 2);
    // Three tries of the first, and not one of the second.
    for _ in 0..3 {
        assert_eq!(bad.next().await["body"]["sequence"], 1);
    }
    let info = loop {
        let info = status(&server, &token, &id).await;
        if info["status"] == "Blacklisted" {
            break info;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(
        info["blacklistedData"],
        json!({
            "blacklistedAt": "2024-02-01T12:00:00.000Z",
            "reason": "Webhook responses with code: [404], reason: [Not Found]",
        })
    );
    // A renewal prolongs its existence, no more.
    let renew = format!("/{id}/renew");
    let (_, renewed) = server.subscription(Method::POST, &renew, &token, &Value::Null).await;
    assert_eq!(renewed["status"], "Blacklisted");
    bad.behave(Manner::default());
    server.hub.publish(session(3));
    assert_eq!(good.next().await["body"]["sequence"], 3);
    assert!(bad.is_idle(), "nothing is sent to it any more");
}

#[tokio::test]
async fn one_is_reminded_of_the_end_and_again_after_the_interval() {
    let (server, mut receiver) = (server().await, Receiver::start().await);
    let token = server.access_token(ADMIN).await;
    let reminder = "/restapi/v1.0/subscription/~?threshold=3600&interval=600";
    let (_, made) = server.subscribe(&token, &[SESSIONS, reminder], &receiver.address).await;
    server.ports.clock.advance_s(604_800 - 3_600);
    let first = receiver.next().await;
    assert_eq!((&first["event"], &first["body"]["expiresIn"]), (&json!(reminder), &json!(3_600)));
    assert_eq!(first["body"]["id"], made["id"]);
    server.ports.clock.advance_s(600);
    assert_eq!(receiver.next().await["body"]["expiresIn"], 3_000);
    // After its end nothing is sent.
    server.ports.clock.advance_s(3_000);
    server.hub.publish(session(1));
    let token = server.access_token(ADMIN).await;
    let (_, other) = server.subscribe(&token, &[SESSIONS], &receiver.address).await;
    server.hub.publish(session(2));
    let last = loop {
        let notification = receiver.next().await;
        if notification["subscriptionId"] == other["id"] {
            break notification;
        }
        assert_ne!(notification["event"], json!(reminder));
    };
    assert_eq!(last["body"]["sequence"], 2);
}
