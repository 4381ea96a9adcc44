//! The narrow part of a call log record: what an archive indexes, filters by and prints in a row.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;

use crate::lenient::{Raw, integer, list, object, read, text};
use crate::phone::number_key;
use crate::{ExtensionId, Key, Region};

/// A call log record, read from its JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// The record's id, unique within its scope.
    pub id: String,
    /// When the call began, milliseconds since 1970-01-01T00:00:00Z.
    pub start_ms: i64,
    /// How long it lasted, milliseconds; whole seconds where upstream sends no more.
    pub duration_ms: i64,
    /// `Voice`, `Fax`, or whatever else upstream says.
    pub call_type: Option<String>,
    /// `Inbound` or `Outbound`.
    pub direction: Option<String>,
    /// How it ended, such as `Accepted`, `Missed`, `Voicemail`.
    pub result: Option<String>,
    /// The operation, such as `Phone Call` or `Transfer`.
    pub action: Option<String>,
    /// Who called.
    pub from: Party,
    /// Who was called.
    pub to: Party,
    /// `sessionId`.
    pub session_id: Option<String>,
    /// `telephonySessionId`.
    pub telephony_session_id: Option<String>,
    /// The call or one of its legs has a recording.
    pub recorded: bool,
    /// Upstream says that the record was deleted.
    pub deleted: bool,
    /// Everything that the call can be found by.
    pub keys: BTreeSet<Key>,
}

/// One end of a call or leg.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// As upstream wrote it: mostly E.164, sometimes with formatting.
    pub phone_number: Option<String>,
    /// The short number, such as `101`.
    pub extension_number: Option<String>,
    /// The extension's id.
    pub extension_id: Option<ExtensionId>,
    /// A person's, queue's or contact's name.
    pub name: Option<String>,
    /// City and state, where upstream can tell.
    pub location: Option<String>,
}

/// Why a piece of JSON is no call log record. The text stays complete without the JSON itself,
/// which may hold private data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not an object.
    #[error("not a JSON object")]
    NotAnObject,
    /// `id` is missing, empty, or neither string nor number.
    #[error("no id")]
    NoId,
    /// `startTime` is missing or no date and time.
    #[error("no readable startTime")]
    NoStartTime,
}

/// A thousand years: durations can be added to any moment without an overflow.
const LONGEST_MS: i64 = 1000 * 366 * 24 * 3_600_000;

/// The fields of a record or leg that matter here, each still as it came.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct WireCall<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
    #[serde(borrow)]
    pub(crate) session_id: Raw<'a>,
    #[serde(borrow)]
    pub(crate) telephony_session_id: Raw<'a>,
    #[serde(borrow)]
    start_time: Raw<'a>,
    #[serde(borrow)]
    duration: Raw<'a>,
    #[serde(borrow)]
    duration_ms: Raw<'a>,
    #[serde(borrow)]
    r#type: Raw<'a>,
    #[serde(borrow)]
    pub(crate) direction: Raw<'a>,
    #[serde(borrow)]
    pub(crate) action: Raw<'a>,
    #[serde(borrow)]
    pub(crate) result: Raw<'a>,
    #[serde(borrow)]
    pub(crate) reason: Raw<'a>,
    #[serde(borrow)]
    pub(crate) leg_type: Raw<'a>,
    #[serde(borrow)]
    pub(crate) master: Raw<'a>,
    #[serde(borrow)]
    extension: Raw<'a>,
    #[serde(borrow)]
    pub(crate) from: Raw<'a>,
    #[serde(borrow)]
    pub(crate) to: Raw<'a>,
    #[serde(borrow)]
    pub(crate) recording: Raw<'a>,
    #[serde(borrow)]
    pub(crate) message: Raw<'a>,
    #[serde(borrow)]
    deleted: Raw<'a>,
    #[serde(borrow)]
    pub(crate) legs: Raw<'a>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct WireParty<'a> {
    #[serde(borrow)]
    phone_number: Raw<'a>,
    #[serde(borrow)]
    extension_number: Raw<'a>,
    #[serde(borrow)]
    extension_id: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    location: Raw<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct WireExtension<'a> {
    #[serde(borrow)]
    id: Raw<'a>,
}

