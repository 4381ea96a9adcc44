//! `GET /restapi/v1.0/subscription`: those of the caller, through this app.

use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::find_all;
use crate::answer::json;
use crate::auth::AccessGrant;
use crate::error::ApiError;
use crate::ports::{Clock, Ports};
use crate::router::Api;

pub(crate) async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Extension(grant): Extension<AccessGrant>,
) -> Result<Response, ApiError> {
    let (now, url) = (api.ports().clock().now(), api.server_url());
    let found = find_all(&api, &grant).await?;
    let records: Vec<Value> = found.iter().map(|found| found.info(url, now)).collect();
    Ok(json(json!({ "uri": format!("{url}/restapi/v1.0/subscription"), "records": records })))
}
