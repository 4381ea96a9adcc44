//! The parameters of an OAuth request: a form in the body, or a query.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;

use super::oauth_error::OAuthError;

/// The fields of a form, in their order.
pub(crate) struct Form(Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = OAuthError;

    async fn from_request(request: Request, state: &S) -> Result<Self, OAuthError> {
        let form = is_form(request.headers());
        let body = Bytes::from_request(request, state).await.map_err(|_| OAuthError::TooLarge)?;
        // A revocation may carry its token in the query and have no body at all.
        if !form && !body.is_empty() {
            return Err(OAuthError::UnsupportedMediaType);
        }
        Ok(Self(url::form_urlencoded::parse(&body).into_owned().collect()))
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next()).map(str::trim);
    essence.is_some_and(|e| e.eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

impl Form {
    /// The fields of a query.
    pub(super) fn of_query(query: &str) -> Self {
        Self(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// Names and values, in their order.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A field that may be missing but must not be there twice (RFC 6749, section 3.2).
    pub(super) fn get(&self, name: &'static str) -> Result<Option<&str>, OAuthError> {
        let mut values = self.0.iter().filter(|(key, _)| key == name);
        let first = values.next().map(|(_, value)| value.as_str());
        match values.next() {
            None => Ok(first.filter(|value| !value.is_empty())),
            Some(_) => Err(OAuthError::InvalidRequest(name)),
        }
    }

    /// A field that has to be there.
    pub(super) fn require(&self, name: &'static str) -> Result<&str, OAuthError> {
        self.get(name)?.ok_or(OAuthError::InvalidRequest(name))
    }
}
