//! Sessions outlive their connections for a while.

use serde_json::json;

use super::client::Socket;
use crate::company::{ADMIN, USER};
use crate::push::{SESSIONS, server};
use crate::server::Server;

/// A session with a subscription, whose connection was lost after one notification.
async fn lost(server: &Server, token: &str) -> String {
    let mut socket = server.socket(token).await;
    socket.subscribe(&[SESSIONS]).await;
    server.happen(0);
    let (sequence, wsc) = socket.notification().await;
    assert_eq!(sequence, 0);
    socket.leave().await;
    wsc
}

/// Waits until everything that was published has been handed out.
async fn settle(server: &Server, token: &str) {
    let mut probe = server.socket(token).await;
    probe.subscribe(&[SESSIONS]).await;
    server.happen(999);
    assert_eq!(probe.notification().await.0, 999);
}

async fn recover(server: &Server, token: &str, wsc: &str) -> Socket {
    Socket::open(&server.socket_token(token).await, Some(wsc)).await
}

#[tokio::test]
async fn what_was_missed_is_made_up_for() {
    let server = server().await;
    let token = server.access_token(ADMIN).await;
    let wsc = lost(&server, &token).await;
    for sequence in 1..=3 {
        server.happen(sequence);
    }
    server.ports.clock.advance_s(179);
    let mut socket = recover(&server, &token, &wsc).await;
    assert_eq!(socket.first.1["recoveryState"], "Successful");
    assert_eq!(socket.wsc(), wsc, "it goes on after what the client has seen");
    let mut last = String::new();
    for sequence in 1..=3 {
        let (told, wsc) = socket.notification().await;
        assert_eq!(told, sequence);
        last = wsc;
    }
    // Again, with an older mark: what came after it is told again.
    socket.leave().await;
    let mut socket = recover(&server, &token, &wsc).await;
    assert_eq!(socket.notification().await.0, 1);
    socket.leave().await;
    let mut socket = recover(&server, &token, &last).await;
    server.happen(4);
    assert_eq!(socket.notification().await.0, 4);
}

#[tokio::test]
async fn of_many_the_newest_hundred_are_kept() {
    let server = server().await;
    let token = server.access_token(ADMIN).await;
    let wsc = lost(&server, &token).await;
    for sequence in 1..=250 {
        server.happen(sequence);
    }
    settle(&server, &token).await;
    let mut socket = recover(&server, &token, &wsc).await;
    assert_eq!(socket.first.1["recoveryState"], "Successful");
    // The last of them is the settling one.
    for sequence in (152..=250).chain([999]) {
        assert_eq!(socket.notification().await.0, sequence);
    }
}

#[tokio::test]
async fn after_three_minutes_or_for_others_there_is_a_new_session() {
    let server = server().await;
    let token = server.access_token(ADMIN).await;
    let wsc = lost(&server, &token).await;
    let other = server.access_token(USER).await;
    for (token, wsc) in [(&other, wsc.as_str()), (&token, "nonsense"), (&token, "a.1")] {
        let socket = recover(&server, token, wsc).await;
        assert_eq!(socket.first.1["recoveryState"], "Failed");
        assert_eq!(socket.first.0["wsc"]["sequence"], 1);
    }
    server.ports.clock.advance_s(180);
    let mut socket = recover(&server, &token, &wsc).await;
    assert_eq!(socket.first.1["recoveryState"], "Failed");
    server.happen(1);
    socket.say(&json!([{ "type": "Heartbeat", "messageId": "h" }])).await;
    assert_eq!(socket.next().await.0["type"], "Heartbeat", "it has no subscriptions");
}

#[tokio::test]
async fn who_comes_back_with_the_same_token_takes_over() {
    let server = server().await;
    let token = server.access_token(ADMIN).await;
    let ticket = server.socket_token(&token).await;
    let mut first = Socket::open(&ticket, None).await;
    first.subscribe(&[SESSIONS]).await;
    // As the vendor's client does whose connection was lost at once; the server may not have noticed yet.
    let mut second = Socket::open(&ticket, Some(&first.wsc())).await;
    assert_eq!(second.first.1["recoveryState"], "Successful");
    assert!(first.rest().await.0.is_empty());
    server.happen(1);
    assert_eq!(second.notification().await.0, 1);
    let third = Socket::open(&ticket, Some("nonsense.1")).await;
    assert_eq!(third.first.1["errorCode"], "OAU-129");
}
