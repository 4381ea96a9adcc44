//! Moments as people write and read them: zones live here, at the edge, and nowhere else.

use callbook_model::Span;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, SpanRelativeTo, Timestamp, ToSpan as _, Zoned};

/// A moment, day, length or zone that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TimeError {
    /// Neither a day nor a moment.
    #[error("'{0}' is no date")]
    Date(String),
    /// No such zone.
    #[error("'{0}' is no time zone")]
    Zone(String),
    /// Not a length of time.
    #[error("'{0}' is no length of time")]
    Length(String),
    /// The end lies before the beginning.
    #[error("nothing lies between {from} and {to}")]
    Empty {
        /// The beginning, as it was given.
        from: String,
        /// The end, as it was given.
        to: String,
    },
}

impl TimeError {
    /// What to write instead.
    pub fn hint(&self) -> String {
        match self {
            Self::Date(_) => "write 2024-01-31, 2024-01-31T09:00 or 2024-01-31T09:00:00Z",
            Self::Zone(_) => "write a name such as America/New_York, or UTC",
            Self::Length(_) => "write seconds, or 90s, 5m, 1h30m",
            Self::Empty { .. } => "--from must come before --to",
        }
        .to_owned()
    }
}

/// The zone that days begin in and that times are shown in: the machine's unless named.
pub fn zone(name: Option<&str>) -> Result<TimeZone, TimeError> {
    match name {
        None => Ok(TimeZone::system()),
        Some(name) => TimeZone::get(name).map_err(|_| TimeError::Zone(name.to_owned())),
    }
}

/// The same, where it has to have a name: UTC, where the machine's has none, for that is what such machines show.
pub fn named_zone(name: Option<&str>) -> Result<TimeZone, TimeError> {
    let zone = zone(name)?;
    Ok(if zone.iana_name().is_some() { zone } else { TimeZone::UTC })
}

/// The moment that `text` names; a day begins at its midnight.
pub fn beginning(text: &str, zone: &TimeZone) -> Result<Timestamp, TimeError> {
    let moment = match day(text) {
        Some(day) => midnight(day, zone),
        None => moment(text, zone),
    };
    moment.ok_or_else(|| TimeError::Date(text.to_owned()))
}

/// The moment after what `text` names; a day ends with the next midnight.
pub fn end(text: &str, zone: &TimeZone) -> Result<Timestamp, TimeError> {
    let moment = match day(text) {
        Some(day) => day.checked_add(1.day()).ok().and_then(|next| midnight(next, zone)),
        None => moment(text, zone),
    };
    moment.ok_or_else(|| TimeError::Date(text.to_owned()))
}

/// `2024-01-31` and no other form: a date with an hour would otherwise be the whole day.
fn day(text: &str) -> Option<Date> {
    let is_day = text.len() == "2024-01-31".len()
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if is_day { text.parse().ok() } else { None }
}

fn midnight(day: Date, zone: &TimeZone) -> Option<Timestamp> {
    Some(day.to_zoned(zone.clone()).ok()?.timestamp())
}

/// A moment with its offset, or a clock's date and time in the zone. What a clock shows twice is
/// the first of the two; what it skips is as much later.
fn moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(moment) = text.parse() {
        return Some(moment);
    }
    // A `DateTime` would take a date alone for its midnight, and overlook an offset or a zone.
    let time = text.get("2024-01-31".len()..)?;
    let is_time = |each: char| each.is_ascii_digit() || ":. T".contains(each);
    if !time.contains(':') || !time.chars().all(is_time) {
        return None;
    }
    let clock: DateTime = text.parse().ok()?;
    Some(clock.to_zoned(zone.clone()).ok()?.timestamp())
}

/// From one to the other, both days included; what is left out has no bound.
pub fn span(from: Option<&str>, to: Option<&str>, zone: &TimeZone) -> Result<Span, TimeError> {
    let first = from.map_or(Ok(Timestamp::MIN), |text| beginning(text, zone))?;
    let last = to.map_or(Ok(Timestamp::MAX), |text| end(text, zone))?;
    let text =
        |text: Option<&str>, moment: Timestamp| text.map_or(moment.to_string(), str::to_owned);
    Span::new(first, last)
        .ok_or_else(|| TimeError::Empty { from: text(from, first), to: text(to, last) })
}

/// Milliseconds of `90`, `90s`, `5m`, `1h30m`.
pub fn length_ms(text: &str) -> Result<i64, TimeError> {
    let seconds = text.parse::<i64>().ok().and_then(|seconds| seconds.checked_mul(1000));
    let length = || text.parse::<SignedDuration>().ok();
    let milliseconds = || i64::try_from(length()?.as_millis()).ok();
    let length = seconds.or_else(milliseconds).filter(|length| *length >= 0);
    length.ok_or_else(|| TimeError::Length(text.to_owned()))
}

