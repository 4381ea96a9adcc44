//! `Range` and `If-Range` (RFC 9110, 14.1 and 13.1.5): one range of bytes.

use std::ops::Range;

use axum::http::HeaderMap;
use axum::http::header::{IF_RANGE, RANGE};

/// What of a file was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Requested {
    /// All of it: no range, several, one that cannot be read, or one of a file that has changed since.
    Whole,
    /// These bytes, at least one, all of which there are.
    Part(Range<u64>),
    /// Bytes that there are not.
    Nothing,
}

/// What a request for a file of `len_bytes` asks for.
pub(super) fn requested(headers: &HeaderMap, etag: &str, len_bytes: u64) -> Requested {
    // A date cannot match: none is told.
    if headers.get(IF_RANGE).is_some_and(|condition| condition != etag) {
        return Requested::Whole;
    }
    let mut values = headers.get_all(RANGE).iter();
    let range = values.next().filter(|_| values.next().is_none());
    let range = range.and_then(|value| value.to_str().ok());
    range.and_then(|range| read(range, len_bytes)).unwrap_or(Requested::Whole)
}

/// Reads `bytes=0-99`, `bytes=100-` or `bytes=-100`.
fn read(range: &str, len_bytes: u64) -> Option<Requested> {
    let (unit, range) = range.split_once('=')?;
    let (first, last) =
        range.trim().split_once('-').filter(|_| unit.eq_ignore_ascii_case("bytes"))?;
    let range = match (first, last) {
        ("", suffix) => len_bytes.saturating_sub(number(suffix)?)..len_bytes,
        (first, "") => number(first)?..len_bytes,
        (first, last) => {
            let (first, last) =
                (number(first)?, number(last).filter(|&last| last >= number(first).unwrap_or(0))?);
            first..last.saturating_add(1).min(len_bytes)
        }
    };
    Some(if range.is_empty() { Requested::Nothing } else { Requested::Part(range) })
}

/// Digits alone; more of them than fit are a very large number.
fn number(digits: &str) -> Option<u64> {
    let digits = Some(digits).filter(|digits| {
        !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
    })?;
    Some(digits.parse().unwrap_or(u64::MAX))
}
