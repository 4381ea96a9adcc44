//! What is logged, and what must never be.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, Once};

use secrecy::ExposeSecret;
use tracing_subscriber::fmt::MakeWriter;

use crate::server::Server;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A log for everything that no other one takes. Without it, whatever another thread reaches first is taken for
/// unwanted, by this process for good.
fn log_the_rest_nowhere() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let nowhere = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(std::io::sink)
            .finish();
        tracing::subscriber::set_global_default(nowhere).unwrap();
    });
}

#[tokio::test]
async fn requests_are_logged_without_secrets_and_numbers() {
    log_the_rest_nowhere();
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(captured.clone())
        .finish();
    // The test runs on one thread, and so does the server within it.
    let _guard = tracing::subscriber::set_default(subscriber);
    let server = Server::start().await;
    let token = server.admin_token().await;
    server.get_json("/account/~/call-log?phoneNumber=12025550123", &token).await;
    server.get_json("/account/~/call-log", "a-wrong-token").await;

    let log = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("/restapi/v1.0/account/~/call-log"), "{log}");
    let credentials = &server.credentials;
    let secrets = [
        credentials.jwt.expose_secret(),
        credentials.client_secret.expose_secret(),
        &token,
        "a-wrong-token",
        "2025550123",
    ];
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} was logged: {log}");
    }
}
