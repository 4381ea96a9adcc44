//! Values of deliveries and thresholds in `callbook.toml`.

use std::fmt;

use callbook_alert::{ChannelError, check_address};
use callbook_report::Format;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::time::{self, TimeError};

/// What it is called in commands, in the archive and in mails.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Name(pub String);

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let usual = |each: char| each.is_ascii_alphanumeric() || "-_.".contains(each);
        let is_one = (1..=64).contains(&name.len()) && name.chars().all(usual);
        if is_one && !name.starts_with('-') {
            return Ok(Self(name));
        }
        Err(format!("'{name}' is no name: letters, digits, '-', '_' and '.', up to 64"))
    }
}

/// Somebody who gets mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Address(pub String);

impl TryFrom<String> for Address {
    type Error = ChannelError;

    fn try_from(text: String) -> Result<Self, ChannelError> {
        check_address(&text)?;
        Ok(Self(text))
    }
}

/// A time zone that has a name.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Zone(pub(super) TimeZone);

impl TryFrom<String> for Zone {
    type Error = TimeError;

    fn try_from(name: String) -> Result<Self, TimeError> {
        time::zone(Some(&name)).map(Self)
    }
}

/// A length of time: `90m`, `4h`, `3d`.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Length(pub(super) SignedDuration);

impl TryFrom<String> for Length {
    type Error = TimeError;

    fn try_from(text: String) -> Result<Self, TimeError> {
        time::long(&text).map(Self)
    }
}

/// A value of a parameter: `"Support"`, `20`, `true`.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "toml::Value")]
pub struct Given(pub(super) String);

impl TryFrom<toml::Value> for Given {
    type Error = &'static str;

    fn try_from(value: toml::Value) -> Result<Self, &'static str> {
        match value {
            toml::Value::String(text) => Ok(Self(text)),
            toml::Value::Array(_) | toml::Value::Table(_) => Err("a parameter has one value"),
            other => Ok(Self(other.to_string())),
        }
    }
}

/// A file that is sent along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attach {
    Csv,
    Xlsx,
    Json,
    Parquet,
    Html,
}

impl Attach {
    /// The form that it is written in, and its MIME type.
    pub fn format(self) -> (Format, &'static str) {
        match self {
            Self::Csv => (Format::Csv, "text/csv; charset=utf-8"),
            Self::Xlsx => {
                let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
                (Format::Xlsx, kind)
            }
            Self::Json => (Format::Json, "application/json"),
            Self::Parquet => (Format::Parquet, "application/vnd.apache.parquet"),
            Self::Html => (Format::Html, "text/html; charset=utf-8"),
        }
    }
}

/// A channel of `[alerts]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelName {
    Webhook,
    Email,
}

impl ChannelName {
    /// As the channel calls itself.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Email => "e-mail",
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
