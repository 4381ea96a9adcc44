//! What a service has around its API: health, metrics, browsers of other origins.

mod cors;
mod health;
mod metrics;

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use callbook_store::Store;

use self::metrics::Metrics;

/// What the paths of a service's own know.
#[derive(Clone)]
struct Shell {
    store: Store,
    metrics: Arc<Metrics>,
}

/// Puts `/healthz`, `/readyz` and `/metrics` beside an API, counts its answers, and lets browsers ask it from
/// wherever.
pub fn shell(api: Router, store: Store, open_connections: Arc<AtomicUsize>) -> Router {
    let metrics = Arc::new(Metrics::new(open_connections));
    let shell = Shell { store, metrics: Arc::clone(&metrics) };
    let own = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show))
        .with_state(shell);
    api.layer(from_fn_with_state(metrics, metrics::count)).layer(cors::layer()).merge(own)
}
