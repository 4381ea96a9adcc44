//! Errors of the OAuth endpoints: RFC 6749's fields beside the API's own.

use axum::Json;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::ports::PortError;

/// Why no token was issued, as RFC 6749 and as the API says it.
#[derive(Serialize, ToSchema)]
pub(crate) struct OAuthErrorBody<'a> {
    /// Such as `invalid_grant`.
    error: &'a str,
    /// For people.
    error_description: &'a str,
    /// Such as `OAU-140`.
    #[serde(rename = "errorCode")]
    error_code: &'a str,
    /// For people.
    message: &'a str,
    /// The same again.
    errors: [OAuthErrorItem<'a>; 1],
}

/// What is wrong.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OAuthErrorItem<'a> {
    /// Such as `OAU-140`.
    error_code: &'a str,
    /// For people.
    message: &'a str,
}

/// Why no token was issued.
#[derive(Debug)]
pub(crate) enum OAuthError {
    /// The app is unknown, or its secret is wrong.
    InvalidClient,
    /// The `Authorization` header is not Basic with an id and a secret.
    InvalidHeader,
    /// A parameter is missing or has a bad value.
    InvalidRequest(&'static str),
    /// The JWT is not one of a user of this account.
    InvalidAssertion,
    /// The authorization code was used, has expired, or is not this app's to use.
    InvalidCode,
    /// The refresh token was used, has expired or never existed.
    InvalidRefreshToken,
    /// A scope that the app does not have.
    InvalidScope,
    /// A `grant_type` that is not served.
    UnsupportedGrantType,
    /// Not a form.
    UnsupportedMediaType,
    /// The body is larger than any token request.
    TooLarge,
    /// Not the client's fault.
    Internal(PortError),
}

impl From<PortError> for OAuthError {
    fn from(error: PortError) -> Self {
        Self::Internal(error)
    }
}

impl OAuthError {
    /// Status, RFC 6749 `error`, `errorCode` and the text for people.
    fn describe(&self) -> (StatusCode, &'static str, &'static str, String) {
        let bad = StatusCode::BAD_REQUEST;
        let unauthorized = StatusCode::UNAUTHORIZED;
        match self {
            Self::InvalidClient => {
                (unauthorized, "invalid_client", "OAU-146", "Invalid client credentials".into())
            }
            Self::InvalidHeader => {
                (unauthorized, "invalid_client", "OAU-134", "Invalid Authorization header".into())
            }
            Self::InvalidRequest(parameter) => {
                let message = format!("Parameter [{parameter}] value is invalid");
                (bad, "invalid_request", "CMN-101", message)
            }
            Self::InvalidAssertion => {
                (bad, "invalid_grant", "OAU-140", "Invalid resource owner credentials".into())
            }
            Self::InvalidCode => {
                (bad, "invalid_grant", "OAU-213", "Authorization code not found".into())
            }
            Self::InvalidRefreshToken => {
                (bad, "invalid_grant", "OAU-213", "Token not found".into())
            }
            Self::InvalidScope => (
                bad,
                "invalid_scope",
                "OAU-117",
                "The requested scope is not granted to the application".into(),
            ),
            Self::UnsupportedGrantType => (
                bad,
                "unsupported_grant_type",
                "OAU-125",
                "Grant type is not allowed for application".into(),
            ),
            Self::UnsupportedMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "invalid_request",
                "CMN-104",
                "The body has to be application/x-www-form-urlencoded".into(),
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "invalid_request",
                "CMN-104",
                "Cannot parse request".into(),
            ),
            Self::Internal(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "CMN-203",
                "Internal Server Error".into(),
            ),
        }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let (status, error, code, message) = self.describe();
        if let Self::Internal(error) = self {
            return ApiError::from(error).into_response();
        }
        let body = OAuthErrorBody {
            error,
            error_description: &message,
            error_code: code,
            message: &message,
            errors: [OAuthErrorItem { error_code: code, message: &message }],
        };
        let mut response = (status, Json(body)).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"oauth\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
