//! Telling an edited record from the same record written differently.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

/// Members that may differ between two readings of an unchanged record: links carry the server's
/// name and the view, and `lastModifiedTime` moves without anything else moving.
const VOLATILE: [&str; 3] = ["uri", "contentUri", "lastModifiedTime"];

/// How deep a record may nest before the rest is hashed as it is written.
const MAX_DEPTH: usize = 32;

/// What a record says, in 16 bytes: equal for two records exactly when one is no edit of the other.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentHash(pub [u8; 16]);

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The hash of a record's JSON with its members sorted, white space dropped and volatile members
/// left out. Numbers and strings count as they are written.
pub fn content_hash(json: &str) -> ContentHash {
    let mut canonical = String::with_capacity(json.len());
    write_canonical(json, 0, &mut canonical);
    let digest = Sha256::digest(canonical.as_bytes());
    let mut hash = [0; 16];
    hash.copy_from_slice(&digest[..16]);
    ContentHash(hash)
}

fn write_canonical(json: &str, depth: usize, out: &mut String) {
    let json = json.trim_ascii();
    match json.as_bytes().first() {
        Some(b'{') if depth < MAX_DEPTH => {
            if let Ok(members) = serde_json::from_str::<BTreeMap<Name<'_>, &RawValue>>(json) {
                return write_object(&members, depth, out);
            }
        }
        Some(b'[') if depth < MAX_DEPTH => {
            if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(json) {
                return write_array(&items, depth, out);
            }
        }
        _ => {}
    }
    out.push_str(json);
}

fn write_object(members: &BTreeMap<Name<'_>, &RawValue>, depth: usize, out: &mut String) {
    out.push('{');
    for (Name(name), value) in members {
        if !VOLATILE.contains(&name.as_ref()) {
            // Length first, so that no name can be taken for the end of another.
            out.push_str(&format!("{}:{name}", name.len()));
            write_canonical(value.get(), depth + 1, out);
            out.push(',');
        }
    }
    out.push('}');
}

fn write_array(items: &[&RawValue], depth: usize, out: &mut String) {
    out.push('[');
    for item in items {
        write_canonical(item.get(), depth + 1, out);
        out.push(',');
    }
    out.push(']');
}

/// A member's name, borrowed unless it has escapes in it.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    fn same(a: &str, b: &str) -> bool {
        content_hash(a) == content_hash(b)
    }

    #[test]
    fn order_white_space_and_links_do_not_count() {
        assert!(same(
            r#"{"a":1,"b":{"c":[1, 2],"d":"x"}}"#,
            r#"{ "b":{"d":"x","c":[1,2]},"a":1 }"#
        ));
        assert!(same(r#"{"id":"1","uri":"http://a"}"#, r#"{"id":"1","uri":"http://b"}"#));
        assert!(same(
            r#"{"id":"1","recording":{"id":"2","contentUri":"http://a"}}"#,
            r#"{"id":"1","recording":{"contentUri":"http://b","id":"2"},"lastModifiedTime":"t"}"#
        ));
    }

    #[test]
    fn every_other_difference_counts() {
        assert!(!same(r#"{"a":1}"#, r#"{"a":2}"#));
        assert!(!same(r#"{"a":1.0}"#, r#"{"a":1}"#));
        assert!(!same(r#"{"n":12345678901234567890123}"#, r#"{"n":12345678901234567890124}"#));
        assert!(!same(r#"{"a":"1"}"#, r#"{"a":1}"#));
        assert!(!same(r#"{"legs":[1,2]}"#, r#"{"legs":[2,1]}"#));
        assert!(!same(r#"{"legs":[12]}"#, r#"{"legs":[1,2]}"#));
        assert!(!same(r#"{"a":{"b":1}}"#, r#"{"a":1,"b":1}"#));
    }
}