/// `90m`, `4h`, `3d` or `1w`; days have 24 hours.
pub fn long(text: &str) -> Result<SignedDuration, TimeError> {
    let span = text.parse::<jiff::Span>().ok().filter(|span| span.is_positive());
    let length = span.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok());
    length.ok_or_else(|| TimeError::Length(text.to_owned()))
}

/// A stored moment in a zone; `None` for what no calendar has.
pub fn zoned(milliseconds: i64, zone: &TimeZone) -> Option<Zoned> {
    Some(Timestamp::from_millisecond(milliseconds).ok()?.to_zoned(zone.clone()))
}

/// `2024-01-31 14:05:11`.
pub fn clock(milliseconds: i64, zone: &TimeZone) -> String {
    zoned(milliseconds, zone)
        .map_or_else(|| "?".to_owned(), |moment| moment.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// `2024-01-31 14:05`.
pub fn minute(milliseconds: i64, zone: &TimeZone) -> String {
    let mut text = clock(milliseconds, zone);
    text.truncate("2024-01-31 14:05".len());
    text
}

/// `4:07` or `1:02:03`.
pub fn length(milliseconds: i64) -> String {
    let seconds = milliseconds.max(0) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        hours => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// `15m`, `1h` or `1h 30m`, as it is written in settings.
pub fn interval(seconds: i64) -> String {
    format!("{:#}", SignedDuration::from_secs(seconds))
}

/// `90 s`, `12 min`, `5 h` or `3 days`.
pub fn age(milliseconds: i64) -> String {
    match milliseconds.max(0) / 1000 {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds @ 7_200..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_whole_and_belong_to_a_zone() {
        let zone = zone(Some("America/New_York")).unwrap();
        let span = span(Some("2024-03-10"), Some("2024-03-10"), &zone).unwrap();
        // The day that clocks go forward has 23 hours.
        assert_eq!(span.from, "2024-03-10T05:00:00Z".parse().unwrap());
        assert_eq!(span.to, "2024-03-11T04:00:00Z".parse().unwrap());
        assert_eq!(
            beginning("2024-03-10T01:00:00+01:00", &zone).unwrap(),
            "2024-03-10T00:00:00Z".parse().unwrap()
        );
        assert!(beginning("10/03/2024", &zone).is_err());
        assert!(beginning("2024-02-30", &zone).is_err());
    }

    #[test]
    fn a_clocks_time_is_that_of_the_zone() {
        let zone = zone(Some("America/New_York")).unwrap();
        for (text, expected) in [
            ("2026-11-19T23:30", "2026-11-20T04:30:00Z"),
            ("2026-11-19 23:30", "2026-11-20T04:30:00Z"),
            ("2026-11-19 23:30:15.5", "2026-11-20T04:30:15.5Z"),
            ("2026-11-19 23:30Z", "2026-11-19T23:30:00Z"),
            // Skipped, when clocks go forward.
            ("2024-03-10T02:30", "2024-03-10T07:30:00Z"),
            // Shown twice, when they go back.
            ("2024-11-03T01:30", "2024-11-03T05:30:00Z"),
            ("2024-11-03T01:30-05:00", "2024-11-03T06:30:00Z"),
        ] {
            let expected = expected.parse().unwrap();
            assert_eq!(beginning(text, &zone).unwrap(), expected, "{text}");
            assert_eq!(end(text, &zone).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_neither_a_day_nor_a_moment() {
        for text in [
            "2026-11-19 23",
            "2026-11-19T23",
            "20261119",
            "2026-11-19T",
            "2026-11-19T25:00",
            "2026-11-19T23:30[Europe/Berlin]",
            "2026-11-19[Europe/Berlin]",
            "+002026-11-19",
            "2026-11-1\u{665}",
            "",
        ] {
            assert!(beginning(text, &TimeZone::UTC).is_err(), "{text}");
            assert!(end(text, &TimeZone::UTC).is_err(), "{text}");
        }
    }

    #[test]
    fn lengths() {
        assert_eq!(length_ms("90").unwrap(), 90_000);
        assert_eq!(length_ms("1h30m").unwrap(), 5_400_000);
        assert!(length_ms("-5").is_err());
        assert!(length_ms("long").is_err());
        assert_eq!(long("3d").unwrap(), SignedDuration::from_hours(72));
        assert_eq!(long("1w 90m").unwrap(), SignedDuration::from_mins(7 * 24 * 60 + 90));
        assert!(["-3d", "0s", "1mo", "3", "long"].iter().all(|text| long(text).is_err()));
        assert_eq!(length(247_900), "4:07");
        assert_eq!(length(3_723_000), "1:02:03");
        assert_eq!((interval(900), interval(5_400)), ("15m".to_owned(), "1h 30m".to_owned()));
    }
}
