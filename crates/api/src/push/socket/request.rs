//! Messages of a client: heartbeats, and requests, which are answered as over HTTP.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use url::form_urlencoded::Serializer;

use super::session::Session;
use super::{SUBSCRIPTION_ID, message};
use crate::error::ApiError;

/// The longest answer, in bytes: a thousand Detailed records are a few million.
const MAX_ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// What a client has sent.
#[derive(Debug)]
pub(super) enum Incoming {
    Heartbeat {
        id: String,
    },
    Request(Box<ClientRequest>),
    /// What to say to it.
    Unreadable(String),
}

#[derive(Debug)]
pub(super) struct ClientRequest {
    pub(super) id: String,
    request: Request<Body>,
}

/// The answer to a request.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) text: String,
    /// Whether it tells of a new subscription.
    pub(super) subscribes: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    message_id: String,
    #[serde(default)]
    method: String,
    #[serde(default)]
    path: String,
    query: Option<Value>,
    #[serde(default)]
    headers: Option<serde_json::Map<String, Value>>,
}

impl Incoming {
    /// Reads a message. `server_url`: what absolute addresses of ours begin with.
    pub(super) fn parse(text: &str, server_url: &str) -> Self {
        let parts: Vec<&RawValue> = match serde_json::from_str(text) {
            Ok(parts) => parts,
            Err(error) => return Self::unreadable(None, &error.to_string()),
        };
        let head = parts.first().map(|head| serde_json::from_str::<Head>(head.get()));
        let head = match head {
            Some(Ok(head)) => head,
            Some(Err(error)) => return Self::unreadable(None, &error.to_string()),
            None => return Self::unreadable(None, "Message is empty"),
        };
        let body = parts.get(1).map(|body| body.get()).filter(|body| *body != "null");
        match head.kind.as_str() {
            "Heartbeat" => Self::Heartbeat { id: head.message_id },
            "ClientRequest" => match head.request(body, server_url) {
                Some(request) => {
                    Self::Request(Box::new(ClientRequest { id: head.message_id, request }))
                }
                None => Self::unreadable(Some(&head.message_id), "Request is malformed"),
            },
            _ => Self::unreadable(Some(&head.message_id), "Message type is unknown"),
        }
    }

    fn unreadable(id: Option<&str>, why: &str) -> Self {
        Self::Unreadable(message::error(id, StatusCode::BAD_REQUEST, "WSG-808", why))
    }
}

impl Head {
    fn request(&self, body: Option<&str>, server_url: &str) -> Option<Request<Body>> {
        let path = self.path.strip_prefix(server_url).unwrap_or(&self.path);
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        // Documented clients write `/restapi/v1.0/subscription/`.
        let path = path.strip_suffix('/').unwrap_or(path);
        let mut query = vec![query.to_owned(), self.query()];
        query.retain(|part| !part.is_empty());
        let query = query.join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        let uri = format!("{path}{mark}{query}").parse().ok();
        // What is somebody else's address is none of ours.
        let uri: Uri = uri.filter(|uri: &Uri| uri.authority().is_none())?;
        let method: Method = self.method.to_ascii_uppercase().parse().ok()?;
        let body = Bytes::from(body.unwrap_or_default().to_owned());
        let mut request = Request::builder().method(method).uri(uri).body(body.into()).ok()?;
        *request.headers_mut() = self.headers();
        Some(request)
    }

    /// The query, as an object or a text.
    fn query(&self) -> String {
        let fields = match &self.query {
            Some(Value::String(text)) => return text.trim_start_matches('?').to_owned(),
            Some(Value::Object(fields)) => fields,
            _ => return String::new(),
        };
        let mut query = Serializer::new(String::new());
        for (name, value) in fields {
            let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            for value in values.iter().filter(|value| !value.is_null()) {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                query.append_pair(name, &text);
            }
        }
        query.finish()
    }

    /// Headers that mean something here. Who asks is known already, and how long the body is as well.
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers.iter().flatten() {
            let name = name.parse::<HeaderName>().ok().filter(|name| *name == ACCEPT);
            let value = value.as_str().and_then(|value| HeaderValue::from_str(value).ok());
            if let Some((name, value)) = name.zip(value) {
                headers.insert(name, value);
            }
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers
    }
}

impl ClientRequest {
    /// Asks the router as the session's user through its app, and writes the answer.
    pub(super) async fn answer(self, rest: Router, session: Arc<Session>) -> Answer {
        let Self { id, mut request } = self;
        request.headers_mut().remove(AUTHORIZATION);
        request.extensions_mut().insert(session.grant.clone());
        request.extensions_mut().insert(session);
        let Ok(response) = TowerToHyperService::new(rest).call(request).await;
        write(&id, response).await
    }

    /// What is said to one request too many.
    pub(super) async fn refuse(self) -> Answer {
        write(&self.id, ApiError::rate_exceeded().into_response()).await
    }
}

async fn write(id: &str, response: Response) -> Answer {
    let (head, body) = response.into_parts();
    let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_text = kind.is_none_or(|kind| kind.contains("json") || kind.starts_with("multipart/"));
    let body = match to_bytes(body, MAX_ANSWER_BYTES).await {
        Ok(body) if is_text => String::from_utf8(body.into()).ok(),
        _ => None,
    };
    let subscribes = head.headers.contains_key(&SUBSCRIPTION_ID);
    let text = match body {
        Some(body) => message::answer(id, head.status, &head.headers, &body),
        // Sounds, and what is too long: there is HTTP for them.
        None => {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            let error = ApiError::new(status, "CMN-202", "Not supported over WebSocket");
            let body = String::from_utf8_lossy(&error.to_json()).into_owned();
            message::answer(id, status, &HeaderMap::new(), &body)
        }
    };
    Answer { text, subscribes }
}
