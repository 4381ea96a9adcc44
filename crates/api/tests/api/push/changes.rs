//! Changes of the call log: every one, in order, from where a subscription has come to.

use callbook_api::{Plan, PushOptions, ServeOptions};
use reqwest::StatusCode;
use serde_json::json;

use super::receiver::{Manner, Receiver};
use super::server;
use crate::company::{ADMIN, USER};
use crate::server::{Server, error_code, text};

const CALL_LOG: &str = "/restapi/v1.0/account/~/call-log";

#[tokio::test]
async fn every_change_since_the_subscription_is_told_in_order() {
    let (server, mut receiver) = (server().await, Receiver::start().await);
    server.ports.journal.add(&[USER]);
    let token = server.access_token(ADMIN).await;
    server.subscribe(&token, &[CALL_LOG], &receiver.address).await;
    let expected: Vec<String> = (2..=251).map(|number| format!("rec-{number}")).collect();
    for _ in &expected {
        server.ports.journal.add(&[USER]);
    }
    for id in &expected {
        let notification = receiver.next().await;
        assert_eq!(text(&notification["body"]["id"]), *id);
        assert_eq!(notification["event"], "/restapi/v1.0/account/400001/call-log");
    }
}

#[tokio::test]
async fn a_user_is_told_of_changes_of_their_own_log() {
    let (server, mut receiver) = (server().await, Receiver::start().await);
    let token = server.access_token(USER).await;
    let own = "/restapi/v1.0/account/~/extension/~/call-log";
    server.subscribe(&token, &[own], &receiver.address).await;
    for extensions in [&[ADMIN][..], &[ADMIN, USER], &[], &[USER]] {
        server.ports.journal.add(extensions);
    }
    let of_user = |number: u32| json!({ "id": format!("rec-{number}"), "of": USER.to_string() });
    assert_eq!(receiver.next().await["body"], of_user(2), "as their log has it");
    assert_eq!(receiver.next().await["body"], of_user(4));
}

#[tokio::test]
async fn a_change_that_was_not_taken_is_sent_again_with_its_uuid() {
    let (server, mut receiver) = (server().await, Receiver::start().await);
    let token = server.access_token(ADMIN).await;
    server.subscribe(&token, &[CALL_LOG], &receiver.address).await;
    let statuses = vec![StatusCode::SERVICE_UNAVAILABLE];
    receiver.behave(Manner { statuses, ..Manner::default() });
    server.ports.journal.add(&[USER]);
    server.ports.journal.add(&[USER]);
    let (first, again, next) =
        (receiver.next().await, receiver.next().await, receiver.next().await);
    assert_eq!(first, again);
    assert_eq!(next["body"]["id"], "rec-2");
    assert_ne!(next["uuid"], first["uuid"]);
}

#[tokio::test]
async fn a_server_without_such_events_knows_no_such_filter() {
    let push = PushOptions { loopback_webhooks: true, ..PushOptions::default() };
    let server = Server::start_pushing(Plan::Off, ServeOptions::default(), push).await;
    let receiver = Receiver::start().await;
    let token = server.access_token(ADMIN).await;
    let (status, answer) = server.subscribe(&token, &[CALL_LOG], &receiver.address).await;
    assert_eq!((status, error_code(&answer)), (StatusCode::BAD_REQUEST, "CMN-101"));
    assert_eq!(answer["parameterName"], json!("eventFilters"));
}
