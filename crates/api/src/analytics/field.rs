//! Reading a request's JSON: what is wrong is named by its path, as `timeSettings.timeZone`.

use jiff::Timestamp;
use serde_json::Value;

use crate::error::ApiError;

/// A value, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Field<'a> {
    path: String,
    value: &'a Value,
}

impl<'a> Field<'a> {
    /// The whole body.
    pub(super) fn root(value: &'a Value) -> Result<Self, ApiError> {
        match value {
            Value::Object(_) => Ok(Self { path: String::new(), value }),
            _ => Err(ApiError::unparsable_body()),
        }
    }

    fn below(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// What it has under a name; `null` counts as nothing.
    pub(super) fn get(&self, name: &str) -> Result<Option<Self>, ApiError> {
        let Value::Object(fields) = self.value else { return Err(self.invalid()) };
        let value = fields.get(name).filter(|value| !value.is_null());
        Ok(value.map(|value| Self { path: self.below(name), value }))
    }

    /// What it has to have under a name.
    pub(super) fn required(&self, name: &str) -> Result<Self, ApiError> {
        self.get(name)?.ok_or_else(|| ApiError::missing_parameter(&self.below(name)))
    }

    pub(super) fn text(&self) -> Result<&'a str, ApiError> {
        self.value.as_str().ok_or_else(|| self.invalid())
    }

    pub(super) fn flag(&self) -> Result<bool, ApiError> {
        self.value.as_bool().ok_or_else(|| self.invalid())
    }

    pub(super) fn whole(&self) -> Result<i64, ApiError> {
        self.value.as_i64().ok_or_else(|| self.invalid())
    }

    pub(super) fn instant(&self) -> Result<Timestamp, ApiError> {
        self.text()?.parse().map_err(|_| self.invalid())
    }

    pub(super) fn word<T: Copy>(&self, words: &[(&str, T)]) -> Result<T, ApiError> {
        let text = self.text()?;
        let found = words.iter().find(|(word, _)| *word == text);
        found.map(|(_, meaning)| *meaning).ok_or_else(|| self.invalid())
    }

    /// Each item of a list.
    pub(super) fn items(&self) -> Result<Vec<Self>, ApiError> {
        let Value::Array(items) = self.value else { return Err(self.invalid()) };
        let item = |value| Self { path: self.path.clone(), value };
        Ok(items.iter().map(item).collect())
    }

    /// The texts of a list that may be left out.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, ApiError> {
        let Some(list) = self.get(name)? else { return Ok(Vec::new()) };
        list.items()?.iter().map(|item| item.text().map(str::to_owned)).collect()
    }

    /// What is to be said of a value that is not taken.
    pub(super) fn invalid(&self) -> ApiError {
        let shown = match self.value {
            Value::String(text) => text.clone(),
            Value::Object(_) | Value::Array(_) => String::new(),
            other => other.to_string(),
        };
        ApiError::invalid_parameter(&self.path, &shown)
    }
}
