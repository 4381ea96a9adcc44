//! `/healthz`: the process answers. `/readyz`: so does the archive.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;

use super::Shell;

/// An archive that takes longer is no help to anybody.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn alive() -> &'static str {
    "ok\n"
}

pub(super) async fn ready(State(shell): State<Shell>) -> (StatusCode, &'static str) {
    match tokio::time::timeout(PATIENCE, shell.store.accounts()).await {
        Ok(Ok(_)) => (StatusCode::OK, "ok\n"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the archive cannot be read\n")
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the archive does not answer\n"),
    }
}
