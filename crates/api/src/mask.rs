//! Phone numbers without their last digits, for apps that are not to have them.

use std::borrow::Cow;
use std::ops::Range;

use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::error::ApiError;
use crate::ports::{Apps, PortError};

/// Digits that are left out.
const HIDDEN: usize = 4;

/// Members whose text is a phone number.
const NUMBERS: [&str; 9] = [
    "phoneNumber",
    "subscriberNumber",
    "mainNumber",
    "businessPhone",
    "mobilePhone",
    "homePhone",
    "otherPhone",
    "dialedPhoneNumber",
    "dialerPhoneNumber",
];

/// Members whose text may be a phone number, an extension's or something else, as in presence.
const PARTIES: [&str; 2] = ["from", "to"];

/// No extension number is as long.
const LONGER_THAN_AN_EXTENSION: usize = 7;

/// Puts a `*` in the place of the last four digits of every phone number in a JSON text: `+1650555****`. Nothing
/// else changes, not even the length. Parts of a multipart answer may follow one another.
pub fn mask_numbers(json: &mut [u8]) {
    let mut at = 0;
    while let Some(name) = string(json, at) {
        at = name.end + 1;
        let Some(value) = value(json, at).filter(|_| may_be_number(&json[name.clone()])) else {
            continue;
        };
        at = value.end + 1;
        if is_number(&json[name], &json[value.clone()]) {
            hide_digits(&mut json[value]);
        }
    }
}

/// What is between the next two quotes that are none of a string's own.
fn string(json: &[u8], from: usize) -> Option<Range<usize>> {
    let start = from + json.get(from..)?.iter().position(|&byte| byte == b'"')? + 1;
    let mut end = start;
    loop {
        match json.get(end)? {
            b'"' => return Some(start..end),
            b'\\' => end += 2,
            _ => end += 1,
        }
    }
}

/// The string that is the value of the member whose name ended before `at`.
fn value(json: &[u8], at: usize) -> Option<Range<usize>> {
    let colon = at + blanks(json.get(at..)?);
    let rest = json.get(colon..)?.strip_prefix(b":")?;
    let quote = colon + 1 + blanks(rest);
    (json.get(quote) == Some(&b'"')).then(|| string(json, quote)).flatten()
}

fn blanks(json: &[u8]) -> usize {
    json.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

fn may_be_number(name: &[u8]) -> bool {
    let name = plain(name);
    NUMBERS.contains(&&*name) || PARTIES.contains(&&*name)
}

fn is_number(name: &[u8], value: &[u8]) -> bool {
    let is_long = || {
        let value = plain(value);
        let digits = value.strip_prefix('+').unwrap_or(&value);
        digits.len() >= LONGER_THAN_AN_EXTENSION && digits.bytes().all(|b| b.is_ascii_digit())
    };
    NUMBERS.contains(&&*plain(name)) || is_long()
}

/// The text of a string's content; nothing where it is none.
fn plain(content: &[u8]) -> Cow<'_, str> {
    if !content.contains(&b'\\') {
        return String::from_utf8_lossy(content);
    }
    let quoted = [b"\"", content, b"\""].concat();
    serde_json::from_slice(&quoted).map(Cow::Owned).unwrap_or_default()
}

/// A digit may be written as `\u0035`: so is its star.
fn hide_digits(content: &mut [u8]) {
    let (mut digits, mut at) = (Vec::new(), 0);
    while at < content.len() {
        let length = match &content[at..] {
            [b'\\', b'u', ..] => 6,
            [b'\\', ..] => 2,
            _ => 1,
        };
        let end = content.len().min(at + length);
        match &content[at..end] {
            [b'\\', b'u', b'0', b'0', b'3', b'0'..=b'9'] | [b'0'..=b'9'] => digits.push(at..end),
            _ => {}
        }
        at = end;
    }
    for digit in digits.into_iter().rev().take(HIDDEN) {
        let star: &[u8] = if digit.len() == 1 { b"*" } else { b"\\u002a" };
        content[digit].copy_from_slice(star);
    }
}

/// A JSON text as an app may have it; nothing for one that there is not, or not any more.
pub(crate) async fn text_for(
    apps: &impl Apps,
    app: &str,
    text: &str,
) -> Result<Option<String>, PortError> {
    let Some(app) = apps.find(app).await? else { return Ok(None) };
    let mut bytes = text.as_bytes().to_vec();
    if app.masks_numbers {
        mask_numbers(&mut bytes);
    }
    // Stars in the place of digits leave it text.
    String::from_utf8(bytes).map(Some).map_err(|error| PortError(Box::new(error)))
}

