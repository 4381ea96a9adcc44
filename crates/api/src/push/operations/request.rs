//! The body of a request to make or change a subscription.

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde::Deserialize;

use crate::error::ApiError;

/// How long a webhook lives unless its request says otherwise.
const DEFAULT_LIFETIME_S: i64 = 604_800;

/// The longest life of a webhook: ten years.
const MAX_LIFETIME_S: i64 = 315_360_000;

/// `CreateSubscriptionRequest`, and `UpdateSubscriptionRequest` without a delivery mode.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request {
    pub(super) event_filters: Option<Vec<String>>,
    pub(super) delivery_mode: Option<DeliveryMode>,
    expires_in: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeliveryMode {
    pub(super) transport_type: String,
    #[serde(default)]
    pub(super) address: String,
    /// The guide calls it otherwise.
    #[serde(alias = "validationToken")]
    pub(super) verification_token: Option<SecretString>,
}

impl Request {
    /// Of a body, which may be empty.
    pub(super) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        if body.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(body).map_err(|_| ApiError::unparsable_body())
    }

    /// When it ends, if it begins now.
    pub(super) fn end(&self, now: Timestamp) -> Result<Timestamp, ApiError> {
        let seconds = self.expires_in.unwrap_or(DEFAULT_LIFETIME_S);
        if !(1..=MAX_LIFETIME_S).contains(&seconds) {
            return Err(ApiError::invalid_parameter("expiresIn", &seconds.to_string()));
        }
        Ok(now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX))
    }
}
