//! Requests over a socket are requests: the same answers, permissions and limits.

use callbook_api::{Plan, PushOptions, ServeOptions};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::client::Socket;
use crate::company::{ADMIN, ODD_NUMBER, USER};
use crate::push::server;
use crate::server::{Server, error_code, text};

#[tokio::test]
async fn a_connection_begins_with_its_details() {
    let server = server().await;
    let token = server.access_token(ADMIN).await;
    let ticket = server.socket_token(&token).await;
    assert_eq!(text(&ticket["uri"]), format!("{}/ws", server.url.replacen("http", "ws", 1)));
    assert_eq!(ticket["expires_in"], 30);
    let socket = Socket::open(&ticket, None).await;
    let (head, body) = &socket.first;
    assert_eq!((&head["type"], &head["status"]), (&json!("ConnectionDetails"), &json!(200)));
    assert_eq!(head["wsc"]["sequence"], 1);
    assert_eq!(
        *body,
        json!({
            "creationTime": "2024-02-01T12:00:00.000Z",
            "maxConnectionsPerSession": 1,
            "maxActiveRequests": 10,
            "recoveryBufferSize": 100,
            "recoveryTimeout": 180,
            "idleTimeout": 1_800,
            "absoluteTimeout": 86_400,
        })
    );
}

#[tokio::test]
async fn a_token_opens_one_session_within_half_a_minute() {
    let server = server().await;
    let token = server.access_token(ADMIN).await;
    let ticket = server.socket_token(&token).await;
    let (_open, again) = (Socket::open(&ticket, None).await, Socket::open(&ticket, None).await);
    assert_eq!(again.first.0["type"], "Error");
    assert_eq!(again.first.1["errorCode"], "OAU-129");
    let (_, reason) = again.rest().await;
    assert_eq!(reason.as_deref(), Some("OAU-129"));
    let ticket = server.socket_token(&token).await;
    server.ports.clock.advance_s(30);
    assert_eq!(Socket::open(&ticket, None).await.first.1["errorCode"], "OAU-128");
    let unknown = json!({ "uri": ticket["uri"], "ws_access_token": token });
    assert_eq!(Socket::open(&unknown, None).await.first.1["errorCode"], "OAU-129");
}

#[tokio::test]
async fn a_request_is_answered_as_over_http() {
    let server = server().await;
    let token = server.access_token(USER).await;
    let mut socket = server.socket(&token).await;
    let own = "/restapi/v1.0/account/~/extension/~/call-log";
    let (head, body) = socket.request("GET", &format!("{own}?perPage=2"), &Value::Null).await;
    assert_eq!((&head["type"], &head["status"]), (&json!("ClientRequest"), &json!(200)));
    assert_eq!(head["headers"]["Content-Type"], "application/json");
    assert!(!text(&head["headers"]["RCRequestId"]).is_empty());
    assert_eq!(body["records"].as_array().unwrap().len(), 2);
    // Pages are followed as they are named.
    let next = text(&body["navigation"]["nextPage"]["uri"]);
    let (_, body) = socket.request("get", &next, &Value::Null).await;
    assert_eq!(body["records"][0]["id"], "rec-3");
    for (path, status, code) in [
        ("/restapi/v1.0/account/~/call-log", 403, "CMN-408"),
        ("/restapi/v1.0/account/9/extension/~/call-log", 404, "CMN-102"),
        ("/restapi/v1.0/nothing", 404, "CMN-120"),
        ("/nothing", 404, "CMN-120"),
    ] {
        let (head, body) = socket.request("GET", path, &Value::Null).await;
        assert_eq!((head["status"].as_u64(), error_code(&body)), (Some(status), code), "{path}");
    }
    let (head, _) = socket.request("PATCH", own, &Value::Null).await;
    assert_eq!(head["status"], 405);
}

