//! `GET …/extension`, `GET …/extension/{extensionId}` and its business hours.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use callbook_model::ExtensionId;
use serde_json::Value;

use super::field_is_among;
use super::shapes::{CompanyBusinessHours, ExtensionInfo, GetExtensionListResponse};
use crate::answer::json;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::paging::{self, page_of};
use crate::params::{Many, Param, Params};
use crate::ports::{Directory, Ports};
use crate::reference::About;
use crate::router::Api;

const EXTENSION_NUMBER: Param<String> =
    Param::text("extensionNumber", "Only the one with this short number.");

const EMAIL: Many<String> = Param::text("email", "Only those with these addresses.").many();

const TYPE: Many<String> = Param::text("type", "Only those of these types.").many();

const STATUS: Many<&str> = Param::words(
    "status",
    &[
        ("Enabled", "Enabled"),
        ("Disabled", "Disabled"),
        ("Frozen", "Frozen"),
        ("NotActivated", "NotActivated"),
        ("Unassigned", "Unassigned"),
    ],
    "Only those of these statuses; `Unassigned` are those without a number.",
)
.many();

/// What the reference says of the list.
pub(crate) fn about_list() -> About {
    About::of("Extensions", "")
        .takes(&[&EXTENSION_NUMBER, &EMAIL, &TYPE, &STATUS])
        .takes(paging::PARAMETERS)
        .gives::<GetExtensionListResponse>("One page.")
}

/// What the reference says of one extension.
pub(crate) fn about_read() -> About {
    About::of("Extensions", "").gives::<ExtensionInfo>("The extension.")
}

/// What the reference says of its hours.
pub(crate) fn about_business_hours() -> About {
    About::of("Business Hours", "").gives::<CompanyBusinessHours>("The hours.")
}

/// The company's extensions, of every type.
pub(crate) async fn list<P: Ports>(
    State(api): State<Api<P>>,
    Path(account): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let filter = Filter::parse(&params)?;
    let mut records = api.ports().directory().extensions().await?;
    records.retain(|record| filter.matches(record));
    Ok(json(page_of(format!("{}/extension", api.account_url()), &params, records)?))
}

/// One extension.
pub(crate) async fn read<P: Ports>(
    State(api): State<Api<P>>,
    Path((account, extension)): Path<(String, String)>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let id = extension_id(&extension, &caller)?;
    let found = api.ports().directory().extension(id).await?;
    found.map(json).ok_or_else(|| ApiError::not_found("extensionId"))
}

/// When an extension takes calls; nothing is scheduled for those that do so around the clock.
pub(crate) async fn business_hours<P: Ports>(
    State(api): State<Api<P>>,
    Path((account, extension)): Path<(String, String)>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let id = extension_id(&extension, &caller)?;
    let found = api.ports().directory().extension_business_hours(id).await?;
    found.map(json).ok_or_else(|| ApiError::not_found("extensionId"))
}

/// `~` is the caller's own extension.
pub(crate) fn extension_id(text: &str, caller: &Caller) -> Result<ExtensionId, ApiError> {
    match text {
        "~" => Ok(caller.user),
        _ => text.parse().map_err(|_| ApiError::not_found("extensionId")),
    }
}

struct Filter {
    number: Option<String>,
    emails: Vec<String>,
    statuses: Vec<&'static str>,
    types: Vec<String>,
}

impl Filter {
    fn parse(params: &Params) -> Result<Self, ApiError> {
        Ok(Self {
            number: params.given(&EXTENSION_NUMBER)?,
            emails: params.values(&EMAIL)?,
            statuses: params.values(&STATUS)?,
            types: params.values(&TYPE)?,
        })
    }

    fn matches(&self, record: &Value) -> bool {
        self.number.as_ref().is_none_or(|number| record["extensionNumber"] == *number)
            && field_is_among(&record["contact"], "email", &self.emails)
            && self.has_status(record)
            && field_is_among(record, "type", &self.types)
    }

    /// `Unassigned` asks for extensions without a number.
    fn has_status(&self, record: &Value) -> bool {
        let unassigned = record.get("extensionNumber").is_none();
        field_is_among(record, "status", &self.statuses)
            || (unassigned && self.statuses.contains(&"Unassigned"))
    }
}
