//! A record's JSON as two documents: what the Simple view shows, and the rest.
//!
//! Numbers, spelling and order of upstream's JSON do not survive being parsed and written again, so
//! the bytes are kept. A Detailed record is mostly legs, which few readers want; cutting the members
//! of the Detailed view out leaves a text that *is* the Simple view, and [`Parts::join`] splices them
//! back, byte for byte.

use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The members that only a Detailed record has (contract: `CallLogRecord`, `BillingInfo`).
const DETAILED_ONLY: [&str; 3] = ["legs", "billing", "lastModifiedTime"];

/// A record's JSON, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// The record without the members of the Detailed view: valid JSON.
    pub simple: String,
    /// What was cut out: for each cut a line `offset length`, in bytes of the whole, and the bytes.
    /// `None` when nothing was.
    pub detail: Option<String>,
}

/// The two parts do not belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored parts of a record do not fit together")]
pub struct Mismatch;

impl Parts {
    /// Takes a record apart. JSON that is no object stays whole, in `simple`.
    pub fn split(json: &str) -> Self {
        let cuts = cuts(json).unwrap_or_default();
        if cuts.is_empty() {
            return Self { simple: json.to_owned(), detail: None };
        }
        let (mut simple, mut detail) = (String::with_capacity(json.len()), String::new());
        let mut kept_to = 0;
        for (start, end) in cuts {
            simple.push_str(&json[kept_to..start]);
            detail.push_str(&format!("{start} {}\n{}", end - start, &json[start..end]));
            kept_to = end;
        }
        simple.push_str(&json[kept_to..]);
        Self { simple, detail: Some(detail) }
    }

    /// The record as it came.
    ///
    /// # Errors
    /// When the parts are not those of one record.
    pub fn join(&self) -> Result<String, Mismatch> {
        let Some(detail) = &self.detail else { return Ok(self.simple.clone()) };
        join(&self.simple, detail)
    }
}

/// The record as it came, of the two parts that it was taken apart into.
///
/// # Errors
/// When the parts are not those of one record.
pub fn join(mut simple: &str, mut detail: &str) -> Result<String, Mismatch> {
    let mut json = String::with_capacity(simple.len() + detail.len());
    while let Some((cut, rest)) = detail.split_once('\n') {
        let (offset, length) = cut.split_once(' ').ok_or(Mismatch)?;
        let offset: usize = offset.parse().map_err(|_| Mismatch)?;
        let length: usize = length.parse().map_err(|_| Mismatch)?;
        let gap = offset.checked_sub(json.len()).ok_or(Mismatch)?;
        let (before, after) = simple.split_at_checked(gap).ok_or(Mismatch)?;
        let (bytes, others) = rest.split_at_checked(length).ok_or(Mismatch)?;
        json.push_str(before);
        json.push_str(bytes);
        (simple, detail) = (after, others);
    }
    json.push_str(simple);
    Ok(json)
}

/// The byte ranges of the Detailed members, each with the comma that would be left over.
fn cuts(json: &str) -> Option<Vec<(usize, usize)>> {
    let members = members(json)?;
    let mut cuts = Vec::new();
    let mut previous_end = json.find('{')? + 1;
    let mut anything_kept = false;
    for (key, value) in members {
        // A borrowed value is a slice of `json`: its place is the distance between the two.
        let start = value.get().as_ptr() as usize - json.as_ptr() as usize;
        let end = start + value.get().len();
        if !DETAILED_ONLY.contains(&key.as_str()) {
            anything_kept = true;
        } else if anything_kept {
            cuts.push((previous_end, end));
        } else {
            // Nothing before it stays: the comma to take is the one behind, if there is one.
            let comma = json[end..].find([',', '}']).filter(|at| json[end + at..].starts_with(','));
            let end = comma.map_or(end, |at| end + at + 1);
            cuts.push((previous_end, end));
            previous_end = end;
            continue;
        }
        previous_end = end;
    }
    Some(cuts)
}

/// An object's members, in their order; `None` if it is none.
pub(crate) fn members(json: &str) -> Option<Vec<(String, &RawValue)>> {
    serde_json::Deserializer::from_str(json).deserialize_map(Members).ok()
}

/// Collects an object's members in order.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::with_capacity(24);
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn simple_is_the_record_without_the_detailed_members() {
        for (json, simple) in [
            (r#"{"id":"1"}"#, r#"{"id":"1"}"#),
            (r#"{"id":"1","legs":[{}],"duration":1E2}"#, r#"{"id":"1","duration":1E2}"#),
            (r#"{"id":"1", "billing" : {"costIncluded":0.10} }"#, r#"{"id":"1" }"#),
            (r#"{"legs":[],"lastModifiedTime":"x" , "id":"1"}"#, r#"{ "id":"1"}"#),
            (r#"{"legs":[]}"#, "{}"),
            (r#"{"a\"b":",}","legs":[],"z":"legs"}"#, r#"{"a\"b":",}","z":"legs"}"#),
            ("[1,2]", "[1,2]"),
        ] {
            let parts = Parts::split(json);
            assert_eq!(parts.simple, simple);
            assert_eq!(parts.join().as_deref(), Ok(json));
        }
    }

    #[test]
    fn parts_of_two_records_do_not_join_silently_out_of_range() {
        let whole = Parts::split(r#"{"id":"a long enough record","legs":[1,2,3]}"#);
        let parts = Parts { simple: "{}".to_owned(), ..whole };
        assert_eq!(parts.join(), Err(Mismatch));
    }

    proptest! {
        #[test]
        fn joining_gives_back_the_bytes(
            members in prop::collection::vec(("[a-z\"\\\\é]{1,4}|legs|billing|lastModifiedTime", ".{0,8}"), 0..9),
            pretty: bool,
        ) {
            let object: serde_json::Map<String, Value> =
                members.into_iter().map(|(key, value)| (key, Value::String(value))).collect();
            let json = if pretty {
                serde_json::to_string_pretty(&object)
            } else {
                serde_json::to_string(&object)
            }.unwrap();
            let parts = Parts::split(&json);
            prop_assert_eq!(parts.join().unwrap(), json);
            let mut expected = object;
            DETAILED_ONLY.iter().for_each(|key| drop(expected.remove(*key)));
            let simple: Value = serde_json::from_str(&parts.simple).unwrap();
            prop_assert_eq!(simple, Value::Object(expected));
        }
    }
}
