//! `GET …/extension`, `GET …/extension/{extensionId}` and its business hours.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use callbook_model::ExtensionId;
use serde_json::Value;

use super::field_is_among;
use crate::answer::json;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::paging::page_of;
use crate::params::Params;
use crate::ports::{Directory, Ports};
use crate::router::Api;

const STATUSES: [&str; 5] = ["Enabled", "Disabled", "Frozen", "NotActivated", "Unassigned"];

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

struct Filter<'a> {
    number: Option<&'a str>,
    emails: Vec<&'a str>,
    statuses: Vec<&'a str>,
    types: Vec<&'a str>,
}

impl<'a> Filter<'a> {
    fn parse(params: &'a Params) -> Result<Self, ApiError> {
        Ok(Self {
            number: params.one("extensionNumber")?,
            emails: params.all("email").collect(),
            statuses: params
                .read_all("status", |value| STATUSES.contains(&value).then_some(value))?,
            types: params.all("type").collect(),
        })
    }

    fn matches(&self, record: &Value) -> bool {
        self.number.is_none_or(|number| record["extensionNumber"] == number)
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
