//! What the log says of answers, and what not.

use std::io::Write;
use std::sync::{Arc, Mutex, Once};

use callbook_model::{ExtensionId, Scope, Span};
use callbook_ringcentral::{CallLogQuery, DirectoryList, Resource, View};
use jiff::Timestamp;
use serde_json::json;
use tracing_subscriber::EnvFilter;
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::support::{CALL_LOG, EXTENSIONS, SECRET, answer, client, ok, signing_in};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
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

impl Log {
    /// Takes down what this thread logs from now on.
    fn start() -> (Self, tracing::subscriber::DefaultGuard) {
        log_the_rest_nowhere();
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("callbook_ringcentral=trace"))
            .with_ansi(false)
            .with_writer({
                let log = log.clone();
                move || log.clone()
            })
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

fn query(scope: Scope) -> CallLogQuery {
    let span = Span { from: Timestamp::UNIX_EPOCH, to: Timestamp::MAX };
    CallLogQuery { scope, view: View::Simple, span, page: 1, per_page: 100 }
}

#[tokio::test]
async fn each_answer_is_a_line_without_secrets_and_queries() {
    let (log, _guard) = Log::start();
    let server = signing_in().await;
    let number = json!({ "records": [{ "id": "1", "from": { "phoneNumber": "+16505550100" } }] });
    let answered = ok(&number).insert_header("x-rate-limit-remaining", "9");
    answer(&server, "GET", "/restapi/v1.0/account/~/extension/7/call-log", answered).await;
    client(&server.uri()).call_log(&query(Scope::Extension(ExtensionId(7)))).await.unwrap();
    let lines = log.lines();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].contains("DEBUG") && lines[0].contains("kind=Token"), "{lines:?}");
    for part in ["kind=CallLog", "extension/7/call-log\"", "status=200", "\"9\"", "waited_ms="] {
        assert!(lines[1].contains(part), "{part}: {lines:?}");
    }
    for secret in [SECRET, "dateFrom", "16505550100"] {
        assert!(!lines.concat().contains(secret), "{secret}: {lines:?}");
    }
}

#[tokio::test]
async fn a_refusal_and_an_extension_without_an_id_are_warned_of() {
    let (log, _guard) = Log::start();
    let server = signing_in().await;
    let refusal = ResponseTemplate::new(429).insert_header("retry-after", "0");
    let refused = Mock::given(method("GET")).and(path(CALL_LOG)).respond_with(refusal);
    refused.up_to_n_times(1).mount(&server).await;
    answer(&server, "GET", CALL_LOG, ok(&json!({ "records": [] }))).await;
    answer(&server, "GET", EXTENSIONS, ok(&json!({ "records": [{ "id": SECRET }] }))).await;
    let client = client(&server.uri());
    client.call_log(&query(Scope::Account)).await.unwrap();
    assert!(client.traffic().throttled.as_millis() >= 1000);
    let list = client.directory(Resource::Extensions).await.unwrap();
    assert_eq!(list, DirectoryList { entries: vec![], complete: false });
    let warnings: Vec<_> = log.lines().into_iter().filter(|line| line.contains("WARN")).collect();
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[0].contains("rate limit of the call log"), "{warnings:?}");
    assert!(warnings[1].contains("skipped=1") && !warnings[1].contains(SECRET), "{warnings:?}");
}
