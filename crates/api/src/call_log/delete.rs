//! `DELETE …/extension/{extensionId}/call-log`: hides records of one's own log from oneself.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use callbook_model::Scope;

use super::extension_scope;
use super::parameters::{FILTERS, SHOW_BLOCKED, TRANSPORT};
use super::query::parse_deletion;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::params::Params;
use crate::ports::{CallLog, Clock, Ports};
use crate::reference::About;
use crate::router::Api;

/// What the reference says of it.
pub(crate) fn about_delete() -> About {
    About::of(
        "Call Log",
        "Hides what matches from the user themselves; nobody else's log changes, and nothing is erased. Without \
         `dateFrom` it reaches back to the beginning.",
    )
    .takes(FILTERS)
    .takes(&[&TRANSPORT, &SHOW_BLOCKED])
    .answers_nothing(204, "They are hidden.")
}

/// Nobody hides anything from anybody else, whatever else they may do.
pub(crate) async fn delete<P: Ports>(
    State(api): State<Api<P>>,
    Path((account, extension)): Path<(String, String)>,
    Extension(caller): Extension<Caller>,
    params: Params,
) -> Result<StatusCode, ApiError> {
    api.check_account(&account)?;
    let scope = extension_scope(&api, &extension, &caller).await?;
    if scope != Scope::Extension(caller.user) {
        return Err(ApiError::other_extension());
    }
    let deletion = parse_deletion(&params, scope, api.ports().clock().now())?;
    api.ports().call_log().hide(caller.user, &deletion).await?;
    Ok(StatusCode::NO_CONTENT)
}
