//! Somebody's webhook on this machine.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What it wants to see with each notification.
pub const TOKEN: &str = "a-secret-of-ours";

/// How it behaves. It can be changed at any time.
#[derive(Debug, Clone, Default)]
pub struct Manner {
    /// What it says to the question whether it wants notifications; nothing: as it should.
    pub validation: Option<Validation>,
    /// What it says to the next notifications, in order; afterwards 200.
    pub statuses: Vec<StatusCode>,
}

#[derive(Debug, Clone, Copy)]
pub enum Validation {
    /// Another status than 200.
    Status(StatusCode),
    /// Without the header.
    Silent,
    /// With another token than it was asked with.
    Wrong,
    /// With so many bytes.
    Long(usize),
    /// On to somewhere else.
    Redirect,
}

pub struct Receiver {
    pub address: String,
    pub manner: Arc<Mutex<Manner>>,
    taken: UnboundedReceiver<Value>,
}

#[derive(Clone)]
struct Desk {
    manner: Arc<Mutex<Manner>>,
    taken: UnboundedSender<Value>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hook", listener.local_addr().unwrap());
        let (sender, taken) = unbounded_channel();
        let manner = Arc::<Mutex<Manner>>::default();
        let desk = Desk { manner: Arc::clone(&manner), taken: sender };
        let router = Router::new().route("/hook", post(take)).with_state(desk);
        tokio::spawn(async move { axum_serve(listener, router).await });
        Self { address, manner, taken }
    }

    pub fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// The next notification that came, whatever was said to it.
    pub async fn next(&mut self) -> Value {
        self.taken.recv().await.unwrap()
    }

    /// Whether nothing has come that was not looked at.
    pub fn is_idle(&mut self) -> bool {
        self.taken.try_recv().is_err()
    }
}

async fn axum_serve(listener: TcpListener, router: Router) {
    let options = callbook_api::ServeOptions::default();
    callbook_api::serve(listener, router, options, std::future::pending()).await.unwrap();
}

async fn take(State(desk): State<Desk>, headers: HeaderMap, body: String) -> Response {
    if let Some(question) = headers.get("validation-token") {
        let validation = desk.manner.lock().unwrap().validation;
        return validate(question, validation);
    }
    assert_eq!(headers["verification-token"], TOKEN);
    desk.taken.send(serde_json::from_str(&body).unwrap()).unwrap();
    let mut manner = desk.manner.lock().unwrap();
    let status =
        if manner.statuses.is_empty() { StatusCode::OK } else { manner.statuses.remove(0) };
    status.into_response()
}

fn validate(question: &HeaderValue, manner: Option<Validation>) -> Response {
    let echo = [("validation-token", question.clone())];
    match manner {
        None => (echo, ()).into_response(),
        Some(Validation::Status(status)) => (status, echo).into_response(),
        Some(Validation::Silent) => StatusCode::OK.into_response(),
        Some(Validation::Wrong) => [("validation-token", "another")].into_response(),
        Some(Validation::Long(bytes)) => (echo, "x".repeat(bytes)).into_response(),
        Some(Validation::Redirect) => {
            (StatusCode::FOUND, [("location", "/hook")], echo).into_response()
        }
    }
}