impl CallRecord {
    /// Reads a record; numbers without a country code are taken as `home`'s.
    ///
    /// Only an id and a start are indispensable: anything else that is missing or odd is left out.
    ///
    /// # Errors
    /// When the JSON is no object, or has no id or no start time.
    pub fn decode(json: &str, home: Region) -> Result<Self, DecodeError> {
        let wire: WireCall<'_> = object(json).ok_or(DecodeError::NotAnObject)?;
        let id = text(wire.id).filter(|id| !id.is_empty()).ok_or(DecodeError::NoId)?;
        let start_ms = wire.start_ms().ok_or(DecodeError::NoStartTime)?;
        let legs: Vec<WireCall<'_>> =
            list(wire.legs).into_iter().filter_map(|leg| object(leg.get())).collect();
        let mut keys = BTreeSet::new();
        wire.collect_keys(home, &mut keys);
        legs.iter().for_each(|leg| leg.collect_keys(home, &mut keys));
        Ok(Self {
            id: id.into_owned(),
            start_ms,
            duration_ms: wire.duration_ms(),
            call_type: owned(text(wire.r#type)),
            direction: owned(text(wire.direction)),
            result: owned(text(wire.result)),
            action: owned(text(wire.action)),
            from: Party::decode(wire.from),
            to: Party::decode(wire.to),
            session_id: owned(text(wire.session_id)),
            telephony_session_id: owned(text(wire.telephony_session_id)),
            recorded: wire.has_recording() || legs.iter().any(WireCall::has_recording),
            deleted: read(wire.deleted).unwrap_or(false),
            keys,
        })
    }
}

impl WireCall<'_> {
    pub(crate) fn start_ms(&self) -> Option<i64> {
        let start: Timestamp = text(self.start_time)?.parse().ok()?;
        Some(start.as_millisecond())
    }

    pub(crate) fn duration_ms(&self) -> i64 {
        integer(self.duration_ms)
            .or_else(|| integer(self.duration).map(|seconds| seconds.saturating_mul(1000)))
            .map_or(0, |duration_ms| duration_ms.clamp(0, LONGEST_MS))
    }

    pub(crate) fn has_recording(&self) -> bool {
        self.recording.is_some_and(|raw| raw.get().starts_with('{'))
    }

    pub(crate) fn extension_id(&self) -> Option<ExtensionId> {
        let extension: WireExtension<'_> = object(self.extension?.get())?;
        text(extension.id)?.parse().ok()
    }

    fn collect_keys(&self, home: Region, keys: &mut BTreeSet<Key>) {
        keys.extend(self.extension_id().map(Key::Extension));
        keys.extend(session(self.session_id).map(Key::Session));
        keys.extend(session(self.telephony_session_id).map(Key::TelephonySession));
        for field in [self.from, self.to] {
            let Some(party) = field.and_then(|raw| object::<WireParty<'_>>(raw.get())) else {
                continue;
            };
            let extension = text(party.extension_id).and_then(|id| id.parse().ok());
            keys.extend(extension.map(Key::Extension));
            let number = text(party.phone_number).and_then(|number| number_key(&number, home));
            keys.extend(number.map(Key::Number));
        }
    }
}

impl Party {
    pub(crate) fn decode(field: Raw<'_>) -> Self {
        let wire: WireParty<'_> = field.and_then(|raw| object(raw.get())).unwrap_or_default();
        Self {
            phone_number: owned(text(wire.phone_number)),
            extension_number: owned(text(wire.extension_number)),
            extension_id: text(wire.extension_id).and_then(|id| id.parse().ok()),
            name: owned(text(wire.name)),
            location: owned(text(wire.location)),
        }
    }
}

/// A session id that joins anything: conferences share `0`.
pub(crate) fn session(field: Raw<'_>) -> Option<String> {
    owned(text(field)).filter(|id| !id.is_empty() && id != "0")
}

fn owned(text: Option<Cow<'_, str>>) -> Option<String> {
    text.map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_surprise_costs_the_field_and_not_the_record() {
        let json = r#"{"id":12,"startTime":"2024-01-01 00:00:00+01:00","duration":"61","type":{"x":1},
            "direction":"Sideways","from":[1],"to":{"phoneNumber":16505550100,"extensionId":"x"},
            "sessionId":"0","legs":[7,{"extension":{"id":1.5}},{"extension":{"id":"9"},"recording":{}}]}"#;
        let record = CallRecord::decode(json, Region::US).unwrap();
        assert_eq!(
            (record.id.as_str(), record.start_ms, record.duration_ms),
            ("12", 1_704_063_600_000, 61_000)
        );
        assert_eq!((record.call_type, record.direction.as_deref()), (None, Some("Sideways")));
        assert_eq!(record.from, Party::default());
        assert!(record.recorded);
        let keys: Vec<_> = record.keys.iter().map(ToString::to_string).collect();
        assert_eq!(keys, ["x9", "n+16505550100"]);
    }

    #[test]
    fn without_id_or_start_it_is_no_record() {
        for (json, error) in [
            ("[1]", DecodeError::NotAnObject),
            ("7", DecodeError::NotAnObject),
            (r#"{"startTime":"2024-01-01T00:00:00Z"}"#, DecodeError::NoId),
            (r#"{"id":"","startTime":"2024-01-01T00:00:00Z"}"#, DecodeError::NoId),
            (r#"{"id":"a"}"#, DecodeError::NoStartTime),
            (r#"{"id":"a","startTime":"yesterday"}"#, DecodeError::NoStartTime),
        ] {
            assert_eq!(CallRecord::decode(json, Region::US), Err(error), "{json}");
        }
    }
}
