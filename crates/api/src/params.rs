//! Query parameters. Unknown ones are ignored, as upstream does.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jiff::Timestamp;

use crate::error::ApiError;

/// The query of a request, decoded, in its order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default()))
    }
}

impl Params {
    pub(crate) fn parse(query: &str) -> Self {
        Self(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// All values of a parameter that can be repeated.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that can be given once.
    pub(crate) fn one(&self, name: &str) -> Result<Option<&str>, ApiError> {
        let mut values = self.all(name);
        let first = values.next();
        match values.next() {
            None => Ok(first),
            Some(second) => Err(ApiError::duplicate_parameter(name, second)),
        }
    }

    /// A parameter that is read by `read`, which gives `None` for a bad value.
    pub(crate) fn read<'a, T>(
        &'a self,
        name: &str,
        read: impl Fn(&'a str) -> Option<T>,
    ) -> Result<Option<T>, ApiError> {
        let Some(value) = self.one(name)? else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| ApiError::invalid_parameter(name, value))
    }

    /// A repeated parameter whose values are all read by `read`.
    pub(crate) fn read_all<'a, T>(
        &'a self,
        name: &str,
        read: impl Fn(&'a str) -> Option<T>,
    ) -> Result<Vec<T>, ApiError> {
        let value = |value| read(value).ok_or_else(|| ApiError::invalid_parameter(name, value));
        self.all(name).map(value).collect()
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, name: &str, default: bool) -> Result<bool, ApiError> {
        Ok(self.read(name, |value| value.parse().ok())?.unwrap_or(default))
    }

    /// A text that is not empty.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, ApiError> {
        self.read(name, |value| Some(value.to_owned()).filter(|text| !text.is_empty()))
    }

    /// An instant in ISO 8601 with its offset from UTC.
    pub(crate) fn instant(&self, name: &str) -> Result<Option<Timestamp>, ApiError> {
        self.read(name, |value| value.parse().ok())
    }
}
