//! Telling an edited record from the same record written differently.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// Members that may differ between two readings of an unchanged record: links carry the server's
/// name and the view, and `lastModifiedTime` moves without anything else moving.
const VOLATILE: [&[u8]; 3] = [br#""uri""#, br#""contentUri""#, br#""lastModifiedTime""#];

/// No record nests so deep; a hostile one must not exhaust the stack.
const MAX_DEPTH: usize = 128;

/// What a record says, in 16 bytes: equal for two records exactly when one is no edit of the other.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContentHash(pub [u8; 16]);

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The hash of a record's canonical JSON: members sorted, white space dropped, volatile members left
/// out. Numbers and strings count as they are written, for a parser would round numbers.
///
/// The text must be valid JSON; of anything else the hash is good for nothing but comparing.
pub fn content_hash(json: &str) -> ContentHash {
    let digest = Sha256::digest(canonical(json));
    let mut hash = [0; 16];
    hash.copy_from_slice(&digest[..16]);
    ContentHash(hash)
}

fn canonical(json: &str) -> Vec<u8> {
    let mut writer =
        Writer { json: json.as_bytes(), at: 0, depth: 0, out: Vec::with_capacity(json.len()) };
    writer.value();
    writer.out
}

/// Walks the text once and writes its canonical form.
struct Writer<'a> {
    json: &'a [u8],
    at: usize,
    depth: usize,
    out: Vec<u8>,
}

/// Where a member's text, name included, stands in the output.
struct Member {
    start: usize,
    name_end: usize,
    end: usize,
}

impl Writer<'_> {
    fn value(&mut self) {
        self.depth += 1;
        match self.next_token() {
            Some(_) if self.depth > MAX_DEPTH => self.rest(),
            Some(b'{') => self.object(),
            Some(b'[') => self.array(),
            Some(b'"') => self.string(),
            Some(_) => self.scalar(),
            None => {}
        }
        self.depth -= 1;
    }

    /// What nests too deep counts as it is written.
    fn rest(&mut self) {
        self.out.extend_from_slice(&self.json[self.at..]);
        self.at = self.json.len();
    }

    /// Members are written as they come, and copied into order at the end if they are not in it.
    fn object(&mut self) {
        let mut members: Vec<Member> = Vec::with_capacity(16);
        self.take();
        while self.next_token().is_some_and(|byte| byte != b'}') {
            let start = self.out.len();
            self.string();
            let name_end = self.out.len();
            self.next_token();
            self.take();
            self.value();
            self.out.push(b',');
            if VOLATILE.contains(&&self.out[start..name_end]) {
                self.out.truncate(start);
            } else {
                members.push(Member { start, name_end, end: self.out.len() });
            }
            if self.next_token() == Some(b',') {
                self.at += 1;
            }
        }
        self.sort(&mut members);
        self.take();
    }

    fn array(&mut self) {
        self.take();
        while self.next_token().is_some_and(|byte| byte != b']') {
            self.value();
            self.out.push(b',');
            if self.next_token() == Some(b',') {
                self.at += 1;
            }
        }
        self.take();
    }

    fn sort(&mut self, members: &mut [Member]) {
        let Some(first) = members.first().map(|first| first.start) else { return };
        let name = |member: &Member| &self.out[member.start..member.name_end];
        if members.is_sorted_by(|a, b| name(a) <= name(b)) {
            return;
        }
        members.sort_by(|a, b| name(a).cmp(name(b)));
        let unsorted = self.out.split_off(first);
        for member in members.iter() {
            self.out.extend_from_slice(&unsorted[member.start - first..member.end - first]);
        }
    }

    fn string(&mut self) {
        let start = self.at;
        self.at += 1;
        while let Some(byte) = self.json.get(self.at) {
            self.at += match byte {
                b'"' => break,
                b'\\' => 2,
                _ => 1,
            };
        }
        self.at = (self.at + 1).min(self.json.len());
        self.out.extend_from_slice(&self.json[start..self.at]);
    }

    /// A number, `true`, `false` or `null`.
    fn scalar(&mut self) {
        let rest = &self.json[self.at..];
        let ends = |byte: &u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        self.out.extend_from_slice(&rest[..length]);
        // Text that is no JSON must not hold the walk up.
        self.at += length.max(1);
    }

    /// The next byte that is no white space.
    fn next_token(&mut self) -> Option<u8> {
        let rest = &self.json[self.at.min(self.json.len())..];
        self.at += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.json.get(self.at).copied()
    }

    /// Copies one byte.
    fn take(&mut self) {
        self.out.extend(self.json.get(self.at));
        self.at += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

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
        assert!(!same(r#"{"a":"x y"}"#, r#"{"a":"xy"}"#));
        assert!(!same(r#"{"legs":[1,2]}"#, r#"{"legs":[2,1]}"#));
        assert!(!same(r#"{"legs":[12]}"#, r#"{"legs":[1,2]}"#));
        assert!(!same(r#"{"a":{"b":1}}"#, r#"{"a":1,"b":1}"#));
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            let name = "[a-c\"\\\\ ]{0,2}|uri";
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(name, inner, 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// Every object's members the other way round.
    fn reversed(value: &Value, out: &mut String) {
        match value {
            Value::Object(members) => {
                let members = members.iter().rev().map(|(name, value)| {
                    let mut text = format!("{} : ", Value::from(name.as_str()));
                    reversed(value, &mut text);
                    text
                });
                *out += &format!("{{ {} }}", members.collect::<Vec<_>>().join(" ,\n"));
            }
            Value::Array(items) => {
                let items = items.iter().map(|item| {
                    let mut text = String::new();
                    reversed(item, &mut text);
                    text
                });
                *out += &format!("[{}]", items.collect::<Vec<_>>().join(" , "));
            }
            other => *out += &other.to_string(),
        }
    }

    fn without_volatile(value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                let kept = members.iter().filter(|(name, _)| *name != "uri");
                kept.map(|(name, value)| (name.clone(), without_volatile(value))).collect()
            }
            Value::Array(items) => items.iter().map(without_volatile).collect(),
            other => other.clone(),
        }
    }

    #[test]
    fn deep_nesting_does_not_exhaust_the_stack() {
        content_hash(&"[".repeat(1_000_000));
        content_hash(&r#"{"a":"#.repeat(1_000_000));
    }

    proptest! {
        #[test]
        fn spelling_does_not_count(value in json()) {
            let mut other = String::new();
            reversed(&value, &mut other);
            prop_assert!(same(&value.to_string(), &other), "{value}\n{other}");
        }

        #[test]
        fn two_values_are_the_same_exactly_when_they_are_equal(a in json(), b in json()) {
            let equal = without_volatile(&a) == without_volatile(&b);
            prop_assert_eq!(same(&a.to_string(), &b.to_string()), equal);
        }

        #[test]
        fn any_text_is_hashed_without_a_panic(text in "[{}\\[\\]\",:\\\\ 1a]{0,24}") {
            content_hash(&text);
        }
    }
}
