//! Reading what may not be what the contract says.
//!
//! A surprising value in an optional field must not cost the record, so each field is kept as raw
//! JSON first and read on its own: what cannot be read counts as absent.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// A field's JSON, if the field was there and not `null`.
pub type Raw<'a> = Option<&'a RawValue>;

/// Reads the field as `T`; `None` when it is absent or something else.
pub fn read<'a, T: Deserialize<'a>>(field: Raw<'a>) -> Option<T> {
    field.and_then(|raw| serde_json::from_str(raw.get()).ok())
}

/// Reads an object's members into `T`; `None` when it is no such object. Alone, serde would take a
/// list for them, in order.
pub fn object<'a, T: Deserialize<'a>>(json: &'a str) -> Option<T> {
    json.trim_ascii_start().starts_with('{').then(|| serde_json::from_str(json).ok()).flatten()
}

/// Reads a string, or a number as its text: ids come as either.
pub fn text(field: Raw<'_>) -> Option<Cow<'_, str>> {
    let json = field?.get();
    match json.as_bytes().first()? {
        // Without escapes, what is between the quotes is the string.
        b'"' if !json.contains('\\') => json.get(1..json.len() - 1).map(Cow::Borrowed),
        b'"' => serde_json::from_str::<Text<'_>>(json).ok().map(|text| text.0),
        b'-' | b'0'..=b'9' => Some(Cow::Borrowed(json)),
        _ => None,
    }
}

/// A string that borrows unless it has escapes in it.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Reads a whole number, however it is written (`12`, `12.0`, `"12"`, `1.2e1`).
pub fn integer(field: Raw<'_>) -> Option<i64> {
    let text = text(field)?;
    text.parse().ok().or_else(|| {
        let number: f64 = text.parse().ok()?;
        // Doubles hold whole numbers exactly up to 2^53; beyond, the value means nothing here.
        (number.abs() <= 9_007_199_254_740_992.0).then_some(number as i64)
    })
}

/// Reads a list; empty when it is absent or no list.
pub fn list(field: Raw<'_>) -> Vec<&RawValue> {
    read(field).unwrap_or_default()
}
