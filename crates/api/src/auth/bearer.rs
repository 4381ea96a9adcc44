//! The access token of a request.

use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::session::AccessGrant;
use super::sessions::{Sessions, TokenError};
use crate::error::ApiError;
use crate::params::Params;
use crate::ports::{PortError, Ports};

/// Why a request is not authenticated.
#[derive(Debug)]
pub(crate) enum BearerError {
    /// No `Authorization` header, or one of another kind, and no token in the query where it may be.
    Missing,
    /// The token is no good.
    Token(TokenError),
}

/// Whom the request's access token stands for: that of its header, or else of those `params` that may have one.
pub(crate) async fn authenticate(
    sessions: &Sessions<'_, impl Ports>,
    headers: &HeaderMap,
    params: &Params,
) -> Result<AccessGrant, BearerError> {
    let header = headers.get(AUTHORIZATION).and_then(bearer_token);
    let token = header.or_else(|| params.texts("access_token").next());
    sessions.access(token.ok_or(BearerError::Missing)?).await.map_err(BearerError::Token)
}

fn bearer_token(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

impl BearerError {
    /// What the client is told, and challenged with.
    fn describe(self) -> Result<(&'static str, &'static str, &'static str), PortError> {
        Ok(match self {
            // RFC 6750 wants no error code where no token was sent at all.
            Self::Missing => {
                ("OAU-151", "Authorization method not supported", "Bearer realm=\"api\"")
            }
            Self::Token(TokenError::Internal(error)) => return Err(error),
            Self::Token(TokenError::Expired) => (
                "OAU-128",
                "Access token expired",
                "Bearer realm=\"api\", error=\"invalid_token\", error_description=\"expired\"",
            ),
            Self::Token(TokenError::Unknown) => (
                "OAU-129",
                "Access token corrupted",
                "Bearer realm=\"api\", error=\"invalid_token\", error_description=\"unknown\"",
            ),
            Self::Token(TokenError::Unparsable) => (
                "OAU-149",
                "Unparsable access token",
                "Bearer realm=\"api\", error=\"invalid_token\", error_description=\"unparsable\"",
            ),
        })
    }
}

impl IntoResponse for BearerError {
    fn into_response(self) -> Response {
        let (code, message, challenge) = match self.describe() {
            Ok(description) => description,
            Err(error) => return ApiError::from(error).into_response(),
        };
        let mut response = ApiError::new(StatusCode::UNAUTHORIZED, code, message).into_response();
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        response
    }
}
