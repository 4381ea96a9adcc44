//! Recordings: what is known of one, and its sound.

mod content;
mod delete;
mod disposition;
mod metadata;
mod range;

pub(crate) use content::{about_content, content};
pub(crate) use delete::{about_delete, delete};
pub(crate) use metadata::{about_metadata, metadata};

use callbook_model::Scope;

use crate::access::UserPermission;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::ports::{Ports, Recording, Recordings};
use crate::router::Api;

/// The recording that a path names, as far as the caller's call log has it: others hear their own calls.
async fn find<P: Ports>(
    api: &Api<P>,
    (account, id): (&str, &str),
    caller: &Caller,
) -> Result<Recording, ApiError> {
    api.check_account(account)?;
    let scope = match caller.may(UserPermission::FullCompanyCallLog) {
        true => Scope::Account,
        false => Scope::Extension(caller.user),
    };
    let found = api.ports().recordings().find(scope, id).await?;
    found.ok_or_else(|| ApiError::not_found("recordingId"))
}
