//! `GET …/telephony/sessions/{telephonySessionId}`: a call that is under way.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use callbook_model::ExtensionId;
use serde_json::Value;

use crate::access::UserPermission;
use crate::answer::json;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::ports::{Ports, Telephony};
use crate::reference::About;
use crate::reference::shape::{Anything, Moment, shape};
use crate::router::Api;

shape! {
    /// A call that is under way.
    CallSessionObject {
        /// The telephony session's id.
        required "id": String,
        /// When it began.
        "creationTime": Moment,
        /// Who takes part, and how far each has come.
        required "parties": Vec<Anything>,
        /// What began it.
        "origin": Anything,
    }
}

/// What the reference says of it.
pub(crate) fn about() -> About {
    About::of(
        "Call Control",
        "Who may read everybody's call log sees everybody's calls, others their own.",
    )
    .gives::<CallSessionObject>("The call.")
}

/// The call and its parties. Others' calls are shown to those who may read everybody's call log.
pub(crate) async fn read<P: Ports>(
    State(api): State<Api<P>>,
    Path((account, id)): Path<(String, String)>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let may_see = |session: &Value| {
        caller.may(UserPermission::FullCompanyCallLog) || has_party(session, caller.user)
    };
    let found = api.ports().telephony().session(&id).await?.filter(may_see);
    found.map(json).ok_or_else(|| ApiError::not_found("telephonySessionId"))
}

fn has_party(session: &Value, extension: ExtensionId) -> bool {
    let parties = session["parties"].as_array().map(Vec::as_slice).unwrap_or_default();
    parties.iter().any(|party| party["extensionId"] == extension.to_string())
}
