//! The call log: lists of records, and records by id.

mod active;
mod batch;
mod delete;
mod extract;
mod list;
mod parameters;
mod query;
mod record;
mod shapes;
mod sync;
mod sync_token;

pub(crate) use active::{about_active, active_account, active_extension};
pub(crate) use delete::{about_delete, delete};
pub(crate) use extract::{about_extract, extract_account};
pub(crate) use list::{
    about_account as about_account_list, about_extension as about_extension_list, list_account,
    list_extension,
};
pub use query::{
    ActiveQuery, ChangesQuery, Deletion, Direction, Filter, ListQuery, RecordingFilter, View,
};
pub(crate) use record::{about_record, read_account, read_extension};
pub(crate) use sync::{about_sync, sync_account, sync_extension};
pub use sync_token::SyncKey;

use bytes::Bytes;
use callbook_model::Scope;
use jiff::Timestamp;
use serde_json::Value;

use crate::access::UserPermission;
use crate::directory::extensions::extension_id;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::ports::{Directory, Ports};
use crate::router::Api;

/// The extension log that a path names, if the caller may read it.
///
/// An ordinary user gets the same refusal for every extension but their own: the answer must not
/// tell which ids exist.
async fn extension_scope<P: Ports>(
    api: &Api<P>,
    extension: &str,
    caller: &Caller,
) -> Result<Scope, ApiError> {
    let id = extension_id(extension, caller)?;
    if id == caller.user {
        return Ok(Scope::Extension(id));
    }
    if !caller.may(UserPermission::FullCompanyCallLog) {
        return Err(ApiError::other_extension());
    }
    match api.ports().directory().extension(id).await? {
        Some(_) => Ok(Scope::Extension(id)),
        None => Err(ApiError::not_found("extensionId")),
    }
}

/// Where a call log stands in the API.
fn resource<P: Ports>(api: &Api<P>, scope: Scope) -> String {
    resource_named(api, scope, "call-log")
}

/// Where something of an account or extension stands in the API.
fn resource_named<P: Ports>(api: &Api<P>, scope: Scope, name: &str) -> String {
    match scope {
        Scope::Account => format!("{}/{name}", api.account_url()),
        Scope::Extension(id) => format!("{}/extension/{id}/{name}", api.account_url()),
    }
}

fn millis(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// Puts the texts of records together between `{"uri":…,"records":[` and `],`, and whatever follows. They are not
/// parsed: a number such as `0.10`, or one of thirty digits, has to come out as it went in.
fn envelope(uri: String, records: &[Bytes], tail: &str) -> Vec<u8> {
    let uri = Value::String(uri).to_string();
    let texts: usize = records.iter().map(|record| record.len() + 1).sum();
    let mut body = Vec::with_capacity(uri.len() + texts + tail.len() + 32);
    body.extend_from_slice(b"{\"uri\":");
    body.extend_from_slice(uri.as_bytes());
    body.extend_from_slice(b",\"records\":[");
    for (index, record) in records.iter().enumerate() {
        if index > 0 {
            body.push(b',');
        }
        body.extend_from_slice(record);
    }
    body.extend_from_slice(b"],");
    body.extend_from_slice(tail.as_bytes());
    body
}
