//! The recordings that a record names.

use serde::Deserialize;

use crate::lenient::{Raw, list, object, text};
use crate::record::WireCall;

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireRecording<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
}

/// The ids of the recordings of a record and its legs, in the order that it names them, each once.
pub fn recording_ids(record: &str) -> Vec<String> {
    let Some(wire) = object::<WireCall<'_>>(record) else { return Vec::new() };
    let legs = list(wire.legs).into_iter().filter_map(|leg| object::<WireCall<'_>>(leg.get()));
    let recordings = legs.map(|leg| leg.recording);
    let mut ids = Vec::new();
    for recording in std::iter::once(wire.recording).chain(recordings).flatten() {
        let id = object::<WireRecording<'_>>(recording.get()).and_then(|wire| text(wire.id));
        ids.extend(id.map(std::borrow::Cow::into_owned).filter(|id| !ids.contains(id)));
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::recording_ids;

    #[test]
    fn each_recording_is_named_once() {
        let json = r#"{"id":"1","recording":{"id":"7"},"legs":[{"recording":{"id":7}},{"recording":null},
            {"recording":{"uri":"http://a"}},{"recording":{"id":"8"}},3]}"#;
        assert_eq!(recording_ids(json), ["7", "8"]);
        assert!(recording_ids("[]").is_empty());
    }
}
