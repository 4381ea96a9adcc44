//! Several records by id: a 207 with a status for each.
//!
//! There are two forms: `multipart/mixed`, whose first part lists the statuses, and a JSON array for
//! clients that ask for it. In both, record texts are passed on unparsed.

use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use callbook_model::Scope;
use serde_json::{Value, json};
use uuid::Uuid;

use super::query::View;
use super::resource;
use crate::error::ApiError;
use crate::ports::{CallLog, Ports};
use crate::router::Api;

const MAX_IDS: usize = 50;
pub(super) const MULTIPART_JSON: &str = "application/vnd.ringcentral.multipart+json";

/// What became of one id.
struct Item<'a> {
    id: &'a str,
    status: StatusCode,
    body: Bytes,
}

/// Reads all of `ids`, which a comma separates.
pub(super) async fn read<P: Ports>(
    api: &Api<P>,
    scope: Scope,
    ids: &str,
    view: View,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let wanted: Vec<&str> = ids.split(',').collect();
    if wanted.len() > MAX_IDS {
        return Err(ApiError::batch_too_large(MAX_IDS));
    }
    if wanted.contains(&"") {
        return Err(ApiError::invalid_parameter("callRecordId", ids));
    }
    let mut items = Vec::with_capacity(wanted.len());
    for id in wanted {
        items.push(read_item(api, scope, id, view).await?);
    }
    let resource = resource(api, scope);
    Ok(if wants_json(headers) { json_array(&items) } else { multipart(&items, &resource) })
}

async fn read_item<'a, P: Ports>(
    api: &Api<P>,
    scope: Scope,
    id: &'a str,
    view: View,
) -> Result<Item<'a>, ApiError> {
    let record = api.ports().call_log().get(scope, id, view).await?;
    Ok(match record {
        Some(body) => Item { id, status: StatusCode::OK, body },
        None => {
            let error = ApiError::not_found("callRecordId");
            Item { id, status: error.status(), body: error.to_json().into() }
        }
    })
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get_all(ACCEPT).into_iter().filter_map(|value| value.to_str().ok());
    accept.flat_map(|value| value.split(',')).any(|range| {
        let essence = range.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case(MULTIPART_JSON)
    })
}

fn json_array(items: &[Item<'_>]) -> Response {
    let mut body = vec![b'['];
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        let id = Value::String(item.id.to_owned());
        let head = format!("{{\"resourceId\":{id},\"status\":{},\"body\":", item.status.as_u16());
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(&item.body);
        body.push(b'}');
    }
    body.push(b']');
    (StatusCode::MULTI_STATUS, [(CONTENT_TYPE, MULTIPART_JSON)], body).into_response()
}

fn multipart(items: &[Item<'_>], resource: &str) -> Response {
    // A random boundary cannot be part of a record, short of somebody guessing it.
    let boundary = format!("Boundary_{}", Uuid::new_v4().simple());
    let mut body = Vec::new();
    push_part(&mut body, &boundary, statuses(items, resource).as_bytes());
    for item in items {
        push_part(&mut body, &boundary, &item.body);
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let content_type = format!("multipart/mixed; boundary={boundary}");
    (StatusCode::MULTI_STATUS, [(CONTENT_TYPE, content_type)], body).into_response()
}

fn push_part(body: &mut Vec<u8>, boundary: &str, part: &[u8]) {
    let head = format!("--{boundary}\r\nContent-Type: application/json\r\n\r\n");
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(part);
    body.extend_from_slice(b"\r\n");
}

fn statuses(items: &[Item<'_>], resource: &str) -> String {
    let status = |item: &Item<'_>| {
        json!({
            "href": format!("{resource}/{}", item.id),
            "status": item.status.as_u16(),
            "responseDescription": item.status.canonical_reason().unwrap_or_default(),
        })
    };
    json!({ "response": items.iter().map(status).collect::<Vec<_>>() }).to_string()
}
