//! Subscriptions as resources: made, read, changed, renewed, expired, ended.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::receiver::{Manner, Receiver, Validation};
use super::{SESSIONS, server};
use crate::company::{ADMIN, GUEST, QUEUE, USER};
use crate::server::{error_code, text};

const OWN_SESSIONS: &str = "/restapi/v1.0/account/~/extension/~/telephony/sessions";

#[tokio::test]
async fn a_subscription_is_made_read_changed_renewed_and_ended() {
    let (server, receiver) = (server().await, Receiver::start().await);
    let token = server.access_token(ADMIN).await;
    let (status, made) = server.subscribe(&token, &[SESSIONS], &receiver.address).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    let id = text(&made["id"]);
    assert_eq!(
        made,
        json!({
            "uri": format!("{}/restapi/v1.0/subscription/{id}", server.url),
            "id": id,
            "creationTime": "2024-02-01T12:00:00.000Z",
            "status": "Active",
            "eventFilters": ["/restapi/v1.0/account/400001/telephony/sessions"],
            "expirationTime": "2024-02-08T12:00:00.000Z",
            "expiresIn": 604_800,
            "deliveryMode":
                { "transportType": "WebHook", "encryption": false, "address": receiver.address },
        })
    );
    let path = format!("/{id}");
    server.ports.clock.advance_s(100);
    let (status, read) = server.subscription(Method::GET, &path, &token, &Value::Null).await;
    assert_eq!((status, &read["expiresIn"]), (StatusCode::OK, &json!(604_700)));
    let (_, list) = server.subscription(Method::GET, "", &token, &Value::Null).await;
    assert_eq!(list["records"], json!([read]));

    let change = json!({ "eventFilters": [OWN_SESSIONS, OWN_SESSIONS], "expiresIn": 60 });
    let (status, changed) = server.subscription(Method::PUT, &path, &token, &change).await;
    let own = format!("/restapi/v1.0/account/400001/extension/{ADMIN}/telephony/sessions");
    assert_eq!((status, &changed["eventFilters"]), (StatusCode::OK, &json!([own])));
    assert_eq!(changed["expirationTime"], "2024-02-01T12:02:40.000Z");

    for (method, path) in [(Method::POST, format!("{path}/renew")), (Method::PUT, path.clone())] {
        let (status, renewed) = server.subscription(method, &path, &token, &Value::Null).await;
        assert_eq!((status, &renewed["expiresIn"]), (StatusCode::OK, &json!(604_800)));
        assert_eq!(renewed["eventFilters"], json!([own]));
    }
    let (status, _) = server.subscription(Method::DELETE, &path, &token, &Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, gone) = server.subscription(Method::GET, &path, &token, &Value::Null).await;
    assert_eq!((status, error_code(&gone)), (StatusCode::NOT_FOUND, "CMN-102"));
}

