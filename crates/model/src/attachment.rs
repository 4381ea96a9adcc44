//! What hangs on a call's record, and lives elsewhere: recordings, and voicemails and faxes.

use std::borrow::Cow;

use serde::Deserialize;

use crate::lenient::{Raw, list, object, text};
use crate::record::{WireCall, session};

/// A recording that a record names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// RingCentral's id of it.
    pub id: String,
    /// When what it belongs to began, a leg or the call: milliseconds since 1970-01-01T00:00:00Z.
    pub start_ms: i64,
    /// `Automatic`, `OnDemand`, or whatever else upstream says.
    pub mode: Option<String>,
    /// Where upstream says that its sound is. Not to be trusted.
    pub content_uri: Option<String>,
}

/// A message that a record names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// RingCentral's id of it.
    pub id: String,
    /// `VoiceMail`, `Fax`, or whatever else upstream says.
    pub kind: Option<String>,
}

/// Everything that hangs on a record and its legs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attachments {
    /// What joins the records of one call: `telephonySessionId`, or an older record's `sessionId`.
    pub session: Option<String>,
    /// Each once, in the order that the legs name them.
    pub recordings: Vec<Recording>,
    /// Each once.
    pub messages: Vec<Message>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Wire<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    r#type: Raw<'a>,
    #[serde(borrow)]
    content_uri: Raw<'a>,
}

impl Attachments {
    /// Reads a record's JSON; what has no id counts as absent.
    pub fn decode(record: &str) -> Self {
        let Some(call) = object::<WireCall<'_>>(record) else { return Self::default() };
        let legs: Vec<WireCall<'_>> =
            list(call.legs).into_iter().filter_map(|leg| object(leg.get())).collect();
        let start_ms = call.start_ms().unwrap_or_default();
        let mut found = Self {
            session: session(call.telephony_session_id).or_else(|| session(call.session_id)),
            ..Self::default()
        };
        // A leg knows better when it was recorded than the call as a whole.
        for part in legs.iter().chain([&call]) {
            found.add_recording(part.recording, part.start_ms().unwrap_or(start_ms));
            found.add_message(part.message);
        }
        found
    }

    fn add_recording(&mut self, field: Raw<'_>, start_ms: i64) {
        let Some((id, wire)) = identified(field) else { return };
        let (mode, content_uri) = (owned(wire.r#type), owned(wire.content_uri));
        match self.recordings.iter_mut().find(|known| known.id == id) {
            Some(known) => {
                known.mode = known.mode.take().or(mode);
                known.content_uri = known.content_uri.take().or(content_uri);
            }
            None => self.recordings.push(Recording { id, start_ms, mode, content_uri }),
        }
    }

    fn add_message(&mut self, field: Raw<'_>) {
        let Some((id, wire)) = identified(field) else { return };
        let kind = owned(wire.r#type);
        match self.messages.iter_mut().find(|known| known.id == id) {
            Some(known) => known.kind = known.kind.take().or(kind),
            None => self.messages.push(Message { id, kind }),
        }
    }
}

fn identified(field: Raw<'_>) -> Option<(String, Wire<'_>)> {
    let wire: Wire<'_> = object(field?.get())?;
    let id = owned(wire.id).filter(|id| !id.is_empty())?;
    Some((id, wire))
}

fn owned(field: Raw<'_>) -> Option<String> {
    text(field).map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_recording_comes_once_with_the_start_of_its_leg() {
        let json = r#"{"id":"a","startTime":"2024-01-01T00:00:00Z","telephonySessionId":"t1","sessionId":"s1",
            "recording":{"id":"7","type":"Automatic","contentUri":"https://a/7"},
            "legs":[{"startTime":"2024-01-01T00:00:05Z","recording":{"id":7,"type":"Automatic"}},
                {"recording":{"id":"8","type":["x"]}},{"recording":{"id":""}},{"recording":"9"},7]}"#;
        let found = Attachments::decode(json);
        let starts: Vec<_> =
            found.recordings.iter().map(|each| (each.id.as_str(), each.start_ms)).collect();
        assert_eq!(starts, [("7", 1_704_067_205_000), ("8", 1_704_067_200_000)]);
        assert_eq!(found.recordings[0].mode.as_deref(), Some("Automatic"));
        assert_eq!(found.recordings[0].content_uri.as_deref(), Some("https://a/7"));
        assert_eq!(found.recordings[1].mode, None);
        assert_eq!(found.session.as_deref(), Some("t1"));
    }

    #[test]
    fn voicemails_and_faxes_are_messages() {
        let json = r#"{"sessionId":"0","message":{"id":"1","type":"VoiceMail"},
            "legs":[{"message":{"id":"1"}},{"message":{"id":2,"type":"Fax"}},{"message":{}}]}"#;
        let found = Attachments::decode(json);
        let message =
            |id: &str, kind: Option<&str>| Message { id: id.into(), kind: kind.map(Into::into) };
        assert_eq!(found.messages, [message("1", Some("VoiceMail")), message("2", Some("Fax"))]);
        assert_eq!((found.session, found.recordings), (None, vec![]));
        assert_eq!(Attachments::decode("[]"), Attachments::default());
    }
}
