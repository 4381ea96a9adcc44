//! Seals: proof of what a day held, that outlives upstream's memory.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// An entry of the chain of seals of an account's scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// 1, 2, 3 …
    pub number: i64,
    /// The day (UTC) that the calls began on.
    pub day: Date,
    /// Calls that were not deleted.
    pub calls: i64,
    /// SHA-256, hexadecimal, over everything that the archive had of the day.
    pub digest: String,
    /// What upstream had, if it was asked.
    pub upstream: Option<UpstreamDay>,
    /// The account's newest change number at that time.
    pub seq: i64,
    /// When, milliseconds since 1970-01-01T00:00:00Z.
    pub sealed_ms: i64,
    /// The hash of the entry before; zeros for the first.
    pub previous: String,
    /// SHA-256, hexadecimal, over all of the above.
    pub hash: String,
}

/// What upstream listed of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpstreamDay {
    /// How many calls.
    pub calls: i64,
    /// A hash over their ids, as the caller makes it.
    pub ids_hash: String,
}

/// The day (UTC) that a call belongs to.
pub(crate) fn day_of(start_ms: i64) -> Date {
    // Starts come from moments; one that is none can only be damage.
    let start = Timestamp::from_millisecond(start_ms).unwrap_or_default();
    start.to_zoned(TimeZone::UTC).date()
}
