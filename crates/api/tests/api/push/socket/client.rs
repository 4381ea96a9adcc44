//! A client of the WebSocket server.

use std::collections::VecDeque;

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::push::event;
use crate::server::{self, Server, text};

pub struct Socket {
    pub stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The first message: head and body.
    pub first: (Value, Value),
    /// Messages that came before what was waited for.
    early: VecDeque<(Value, Value)>,
    requests: u32,
}

impl Server {
    pub async fn socket_token(&self, token: &str) -> Value {
        let url = format!("{}/restapi/oauth/wstoken", self.url);
        let answer = self.http.post(url).bearer_auth(token).send().await.unwrap();
        let (status, body) = server::json(answer).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    /// A connection with a token of its own.
    pub async fn socket(&self, token: &str) -> Socket {
        Socket::open(&self.socket_token(token).await, None).await
    }

    /// Publishes a telephony session's event with this number.
    pub fn happen(&self, sequence: u64) {
        let body = json!({ "sequence": sequence, "parties": [] });
        let topic = callbook_api::Topic::TelephonySessions;
        self.hub.publish(event(topic, &[crate::company::USER], body));
    }
}

impl Socket {
    pub async fn open(token: &Value, wsc: Option<&str>) -> Self {
        let wsc = wsc.map(|wsc| format!("&wsc={wsc}")).unwrap_or_default();
        let (uri, token) = (text(&token["uri"]), text(&token["ws_access_token"]));
        let (stream, _) = connect_async(format!("{uri}?access_token={token}{wsc}")).await.unwrap();
        let first = (Value::Null, Value::Null);
        let mut socket = Self { stream, first, early: VecDeque::new(), requests: 0 };
        socket.first = socket.next().await;
        socket
    }

    pub async fn say(&mut self, message: &Value) {
        self.stream.send(Message::text(message.to_string())).await.unwrap();
    }

    /// The next message, parsed; a body that is no JSON is a text.
    pub async fn next(&mut self) -> (Value, Value) {
        if let Some(early) = self.early.pop_front() {
            return early;
        }
        self.receive().await.expect("the connection was closed")
    }

    async fn receive(&mut self) -> Option<(Value, Value)> {
        loop {
            match self.stream.next().await?.ok()? {
                Message::Text(text) => return Some(split(&text)),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// Whatever comes until the connection is closed, and its last word.
    pub async fn rest(mut self) -> (Vec<(Value, Value)>, Option<String>) {
        let (mut all, mut reason) = (Vec::from(self.early), None);
        while let Some(Ok(message)) = self.stream.next().await {
            match message {
                Message::Text(text) => all.push(split(&text)),
                Message::Close(frame) => reason = frame.map(|frame| frame.reason.to_string()),
                _ => {}
            }
        }
        (all, reason)
    }

    /// Says good-bye, and waits until the server has taken note.
    pub async fn leave(mut self) {
        self.stream.close(None).await.unwrap();
        self.rest().await;
    }

    /// Sends a request and waits for its answer.
    pub async fn request(&mut self, method: &str, path: &str, body: &Value) -> (Value, Value) {
        let id = self.ask(method, path, body).await;
        loop {
            let message = self.receive().await.expect("the connection was closed");
            if message.0["messageId"] == id {
                return message;
            }
            self.early.push_back(message);
        }
    }

    /// Sends a request, and does not wait.
    pub async fn ask(&mut self, method: &str, path: &str, body: &Value) -> Value {
        self.requests += 1;
        let id = json!(format!("request-{}", self.requests));
        let head =
            json!({ "type": "ClientRequest", "messageId": id, "method": method, "path": path });
        self.say(&json!([head, body])).await;
        id
    }

    pub async fn subscribe(&mut self, filters: &[&str]) -> (Value, Value) {
        let mode = json!({ "transportType": "WebSocket" });
        let body = json!({ "eventFilters": filters, "deliveryMode": mode });
        self.request("POST", "/restapi/v1.0/subscription/", &body).await
    }

    /// The next notification's number, and what to come back with after it.
    pub async fn notification(&mut self) -> (u64, String) {
        let (head, body) = self.next().await;
        assert_eq!(head["type"], "ServerNotification", "{head} {body}");
        (body["body"]["sequence"].as_u64().unwrap(), text(&head["wsc"]["token"]))
    }

    pub fn wsc(&self) -> String {
        text(&self.first.0["wsc"]["token"])
    }
}

/// As clients of the vendor do it.
fn split(text: &str) -> (Value, Value) {
    if let Some(at) = text.find(",--Boundary") {
        let head = serde_json::from_str(&text[1..at]).unwrap();
        return (head, Value::String(text[at + 1..text.len() - 1].to_owned()));
    }
    let mut parts: VecDeque<Value> = serde_json::from_str(text).unwrap();
    (parts.pop_front().unwrap(), parts.pop_front().unwrap_or_default())
}
