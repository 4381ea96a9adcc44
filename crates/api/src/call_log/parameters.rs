//! The query parameters of the call log.

use jiff::Timestamp;
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::query::{Direction, RecordingFilter, View};
use crate::params::{Described, Many, Param};

/// What records of a log are chosen by.
pub(super) const FILTERS: &[&dyn Described] = &[
    &DATE_FROM,
    &DATE_TO,
    &EXTENSION_NUMBER,
    &PHONE_NUMBER,
    &DIRECTION,
    &TYPE,
    &RECORDING_TYPE,
    &WITH_RECORDING,
    &SESSION_ID,
    &TELEPHONY_SESSION_ID,
    &METADATA_CATEGORY,
    &SHOW_DELETED,
];

pub(super) const VIEW: Param<View> = Param::words(
    "view",
    &[("Simple", View::Simple), ("Detailed", View::Detailed)],
    "How much of each record: `Detailed` adds `legs`, `billing` and `lastModifiedTime`.",
)
.or("Simple");

pub(super) const DATE_FROM: Param<Timestamp> = Param::instant(
    "dateFrom",
    "The first `startTime` that is wanted, in ISO 8601 with an offset. 24 hours before `dateTo` if left out.",
);

pub(super) const DATE_TO: Param<Timestamp> = Param::instant(
    "dateTo",
    "The first `startTime` that is no longer wanted, in ISO 8601 with an offset. Now if left out.",
);

pub(super) const EXTENSION_NUMBER: Param<String> = Param::text(
    "extensionNumber",
    "Only calls of this short number; not together with `phoneNumber` or `sessionId`.",
);

/// The contract wants E.164 without the plus; clients send it with one as well.
pub(super) const PHONE_NUMBER: Param<String> = Param::own(
    "phoneNumber",
    |text| {
        // An unencoded plus arrives as a space.
        let digits = text.trim_start_matches(['+', ' ']);
        let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        valid.then(|| digits.to_owned())
    },
    || ObjectBuilder::new().schema_type(Type::String).pattern(Some(r"^[+ ]*[0-9]+$")).into(),
    "Only calls from or to this number, in E.164; not together with `extensionNumber` or `sessionId`.",
);

pub(super) const DIRECTION: Many<Direction> = Param::words(
    "direction",
    &[("Inbound", Direction::Inbound), ("Outbound", Direction::Outbound)],
    "Only calls of these directions.",
)
.many();

pub(super) const TYPE: Many<&str> =
    Param::words("type", &[("Voice", "Voice"), ("Fax", "Fax")], "Only calls of these types.")
        .many();

pub(super) const TRANSPORT: Many<&str> = Param::words(
    "transport",
    &[("PSTN", "PSTN"), ("VoIP", "VoIP")],
    "Only calls that went over these networks.",
)
.many();

pub(super) const CONFERENCE_TYPE: Many<&str> = Param::words(
    "conferenceType",
    &[("AudioConferencing", "AudioConferencing"), ("Meetings", "Meetings")],
    "Only conferences of these types.",
)
.many();

pub(super) const RECORDING_TYPE: Param<RecordingFilter> = Param::words(
    "recordingType",
    &[
        ("Automatic", RecordingFilter::Automatic),
        ("OnDemand", RecordingFilter::OnDemand),
        ("All", RecordingFilter::All),
    ],
    "Only calls with recordings of this kind.",
);

pub(super) const WITH_RECORDING: Param<bool> =
    Param::flag("withRecording", "Only recorded calls; `recordingType` takes its place.")
        .or("false")
        .deprecated();

pub(super) const SESSION_ID: Param<String> = Param::text(
    "sessionId",
    "Only calls of this session; not together with `extensionNumber` or `phoneNumber`.",
);

pub(super) const TELEPHONY_SESSION_ID: Param<String> =
    Param::text("telephonySessionId", "Only calls of this telephony session.");

pub(super) const METADATA_CATEGORY: Many<String> =
    Param::text("metadataCategory", "Only calls with one of these metadata categories.").many();

pub(super) const SHOW_BLOCKED: Param<bool> =
    Param::flag("showBlocked", "Whether calls from and to blocked numbers are wanted.").or("true");

pub(super) const SHOW_DELETED: Param<bool> =
    Param::flag("showDeleted", "Whether records that were deleted are wanted.").or("false");

/// Whether only missed calls are wanted.
pub(super) const STATUS_GROUP: Many<bool> = Param::words(
    "statusGroup",
    &[("Missed", true), ("All", false)],
    "Only calls that nobody took, or all.",
)
.many();
