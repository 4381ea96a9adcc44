//! `GET …/phone-number`, of the company and of an extension.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::Value;

use super::extensions::extension_id;
use super::field_is_among;
use super::shapes::PhoneNumberList;
use crate::answer::json;
use crate::error::ApiError;
use crate::guard::Caller;
use crate::paging::{self, page_of};
use crate::params::{Many, Param, Params};
use crate::ports::{Directory, Ports};
use crate::reference::About;
use crate::router::Api;

const USAGE_TYPE: Many<String> =
    Param::text("usageType", "Only numbers that are used for these.").many();

const PAYMENT_TYPE: Many<String> =
    Param::text("paymentType", "Only numbers of these payment types.").many();

const STATUS: Many<String> = Param::text("status", "Only numbers of these statuses.").many();

/// What the reference says of both.
pub(crate) fn about() -> About {
    About::of("Phone Numbers", "")
        .takes(&[&USAGE_TYPE, &PAYMENT_TYPE, &STATUS])
        .takes(paging::PARAMETERS)
        .gives::<PhoneNumberList>("One page.")
}

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
    let usage = params.values(&USAGE_TYPE)?;
    let (payment, status) = (params.values(&PAYMENT_TYPE)?, params.values(&STATUS)?);
    records.retain(|record| {
        field_is_among(record, "usageType", &usage)
            && field_is_among(record, "paymentType", &payment)
            && field_is_among(record, "status", &status)
    });
    Ok(json(page_of(resource, params, records)?))
}