#[tokio::test]
async fn others_see_nothing_of_it_and_nobody_after_its_end() {
    let (server, receiver) = (server().await, Receiver::start().await);
    let token = server.access_token(ADMIN).await;
    let (_, made) = server.subscribe(&token, &[SESSIONS], &receiver.address).await;
    let path = format!("/{}", text(&made["id"]));
    let other_user = server.access_token(USER).await;
    let other_app = text(&server.login("recordings", ADMIN).await["access_token"]);
    let renew = format!("{path}/renew");
    for token in [&other_user, &other_app] {
        for (method, path) in [
            (Method::GET, path.as_str()),
            (Method::PUT, path.as_str()),
            (Method::DELETE, path.as_str()),
            (Method::POST, renew.as_str()),
        ] {
            let (status, body) = server.subscription(method, path, token, &Value::Null).await;
            assert_eq!((status, error_code(&body)), (StatusCode::NOT_FOUND, "CMN-102"));
        }
        let (_, list) = server.subscription(Method::GET, "", token, &Value::Null).await;
        assert_eq!(list["records"], json!([]));
    }
    // Tokens end before subscriptions do.
    server.ports.clock.advance_s(604_800);
    let token = server.access_token(ADMIN).await;
    let (status, _) = server.subscription(Method::GET, &path, &token, &Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (_, list) = server.subscription(Method::GET, "", &token, &Value::Null).await;
    assert_eq!(list["records"], json!([]));
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let (server, receiver) = (server().await, Receiver::start().await);
    let token = server.access_token(ADMIN).await;
    let mode = json!({ "transportType": "WebHook", "address": receiver.address });
    let with = |change: Value| {
        let mut body = json!({ "eventFilters": [SESSIONS], "deliveryMode": mode });
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let address = |address: &str| {
        with(json!({ "deliveryMode": { "transportType": "WebHook", "address": address } }))
    };
    let transport = |name: &str| with(json!({ "deliveryMode": { "transportType": name } }));
    let reminder = "/restapi/v1.0/subscription/~?threshold=60&interval=15";
    let long_token = json!({ "transportType": "WebHook", "address": receiver.address,
        "verificationToken": "x".repeat(256) });
    for (body, code, parameter) in [
        (json!({ "deliveryMode": mode }), "CMN-101", "eventFilters"),
        (json!({ "eventFilters": [SESSIONS] }), "CMN-101", "deliveryMode"),
        (with(json!({ "eventFilters": [] })), "CMN-101", "eventFilters"),
        (with(json!({ "eventFilters": ["/x"] })), "CMN-101", "eventFilters"),
        (with(json!({ "eventFilters": [SESSIONS, "x".repeat(2_000)] })), "CMN-101", "eventFilters"),
        (with(json!({ "eventFilters": [reminder] })), "SUB-515", ""),
        (with(json!({ "expiresIn": 0 })), "CMN-101", "expiresIn"),
        (with(json!({ "expiresIn": 315_360_001 })), "CMN-101", "expiresIn"),
        (with(json!({ "deliveryMode": long_token })), "CMN-101", "deliveryMode.verificationToken"),
        (with(json!({ "eventFilters": "x" })), "CMN-103", ""),
        (transport("PubNub"), "CMN-101", "deliveryMode.transportType"),
        // Only on a WebSocket.
        (transport("WebSocket"), "CMN-101", "deliveryMode.transportType"),
        (transport("WebHook"), "CMN-101", "deliveryMode.address"),
        (address("http://10.0.0.1/x"), "CMN-101", "deliveryMode.address"),
        (address("https://169.254.169.254/x"), "CMN-101", "deliveryMode.address"),
        (address("http://example.com/x"), "CMN-101", "deliveryMode.address"),
    ] {
        let (status, answer) = server.subscription(Method::POST, "", &token, &body).await;
        assert_eq!((status, error_code(&answer)), (StatusCode::BAD_REQUEST, code), "{body}");
        assert_eq!(answer["parameterName"].as_str().unwrap_or_default(), parameter, "{body}");
    }
}

#[tokio::test]
async fn one_hears_of_what_one_may_read() {
    let (server, receiver) = (server().await, Receiver::start().await);
    let admin = server.access_token(ADMIN).await;
    let user = server.access_token(USER).await;
    let guest = server.access_token(GUEST).await;
    let narrow = text(&server.login("narrow", ADMIN).await["access_token"]);
    let of = |extension, topic| format!("/restapi/v1.0/account/~/extension/{extension}/{topic}");
    for (token, filter, status, code) in [
        (&admin, "/restapi/v1.0/account/~/presence".to_owned(), 200, ""),
        (&admin, of("101009", "telephony/sessions"), 200, ""),
        (&admin, of("999", "telephony/sessions"), 403, "SUB-408"),
        (&admin, "/restapi/v1.0/account/9/presence".to_owned(), 403, "SUB-406"),
        (&user, SESSIONS.to_owned(), 403, "CMN-408"),
        (&user, "/restapi/v1.0/account/~/call-log".to_owned(), 403, "CMN-408"),
        (&user, of("~", "telephony/sessions"), 200, ""),
        (&user, of("~", "call-log"), 200, ""),
        (&user, of(&USER.to_string(), "presence?detailedTelephonyState=true"), 200, ""),
        (&user, of(&QUEUE.to_string(), "telephony/sessions"), 403, "CMN-404"),
        (&guest, of("~", "presence"), 200, ""),
        (&guest, of("~", "call-log"), 403, "CMN-408"),
        (&narrow, SESSIONS.to_owned(), 403, "CMN-401"),
    ] {
        let (answer, body) = server.subscribe(token, &[&filter], &receiver.address).await;
        assert_eq!((answer.as_u16(), error_code(&body)), (status, code), "{filter} {body}");
    }
}

#[tokio::test]
async fn thirty_are_the_most_of_a_user_with_an_app() {
    let (server, receiver) = (server().await, Receiver::start().await);
    let token = server.access_token(ADMIN).await;
    for _ in 0..30 {
        let (status, _) = server.subscribe(&token, &[SESSIONS], &receiver.address).await;
        assert_eq!(status, StatusCode::OK);
    }
    let (status, refused) = server.subscribe(&token, &[SESSIONS], &receiver.address).await;
    assert_eq!((status, error_code(&refused)), (StatusCode::FORBIDDEN, "SUB-505"));
    let (_, list) = server.subscription(Method::GET, "", &token, &Value::Null).await;
    assert_eq!(list["records"].as_array().unwrap().len(), 30);
    // Others have thirty of their own, and what ends makes room.
    let user = server.access_token(USER).await;
    let (status, _) = server.subscribe(&user, &[OWN_SESSIONS], &receiver.address).await;
    assert_eq!(status, StatusCode::OK);
    let path = format!("/{}", text(&list["records"][0]["id"]));
    server.subscription(Method::DELETE, &path, &token, &Value::Null).await;
    let (status, _) = server.subscribe(&token, &[SESSIONS], &receiver.address).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn an_address_has_to_answer_as_it_is_asked() {
    let (server, receiver) = (server().await, Receiver::start().await);
    let token = server.access_token(ADMIN).await;
    for (validation, code) in [
        (Validation::Status(StatusCode::NO_CONTENT), "SUB-522"),
        (Validation::Status(StatusCode::INTERNAL_SERVER_ERROR), "SUB-522"),
        (Validation::Redirect, "SUB-522"),
        (Validation::Silent, "SUB-525"),
        (Validation::Wrong, "SUB-525"),
        (Validation::Long(1_025), "SUB-524"),
    ] {
        receiver.behave(Manner { validation: Some(validation), ..Manner::default() });
        let (status, body) = server.subscribe(&token, &[SESSIONS], &receiver.address).await;
        assert_eq!((status, error_code(&body)), (StatusCode::BAD_REQUEST, code), "{validation:?}");
    }
    receiver.behave(Manner { validation: Some(Validation::Long(700)), ..Manner::default() });
    let (status, _) = server.subscribe(&token, &[SESSIONS], &receiver.address).await;
    assert_eq!(status, StatusCode::OK);
    // Nobody is there.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (_, body) = server.subscribe(&token, &[SESSIONS], &format!("http://{closed}/x")).await;
    assert_eq!(error_code(&body), "SUB-520");
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/x", silent.local_addr().unwrap());
    let (_, body) = server.subscribe(&token, &[SESSIONS], &address).await;
    assert_eq!(error_code(&body), "SUB-521");
}
