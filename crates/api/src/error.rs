//! Errors as the API reports them.
//!
//! A client reads `errorCode` and, for some codes, `parameterName`; the message is for people. What
//! went wrong inside is logged once, when the answer is written, and never sent.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{AppScope, UserPermission};
use crate::answer::json_bytes;
use crate::ports::PortError;

/// A refusal of a request. Boxed, because nearly every function here can return one.
#[derive(Debug)]
pub(crate) struct ApiError(Box<Refusal>);

#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    item: ErrorItem,
    /// What `errorCode` says at the top, where it differs from the item's.
    summary_code: Option<&'static str>,
    /// What went wrong inside, if it was not the client's fault.
    cause: Option<PortError>,
    /// When it may be asked again.
    retry_after_s: Option<u64>,
}

/// How long to wait for what is being made.
const NOT_YET_S: u64 = 10;

/// What is wrong.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ErrorItem {
    /// Such as `CMN-101`: what a program goes by.
    error_code: &'static str,
    /// For people.
    message: String,
    /// The parameter that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    parameter_name: Option<String>,
    /// Its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    parameter_value: Option<String>,
    /// The scope or permission that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    permission_name: Option<&'static str>,
}

/// Why there is no answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorBody<'a> {
    /// As the item's, or `InsufficientPermissions`.
    error_code: &'a str,
    /// For people.
    message: &'a str,
    /// What is wrong.
    errors: [&'a ErrorItem; 1],
    /// As the item's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    parameter_name: Option<&'a str>,
    /// As the item's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    permission_name: Option<&'a str>,
}

impl ApiError {
    pub(crate) fn new(
        status: StatusCode,
        error_code: &'static str,
        message: impl Into<String>,
    ) -> Self {
        let item = ErrorItem {
            error_code,
            message: message.into(),
            parameter_name: None,
            parameter_value: None,
            permission_name: None,
        };
        Self(Box::new(Refusal {
            status,
            item,
            summary_code: None,
            cause: None,
            retry_after_s: None,
        }))
    }

    fn parameter(mut self, name: &str, value: Option<&str>) -> Self {
        self.0.item.parameter_name = Some(name.to_owned());
        self.0.item.parameter_value = value.map(str::to_owned);
        self
    }

    fn permission(mut self, name: &'static str) -> Self {
        self.0.item.permission_name = Some(name);
        self.0.summary_code = Some("InsufficientPermissions");
        self
    }

    /// A parameter has a value that the operation does not take.
    pub(crate) fn invalid_parameter(name: &str, value: &str) -> Self {
        let message = format!("Parameter [{name}] value is invalid");
        Self::new(StatusCode::BAD_REQUEST, "CMN-101", message).parameter(name, Some(value))
    }

    /// Two parameters exclude each other.
    pub(crate) fn excluded_parameter(name: &str, value: &str, other: &str) -> Self {
        let message =
            format!("Parameter [{name}] value is invalid: it cannot be used with [{other}]");
        Self::new(StatusCode::BAD_REQUEST, "CMN-101", message).parameter(name, Some(value))
    }

    /// A parameter that takes one value was given several.
    pub(crate) fn duplicate_parameter(name: &str, value: &str) -> Self {
        let message = format!("Parameter [{name}] was given more than once");
        Self::new(StatusCode::BAD_REQUEST, "CMN-406", message).parameter(name, Some(value))
    }

    /// A session lookup was combined with a filter that it excludes.
    pub(crate) fn session_id_excludes(other: &str) -> Self {
        let message = format!(
            "Parameter [sessionId] is not allowed for usage along with parameter [{other}]"
        );
        Self::new(StatusCode::BAD_REQUEST, "CLG-110", message).parameter(other, None)
    }

    /// A synchronisation cannot go on from this token: the client has to start over.
    pub(crate) fn invalid_sync_token(error_code: &'static str, token: &str) -> Self {
        let message = "Parameter [syncToken] is invalid [Sync token expired, call log was reset]";
        Self::new(StatusCode::BAD_REQUEST, error_code, message).parameter("syncToken", Some(token))
    }

    /// A parameter that has to be there is not.
    pub(crate) fn missing_parameter(name: &str) -> Self {
        let message = format!("Parameter [{name}] value is invalid: it is mandatory");
        Self::new(StatusCode::BAD_REQUEST, "CMN-101", message).parameter(name, None)
    }

