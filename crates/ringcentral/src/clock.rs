//! The server's clock, as its answers tell it.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use http::HeaderMap;
use http::header::DATE;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};

/// What the last answer with a `Date` said, and when it came.
#[derive(Debug, Default)]
pub(crate) struct ServerClock(Mutex<Option<(Timestamp, Instant)>>);

impl ServerClock {
    /// Takes the time from an answer that came at `now`.
    pub(crate) fn hear(&self, headers: &HeaderMap, now: Instant) {
        if let Some(date) = date(headers) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((date, now));
        }
    }

    /// The server's time at `now`; `None` before it has told any.
    pub(crate) fn at(&self, now: Instant) -> Option<Timestamp> {
        let (date, heard) = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        let since = SignedDuration::try_from(now.saturating_duration_since(heard)).ok()?;
        date.checked_add(since).ok()
    }
}

/// When the answer was made, by the server's clock.
pub(crate) fn date(headers: &HeaderMap) -> Option<Timestamp> {
    parse(headers.get(DATE)?.to_str().ok()?)
}

/// Reads a date as HTTP writes it: `Tue, 15 Nov 1994 08:12:31 GMT`.
pub(crate) fn parse(date: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(date.trim()).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn headers(date: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(DATE, date.parse().unwrap())])
    }

    #[test]
    fn the_clock_goes_on_from_the_last_answer() {
        let (clock, start) = (ServerClock::default(), Instant::now());
        let later = |seconds| clock.at(start + Duration::from_secs(seconds));
        assert_eq!(later(0), None);
        clock.hear(&headers("Tue, 15 Nov 1994 08:12:31 GMT"), start);
        assert_eq!(later(90), Some("1994-11-15T08:14:01Z".parse().unwrap()));
        clock.hear(&headers("Tue, 15 Nov 1994 09:00:00 GMT"), start + Duration::from_secs(60));
        assert_eq!(later(90), Some("1994-11-15T09:00:30Z".parse().unwrap()));
    }

    #[test]
    fn an_answer_without_a_readable_date_changes_nothing() {
        let (clock, start) = (ServerClock::default(), Instant::now());
        clock.hear(&headers("Tue, 15 Nov 1994 08:12:31 GMT"), start);
        clock.hear(&headers("yesterday"), start);
        clock.hear(&HeaderMap::new(), start);
        assert_eq!(clock.at(start), Some("1994-11-15T08:12:31Z".parse().unwrap()));
    }

    #[test]
    fn the_end_of_time_is_no_time() {
        let (clock, start) = (ServerClock::default(), Instant::now());
        clock.hear(&headers("Thu, 30 Dec 9999 22:00:00 GMT"), start);
        assert_eq!(clock.at(start + Duration::from_secs(86_400)), None);
    }
}
