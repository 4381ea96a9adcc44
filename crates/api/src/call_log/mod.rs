//! The call log: lists of records, and records by id.

mod batch;
mod list;
mod query;
mod record;

pub(crate) use list::{list_account, list_extension};
pub use query::{Direction, Filter, ListQuery, RecordingFilter, View};
pub(crate) use record::{read_account, read_extension};

use callbook_model::Scope;

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
    match scope {
        Scope::Account => format!("{}/call-log", api.account_url()),
        Scope::Extension(id) => format!("{}/extension/{id}/call-log", api.account_url()),
    }
}
