//! `/metrics`: what is asked, how it is answered, how fresh the archive is; in Prometheus' text format.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use callbook_api::Operation;
use callbook_store::Store;
use prometheus_client::encoding::{EncodeLabelSet, text::encode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::Shell;

/// Upper ends of the histogram's buckets, in seconds.
const BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    operation: &'static str,
    status: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    operation: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfAccount {
    account: u64,
}

/// Everything that is counted.
pub(super) struct Metrics {
    registry: Registry,
    answers: Family<Answered, Counter>,
    durations: Family<Asked, Histogram>,
    connections: Gauge,
    open: Arc<AtomicUsize>,
    synced: Family<OfAccount, Gauge<i64, AtomicI64>>,
}

impl Metrics {
    pub(super) fn new(open: Arc<AtomicUsize>) -> Self {
        let mut registry = Registry::with_prefix("callbook");
        let answers = Family::default();
        registry.register("requests", "Answers by operation and status", answers.clone());
        let empty: fn() -> Histogram = || Histogram::new(BUCKETS);
        let durations = Family::new_with_constructor(empty);
        let help = "Time to the head of an answer";
        registry.register_with_unit(
            "request_duration",
            help,
            Unit::Seconds,
            Family::clone(&durations),
        );
        let (connections, synced) = (Gauge::default(), Family::default());
        registry.register("open_connections", "Connections that are open", connections.clone());
        let help = "When the last sync of an account ended well, in seconds since 1970";
        registry.register_with_unit("last_sync_timestamp", help, Unit::Seconds, synced.clone());
        Self { registry, answers, durations, connections, open, synced }
    }

    async fn text(&self, store: &Store) -> Result<String, callbook_store::Error> {
        self.connections.set(self.open.load(Ordering::Relaxed) as i64);
        for account in store.accounts().await? {
            if let Some(ms) = store.last_success(account.key).await? {
                self.synced.get_or_create(&OfAccount { account: account.id.0 }).set(ms / 1_000);
            }
        }
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = encode(&mut text, &self.registry);
        Ok(text)
    }
}

pub(super) async fn show(State(shell): State<Shell>) -> Response {
    let text_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    match shell.metrics.text(&shell.store).await {
        Ok(text) => ([(CONTENT_TYPE, text_type)], text).into_response(),
        Err(error) => {
            tracing::warn!(%error, "no metrics");
            (StatusCode::SERVICE_UNAVAILABLE, "the archive cannot be read\n").into_response()
        }
    }
}

/// Counts every answer of the API.
pub(super) async fn count(
    State(metrics): State<Arc<Metrics>>,
    path: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let operation = path.as_ref().and_then(|path| operation(request.method(), path.as_str()));
    let operation = operation.unwrap_or("other");
    let response = next.run(request).await;
    let status = u32::from(response.status().as_u16());
    metrics.answers.get_or_create(&Answered { operation, status }).inc();
    metrics.durations.get_or_create(&Asked { operation }).observe(started.elapsed().as_secs_f64());
    response
}

fn operation(method: &Method, path: &str) -> Option<&'static str> {
    let mut all = Operation::ALL.iter();
    let found = all.find(|each| each.method() == *method && each.path() == path);
    found.map(|operation| operation.id())
}
