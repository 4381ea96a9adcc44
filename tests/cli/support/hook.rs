//! A program that is notified.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::RUNTIME;

/// A webhook's address, and what it was told.
pub struct Hook {
    server: MockServer,
    told: Arc<Told>,
}

#[derive(Default)]
struct Told {
    refusing: AtomicBool,
    /// What was answered with an error, and what was not.
    refused: Mutex<Vec<Value>>,
    taken: Mutex<Vec<Value>>,
}

impl Hook {
    pub fn new() -> Self {
        let told = Arc::new(Told::default());
        let server = RUNTIME.block_on(MockServer::start());
        let hears = Arc::clone(&told);
        let mock =
            Mock::given(method("POST")).respond_with(move |request: &Request| hears.hear(request));
        RUNTIME.block_on(mock.mount(&server));
        Self { server, told }
    }

    pub fn address(&self) -> String {
        format!("{}/hook", self.server.uri())
    }

    /// Answers with an error from now on, or no longer.
    pub fn refuse(&self, refusing: bool) {
        self.told.refusing.store(refusing, Ordering::SeqCst);
    }

    pub fn refused(&self) -> Vec<Value> {
        self.told.refused.lock().unwrap().clone()
    }

    pub fn taken(&self) -> Vec<Value> {
        self.told.taken.lock().unwrap().clone()
    }
}

impl Told {
    fn hear(&self, request: &Request) -> ResponseTemplate {
        if let Some(question) = request.headers.get("validation-token") {
            return ResponseTemplate::new(200).insert_header("validation-token", question);
        }
        let notification: Value = request.body_json().unwrap();
        let refusing = self.refusing.load(Ordering::SeqCst);
        let (list, status) = if refusing { (&self.refused, 503) } else { (&self.taken, 200) };
        list.lock().unwrap().push(notification);
        ResponseTemplate::new(status)
    }
}
