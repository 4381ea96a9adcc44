//! The company: account, extensions, call queues, sites and phone numbers.

pub(crate) mod account;
pub(crate) mod extensions;
pub(crate) mod phone_numbers;
pub(crate) mod queues;
mod shapes;
pub(crate) mod sites;

use serde_json::Value;

/// Does `record[field]` hold one of `wanted`? Nothing wanted means everything is.
fn field_is_among(record: &Value, field: &str, wanted: &[impl AsRef<str>]) -> bool {
    wanted.is_empty()
        || record[field]
            .as_str()
            .is_some_and(|value| wanted.iter().any(|wanted| wanted.as_ref() == value))
}
