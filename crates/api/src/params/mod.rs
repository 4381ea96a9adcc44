//! Query parameters. Unknown ones are ignored, as upstream does.
//!
//! Each parameter is declared once, as a [`Param`] or [`Many`]: reading it and describing it in the reference go by
//! the same declaration.

mod param;

pub(crate) use param::{Described, Many, Param};

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

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

    /// Every value that was given under a name, unread.
    pub(crate) fn texts<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The one value that was given under a name, unread.
    fn text(&self, name: &str) -> Result<Option<&str>, ApiError> {
        let mut values = self.texts(name);
        let first = values.next();
        match values.next() {
            None => Ok(first),
            Some(second) => Err(ApiError::duplicate_parameter(name, second)),
        }
    }

    /// What was given, if anything was.
    pub(crate) fn given<T: Clone>(&self, param: &Param<T>) -> Result<Option<T>, ApiError> {
        self.text(param.name)?.map(|text| param.read(text)).transpose()
    }

    /// What was given, or the default; to give nothing where there is none is an error.
    pub(crate) fn value<T: Clone>(&self, param: &Param<T>) -> Result<T, ApiError> {
        let text = self.text(param.name)?.or(param.default);
        param.read(text.ok_or_else(|| ApiError::missing_parameter(param.name))?)
    }

    /// What was given of a parameter that can be repeated.
    pub(crate) fn values<T: Clone>(&self, Many(param): &Many<T>) -> Result<Vec<T>, ApiError> {
        self.texts(param.name).map(|text| param.read(text)).collect()
    }
}
