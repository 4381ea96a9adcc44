//! `/sandbox/v1/fault`: faults to order.
//!
//! | | |
//! |---|---|
//! | `POST` | `{"kind": "slow:2s", "count": 3, "path": "/call-log"}`: so many of the next requests meet it |
//! | `GET` | how many of each kind there were |
//! | `DELETE` | those that were ordered and have not come yet do not come |

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use super::{FaultSpec, Injector};

/// Faults to order.
#[derive(Debug, Deserialize)]
struct Order {
    /// A fault as on the command line; its share means nothing here.
    kind: String,
    #[serde(default = "once")]
    count: u32,
    /// What a request's path has to contain.
    path: Option<String>,
}

fn once() -> u32 {
    1
}

/// The route, to be merged with the rest of the control API.
pub(crate) fn router(injector: Injector) -> Router {
    let methods = get(given).post(inject).delete(clear);
    Router::new().route("/sandbox/v1/fault", methods).with_state(injector)
}

async fn inject(State(injector): State<Injector>, Json(order): Json<Order>) -> Response {
    match order.kind.parse::<FaultSpec>() {
        Ok(fault) => {
            let path = order.path.or(fault.path);
            injector.inject(FaultSpec { path, ..fault }, order.count);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => {
            (StatusCode::BAD_REQUEST, Json(json!({ "message": error.to_string() }))).into_response()
        }
    }
}

async fn given(State(injector): State<Injector>) -> Response {
    Json(json!({ "given": injector.given() })).into_response()
}

async fn clear(State(injector): State<Injector>) -> StatusCode {
    injector.clear();
    StatusCode::NO_CONTENT
}