/// An answer without the last digits of its phone numbers; one that is no JSON, as it is.
pub(crate) async fn masked(response: Response) -> Response {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    // What a batch is answered with is `multipart/mixed` or `application/vnd.….multipart+json`.
    if !kind.ends_with("json") && !kind.starts_with("multipart/") {
        return response;
    }
    let (head, body) = response.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(body) => {
            let mut body = Vec::from(body);
            mask_numbers(&mut body);
            Response::from_parts(head, Body::from(body))
        }
        Err(error) => ApiError::from(PortError(Box::new(error))).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn masked(json: &str) -> String {
        let mut bytes = json.as_bytes().to_vec();
        mask_numbers(&mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn only_the_last_digits_of_numbers_go() {
        for (json, expected) in [
            (r#"{"phoneNumber":"+16505550112"}"#, r#"{"phoneNumber":"+1650555****"}"#),
            (
                r#"{"phoneNumber" : "(650) 555-01 12","x":0.10}"#,
                r#"{"phoneNumber" : "(650) 555-** **","x":0.10}"#,
            ),
            (r#"{"phoneNumber":"911"}"#, r#"{"phoneNumber":"***"}"#),
            (r#"{"phoneNumber":"anonymous"}"#, r#"{"phoneNumber":"anonymous"}"#),
            (r#"{"phoneNumber":123456}"#, r#"{"phoneNumber":123456}"#),
            (
                r#"{"extensionNumber":"101","name":"+16505550112"}"#,
                r#"{"extensionNumber":"101","name":"+16505550112"}"#,
            ),
            (
                r#"{"phone\u004eumber":"+1650555011\u0032"}"#,
                r#"{"phone\u004eumber":"+1650555***\u002a"}"#,
            ),
            (
                r#"{"name":"\"phoneNumber\":\"123456\"","a":["phoneNumber"]}"#,
                r#"{"name":"\"phoneNumber\":\"123456\"","a":["phoneNumber"]}"#,
            ),
            (
                r#"{"from":{"phoneNumber":"+16505550112"},"to":"101"}"#,
                r#"{"from":{"phoneNumber":"+1650555****"},"to":"101"}"#,
            ),
            (r#"{"from":"+16505550112","to":"09:00"}"#, r#"{"from":"+1650555****","to":"09:00"}"#),
            (r#"{"from":"2024-01-31T00:00:00Z"}"#, r#"{"from":"2024-01-31T00:00:00Z"}"#),
            (r#"{"phoneNumber":"123"#, r#"{"phoneNumber":"123"#),
            (r#"{"phoneNumber":"123\"#, r#"{"phoneNumber":"123\"#),
        ] {
            assert_eq!(masked(json), expected);
        }
    }

    fn documents() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,8}|[+]?[0-9 ()-]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            let name =
                prop_oneof![Just("phoneNumber".to_owned()), Just("from".to_owned()), "\\PC{0,6}"];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(name, inner, 0..6).prop_map(|all| json!(all)),
            ]
        })
    }

    /// As one would write it with a parser.
    fn model(value: &mut Value) {
        match value {
            Value::Array(all) => all.iter_mut().for_each(model),
            Value::Object(members) => {
                for (name, value) in members {
                    let number =
                        value.as_str().filter(|value| is_number(name.as_bytes(), value.as_bytes()));
                    if let Some(number) = number.filter(|_| may_be_number(name.as_bytes())) {
                        let digits = number.bytes().filter(u8::is_ascii_digit).count();
                        let mut seen = 0;
                        let hide = |each: char| {
                            seen += usize::from(each.is_ascii_digit());
                            if each.is_ascii_digit() && seen + HIDDEN > digits { '*' } else { each }
                        };
                        *value = number.chars().map(hide).collect::<String>().into();
                    } else {
                        model(value);
                    }
                }
            }
            _ => {}
        }
    }

    proptest! {
        #[test]
        fn it_does_what_a_parser_would(document in documents()) {
            let mut expected = document.clone();
            model(&mut expected);
            let text = masked(&document.to_string());
            prop_assert_eq!(text.parse::<Value>().unwrap(), expected);
            prop_assert_eq!(masked(&serde_json::to_string_pretty(&document).unwrap()).parse::<Value>().unwrap().to_string(), text);
        }

        #[test]
        fn nothing_is_too_odd(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let before = bytes.len();
            mask_numbers(&mut bytes);
            prop_assert_eq!(bytes.len(), before);
        }

        #[test]
        fn no_json_is_too_odd(text in r#"(["\\u0039:{}\[\], ]|phoneNumber|from){0,40}"#) {
            prop_assert_eq!(masked(&text).len(), text.len());
        }
    }
}
