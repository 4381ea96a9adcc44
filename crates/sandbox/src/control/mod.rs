//! `/sandbox/v1/…`: makes things happen in a running sandbox, and tells the truth about it.
//!
//! Served to this machine alone, to whoever has the app's id and secret (Basic authentication):
//!
//! | | |
//! |---|---|
//! | `POST calls` | plays a scenario now: [`Play`], answered by [`PlayedCalls`] |
//! | `GET clock`, `POST clock` | reads the clock, or turns it forward: [`Turn`], answered by [`Reading`] |
//! | `POST records/{id}/edit` | edits a record, in every log |
//! | `DELETE records/{id}` | deletes it; with `?silent=true` without a trace |
//! | `POST directory` | changes the directory from now on: [`Reorganization`], answered by the extension as it is then |
//! | `POST reset` | forgets all that has happened, and the clock is the machine's again |
//! | `POST fault`, `GET fault`, `DELETE fault` | orders faults, counts them, cancels the order: `fault/route.rs` |
//! | `GET events` | a JSON line for each event as it happens: [`Told`] |
//! | `GET truth?scope=account` | a JSON line for every record that there is or was; or of an extension's id |

mod client;
mod events;
mod messages;

pub use client::{Control, ControlError, Events};
pub(crate) use messages::{Play, Removal, Turn};
pub use messages::{PlayedCall, PlayedCalls, Reading, Told};

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use callbook_api::Hub;
use callbook_synth::{Scenario, Scope};
use http_body_util::channel::Channel;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;
use subtle::ConstantTimeEq;

use crate::credentials::Credentials;
use crate::fault::{self, Injector};
use crate::world::{Reorganization, What, World};

/// Lines of the truth are sent in portions of this size.
const PORTION_BYTES: usize = 64 * 1024;

/// The longest way that the clock is turned at once: ten years.
const MOST_MS: i64 = 10 * 366 * 86_400_000;

type Shared = State<Arc<World>>;

/// The control API. A part of it that needs more state than the world is merged in here.
pub(crate) fn router(
    world: Arc<World>,
    hub: Hub,
    credentials: Credentials,
    faults: Injector,
) -> Router {
    Router::new()
        .route("/sandbox/v1/calls", post(play))
        .route("/sandbox/v1/clock", get(read_clock).post(turn_clock))
        .route("/sandbox/v1/records/{id}/edit", post(edit))
        .route("/sandbox/v1/records/{id}", delete(remove))
        .route("/sandbox/v1/directory", post(reorganize))
        .route("/sandbox/v1/reset", post(reset))
        .route("/sandbox/v1/truth", get(truth))
        .with_state(world)
        .merge(events::router(hub, faults.clone()))
        .merge(fault::router(faults))
        .layer(from_fn_with_state(Arc::new(credentials), authenticate))
}

/// Lets the app through that the sandbox is of.
async fn authenticate(
    State(credentials): State<Arc<Credentials>>,
    request: Request,
    next: Next,
) -> Response {
    if is_app(request.headers(), &credentials) {
        return next.run(request).await;
    }
    refuse(StatusCode::UNAUTHORIZED, "Basic authentication with the app's id and secret is needed")
}

fn is_app(headers: &HeaderMap, credentials: &Credentials) -> bool {
    let secret = credentials.client_secret.expose_secret();
    let expected = STANDARD.encode(format!("{}:{secret}", credentials.client_id));
    let given = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.split_once(' '));
    given.is_some_and(|(scheme, given)| {
        scheme.eq_ignore_ascii_case("basic") && given.as_bytes().ct_eq(expected.as_bytes()).into()
    })
}

fn refuse(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "message": message }))).into_response()
}

async fn play(State(world): Shared, Json(play): Json<Play>) -> Response {
    let Ok(scenario) = play.scenario.parse::<Scenario>() else {
        let names: Vec<_> = Scenario::ALL.iter().map(|each| each.name()).collect();
        let message = format!("there is no such scenario; there are: {}", names.join(", "));
        return refuse(StatusCode::BAD_REQUEST, &message);
    };
    let late_ms = i64::try_from(play.late_s.saturating_mul(1_000)).unwrap_or(MOST_MS);
    let calls = world.play(scenario, play.ended, late_ms.min(MOST_MS));
    Json(PlayedCalls { calls: calls.iter().map(PlayedCall::from).collect() }).into_response()
}

async fn read_clock(State(world): Shared) -> Json<Reading> {
    Json(Reading { now: moment(world.now().now_ms()) })
}

async fn turn_clock(State(world): Shared, Json(turn): Json<Turn>) -> Response {
    let now_ms = world.clock.now_ms();
    let by_ms = match turn {
        Turn::AdvanceMs(by_ms) => by_ms,
        Turn::Set(to) => to.as_millisecond() - now_ms,
    };
    if by_ms < 0 {
        return refuse(
            StatusCode::BAD_REQUEST,
            "the clock does not go back, other than by a reset",
        );
    }
    if by_ms > MOST_MS {
        return refuse(StatusCode::BAD_REQUEST, "the clock is turned by ten years at most");
    }
    world.advance(by_ms);
    // All that has happened meanwhile is made here and now, off the threads that answer others.
    let now = tokio::task::spawn_blocking(move || world.now().now_ms()).await;
    match now {
        Ok(now_ms) => Json(Reading { now: moment(now_ms) }).into_response(),
        Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR, "the time between could not be lived"),
    }
}

async fn edit(State(world): Shared, Path(id): Path<String>) -> Response {
    befall(&world, &id, What::Edited)
}

async fn remove(
    State(world): Shared,
    Path(id): Path<String>,
    Query(removal): Query<Removal>,
) -> Response {
    befall(&world, &id, if removal.silent { What::Gone } else { What::Deleted })
}

fn befall(world: &Arc<World>, id: &str, what: What) -> Response {
    if world.befall(id, what) {
        return StatusCode::NO_CONTENT.into_response();
    }
    refuse(StatusCode::NOT_FOUND, "there is no such record now")
}

async fn reorganize(State(world): Shared, Json(change): Json<Reorganization>) -> Response {
    match world.reorganize(&change) {
        Ok(extension) => Json(extension).into_response(),
        Err(refusal) => refuse(StatusCode::BAD_REQUEST, &refusal.to_string()),
    }
}

async fn reset(State(world): Shared) -> StatusCode {
    world.reset();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct TruthQuery {
    scope: String,
}

async fn truth(State(world): Shared, Query(query): Query<TruthQuery>) -> Response {
    let scope = match (query.scope.as_str(), query.scope.parse()) {
        ("account", _) => Scope::Account,
        (_, Ok(id)) if world.company.extension(id).is_some() => Scope::Extension(id),
        _ => return refuse(StatusCode::BAD_REQUEST, "scope is account or an extension's id"),
    };
    let (mut lines, body) = Channel::<axum::body::Bytes>::new(4);
    tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Handle::current();
        let mut portion = String::with_capacity(PORTION_BYTES + 8_192);
        let now = world.now();
        for line in now.truth(scope) {
            portion.push_str(&line);
            if portion.len() >= PORTION_BYTES {
                let full = std::mem::take(&mut portion);
                // Whoever asked has gone.
                if runtime.block_on(lines.send_data(full.into())).is_err() {
                    return;
                }
            }
        }
        let _ = runtime.block_on(lines.send_data(portion.into()));
    });
    ([(CONTENT_TYPE, "application/jsonl")], Body::new(body)).into_response()
}

fn moment(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or_default()
}
