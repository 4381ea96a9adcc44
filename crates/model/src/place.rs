//! Where a record belongs: to which session, and when. Read without the rest of it.

use jiff::Timestamp;
use serde::Deserialize;

use crate::Key;
use crate::lenient::{Raw, object, text};
use crate::record::session;

/// What of a record says where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPlace {
    /// What joins it to the other records of its call: `telephonySessionId`, else `sessionId`; `None` when it stands
    /// alone.
    pub session: Option<Key>,
    /// When the call began, milliseconds since 1970-01-01T00:00:00Z.
    pub start_ms: i64,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Wire<'a> {
    #[serde(borrow)]
    session_id: Raw<'a>,
    #[serde(borrow)]
    telephony_session_id: Raw<'a>,
    #[serde(borrow)]
    start_time: Raw<'a>,
}

impl RecordPlace {
    /// Reads a record's JSON, or its Simple view; `None` when it is no record.
    pub fn decode(record: &str) -> Option<Self> {
        let wire: Wire<'_> = object(record)?;
        let start: Timestamp = text(wire.start_time)?.parse().ok()?;
        let telephony = session(wire.telephony_session_id).map(Key::TelephonySession);
        let session = telephony.or_else(|| session(wire.session_id).map(Key::Session));
        Some(Self { session, start_ms: start.as_millisecond() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_telephony_session_counts_then_the_session() {
        let session = |members: &str| {
            let json = format!(r#"{{"startTime":"2024-01-01T00:00:00Z",{members},"legs":[{{}}]}}"#);
            RecordPlace::decode(&json).unwrap().session.map(|key| key.to_string())
        };
        let found = session(r#""sessionId":"1","telephonySessionId":"s-a""#);
        assert_eq!(found.as_deref(), Some("ts-a"));
        assert_eq!(session(r#""sessionId":17"#).as_deref(), Some("s17"));
        assert_eq!(session(r#""sessionId":"1","telephonySessionId":null"#).as_deref(), Some("s1"));
        // Conferences share it.
        assert_eq!(session(r#""sessionId":"0","telephonySessionId":"""#), None);
    }

    #[test]
    fn what_is_no_record_has_no_place() {
        for json in ["7", "[]", "{}", r#"{"startTime":"soon"}"#] {
            assert_eq!(RecordPlace::decode(json), None, "{json}");
        }
    }
}