#[tokio::test]
async fn texts_pass_as_they_are_and_sounds_do_not() {
    let server = server().await;
    let token = server.access_token(ADMIN).await;
    let mut socket = server.socket(&token).await;
    let log = "/restapi/v1.0/account/~/call-log";
    let (_, body) = socket.request("GET", &format!("{log}/rec-1,rec-2"), &Value::Null).await;
    assert!(text(&body).starts_with("--Boundary_") && text(&body).contains(ODD_NUMBER));
    let sound = "/restapi/v1.0/account/~/recording/7001/content";
    let (head, body) = socket.request("GET", sound, &Value::Null).await;
    assert_eq!((&head["status"], error_code(&body)), (&json!(415), "CMN-202"));
    // The query as an object, as the vendor's client sends it.
    let query = json!({ "perPage": 1, "direction": ["Inbound", "Outbound"], "page": null });
    let head = json!({ "type": "ClientRequest", "messageId": "q", "method": "GET", "path": log,
        "query": query, "headers": { "Authorization": "Bearer nonsense", "X-User-Agent": "x" } });
    socket.say(&json!([head])).await;
    let (head, body) = socket.next().await;
    assert_eq!((&head["messageId"], &head["status"]), (&json!("q"), &json!(200)), "{body}");
    assert_eq!(body["records"].as_array().unwrap().len(), 1);
    let asked = server.ports.asked.lock().unwrap().clone().unwrap();
    assert_eq!(asked.1.limit, 1);
}

#[tokio::test]
async fn heartbeats_come_back_and_nonsense_is_named() {
    let server = server().await;
    let token = server.access_token(ADMIN).await;
    let mut socket = server.socket(&token).await;
    socket.say(&json!([{ "type": "Heartbeat", "messageId": "h1" }])).await;
    assert_eq!(socket.next().await.0, json!({ "type": "Heartbeat", "messageId": "h1" }));
    for message in [
        "",
        "x",
        "{}",
        "[]",
        "[1]",
        "[{}]",
        r#"[{"type":"Unknown","messageId":"m"}]"#,
        r#"[{"type":"ClientRequest","messageId":"m"}]"#,
        r#"[{"type":"ClientRequest","messageId":"m","method":"GET","path":"nowhere at all"}]"#,
        r#"[{"type":"ClientRequest","messageId":"m","method":"G T","path":"/restapi"}]"#,
        r#"[{"type":"ClientRequest","messageId":"m","method":"GET","path":"http://other/restapi"}]"#,
    ] {
        socket.say_text(message).await;
        let (head, body) = socket.next().await;
        assert_eq!(
            (&head["type"], &head["status"], &body["errorCode"]),
            (&json!("Error"), &json!(400), &json!("WSG-808")),
            "{message}"
        );
    }
}

#[tokio::test]
async fn too_much_at_a_time_is_refused() {
    let plan: Plan = "1/60s".parse().unwrap();
    let push = PushOptions::default();
    let server = Server::start_pushing(plan, ServeOptions::default(), push).await;
    let token = server.access_token(ADMIN).await;
    let mut socket = server.socket(&token).await;
    let log = "/restapi/v1.0/account/~/call-log";
    let (head, _) = socket.request("GET", log, &Value::Null).await;
    assert_eq!(head["headers"]["X-Rate-Limit-Remaining"], "0");
    let (head, body) = socket.request("GET", log, &Value::Null).await;
    assert_eq!((&head["status"], error_code(&body)), (&json!(429), "CMN-301"));
    assert_eq!(head["headers"]["Retry-After"], "60");
    // A message that is longer than any request ends the connection.
    let long = json!([{ "type": "Heartbeat", "messageId": "x".repeat(70_000) }]);
    socket.say(&long).await;
    assert_eq!(socket.rest().await.0.len(), 0);
}

impl Socket {
    async fn say_text(&mut self, text: &str) {
        use futures_util::SinkExt as _;
        self.stream.send(Message::text(text.to_owned())).await.unwrap();
    }
}
