//! `GET /sandbox/v1/events`: what subscribers are told, as it happens.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use callbook_api::{Event, Hub, Topic};
use futures_util::stream;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::Told;
use crate::fault::Injector;

/// The route, to be merged with the rest of the control API.
pub(super) fn router(hub: Hub, faults: Injector) -> Router {
    Router::new().route("/sandbox/v1/events", get(events)).with_state((hub, faults))
}

/// A JSON line for each event from now on, until either side has enough.
async fn events(State((hub, faults)): State<(Hub, Injector)>) -> Response {
    let lines = stream::unfold((hub.listen(), faults), async |(mut events, faults)| {
        let event = tokio::select! {
            event = next(&mut events) => event?,
            () = faults.stopped() => return None,
        };
        Some((Ok::<_, Infallible>(line(&event)), (events, faults)))
    });
    ([(CONTENT_TYPE, "application/jsonl")], Body::from_stream(lines)).into_response()
}

/// Whoever reads too slowly misses some.
async fn next(events: &mut Receiver<Arc<Event>>) -> Option<Arc<Event>> {
    loop {
        match events.recv().await {
            Ok(event) => return Some(event),
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return None,
        }
    }
}

fn line(event: &Event) -> Bytes {
    let topic = match event.topic {
        Topic::TelephonySessions => "telephony/sessions",
        Topic::Presence => "presence",
        Topic::CallLog => "call-log",
    };
    let told = Told { topic: topic.to_owned(), at: event.at, body: event.body.clone() };
    // A value of this shape always becomes JSON.
    let mut line = serde_json::to_vec(&told).unwrap_or_default();
    line.push(b'\n');
    line.into()
}
