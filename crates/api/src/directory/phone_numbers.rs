//! `GET …/phone-number`, of the company and of an extension.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::Value;

use super::extensions::extension_id;
use super::field_is_among;
use crate::answer::json;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::paging::page_of;
use crate::params::Params;
use crate::ports::{Directory, Ports};
use crate::router::Api;

/// Every number of the company.
pub(crate) async fn of_account<P: Ports>(
    State(api): State<Api<P>>,
    Path(account): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let records = api.ports().directory().phone_numbers().await?;
    let resource = format!("{}/phone-number", api.account_url());
    page(resource, &params, records)
}

/// The numbers of one extension.
pub(crate) async fn of_extension<P: Ports>(
    State(api): State<Api<P>>,
    Path((account, extension)): Path<(String, String)>,
    Extension(caller): Extension<Caller>,
    params: Params,
) -> Result<Response, ApiError> {
    api.check_account(&account)?;
    let id = extension_id(&extension, &caller)?;
    let directory = api.ports().directory();
    if directory.extension(id).await?.is_none() {
        return Err(ApiError::not_found("extensionId"));
    }
    let records = directory.extension_phone_numbers(id).await?;
    let resource = format!("{}/extension/{id}/phone-number", api.account_url());
    page(resource, &params, records)
}

fn page(resource: String, params: &Params, mut records: Vec<Value>) -> Result<Response, ApiError> {
    let wanted = |name: &str| params.all(name).collect::<Vec<_>>();
    let (usage, payment, status) = (wanted("usageType"), wanted("paymentType"), wanted("status"));
    records.retain(|record| {
        field_is_among(record, "usageType", &usage)
            && field_is_among(record, "paymentType", &payment)
            && field_is_among(record, "status", &status)
    });
    Ok(json(page_of(resource, params, records)?))
}