    /// Too many ids in one path.
    pub(crate) fn batch_too_large(limit: usize) -> Self {
        let message = format!("Batch request is limited to {limit} entries");
        Self::new(StatusCode::BAD_REQUEST, "CMN-106", message)
    }

    /// What was asked for is known here, and not offered.
    pub(crate) fn feature_not_available() -> Self {
        Self::new(StatusCode::FORBIDDEN, "CMN-109", "Feature not available")
    }

    /// What was asked for is being made.
    pub(crate) fn not_yet() -> Self {
        let mut error =
            Self::new(StatusCode::SERVICE_UNAVAILABLE, "CMN-201", "Service Temporary Unavailable");
        error.0.retry_after_s = Some(NOT_YET_S);
        error
    }

    /// A range of time would have a larger answer than any that is given.
    pub(crate) fn range_too_long(name: &str) -> Self {
        let message = format!(
            "Parameter [{name}] value is invalid: the answer is too large, take a shorter range, a longer interval or \
             fewer groups a page"
        );
        Self::new(StatusCode::BAD_REQUEST, "CMN-101", message).parameter(name, None)
    }

    /// A path names something that does not exist.
    pub(crate) fn not_found(parameter: &str) -> Self {
        let message = format!("Resource for parameter [{parameter}] is not found");
        Self::new(StatusCode::NOT_FOUND, "CMN-102", message).parameter(parameter, None)
    }

    /// A body is not what the operation takes.
    pub(crate) fn unparsable_body() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "CMN-103", "Request body cannot be parsed")
    }

    /// A body is larger than any that is taken.
    pub(crate) fn body_too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "CMN-104", "Cannot parse request")
    }

    /// A file has none of the bytes that were asked for.
    pub(crate) fn range_not_satisfiable() -> Self {
        Self::new(
            StatusCode::RANGE_NOT_SATISFIABLE,
            "CMN-107",
            "Requested range is not satisfiable",
        )
    }

    /// Nothing is served at this path.
    pub(crate) fn invalid_uri() -> Self {
        Self::new(StatusCode::NOT_FOUND, "CMN-120", "Invalid URI")
    }

    /// The path is served, but not with this method.
    pub(crate) fn method_not_allowed() -> Self {
        // The public list has no code for this: the nearest in meaning is "not supported".
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "CMN-202", "Operation is not supported")
    }

    /// The app was not granted a scope.
    pub(crate) fn missing_scope(scope: AppScope) -> Self {
        let message = format!(
            "In order to call this API endpoint, application needs to have [{scope}] permission"
        );
        Self::new(StatusCode::FORBIDDEN, "CMN-401", message).permission(scope.name())
    }

    /// The user lacks a permission.
    pub(crate) fn missing_permission(permission: UserPermission) -> Self {
        let message = format!(
            "In order to call this API endpoint, user needs to have [{permission}] permission for \
             requested resource"
        );
        Self::new(StatusCode::FORBIDDEN, "CMN-408", message).permission(permission.name())
    }

    /// A user without company-wide permission asked for somebody else's data.
    pub(crate) fn other_extension() -> Self {
        Self::new(StatusCode::FORBIDDEN, "CMN-404", "Attempt to access another extension")
            .parameter("extensionId", None)
    }

    /// The usage plan is exhausted.
    pub(crate) fn rate_exceeded() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "CMN-301", "Request rate exceeded")
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The body, as a part of a batch answer shows it too.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let body = ErrorBody {
            error_code: self.0.summary_code.unwrap_or(self.0.item.error_code),
            message: &self.0.item.message,
            errors: [&self.0.item],
            parameter_name: self.0.item.parameter_name.as_deref(),
            permission_name: self.0.item.permission_name,
        };
        serde_json::to_vec(&body).unwrap_or_default()
    }
}

impl From<PortError> for ApiError {
    fn from(cause: PortError) -> Self {
        let mut error =
            Self::new(StatusCode::INTERNAL_SERVER_ERROR, "CMN-203", "Internal Server Error");
        error.0.cause = Some(cause);
        error
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Some(PortError(cause)) = &self.0.cause {
            tracing::error!(error = &**cause as &dyn std::error::Error, "request failed");
        }
        let mut response = json_bytes(self.0.status, self.to_json());
        if let Some(seconds) = self.0.retry_after_s {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
