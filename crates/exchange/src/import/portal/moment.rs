//! Dates, times and lengths as the portal writes them.

use jiff::civil::{Date, Time, Weekday};
use jiff::{Timestamp, civil};

use super::super::Clock;

/// The months, by the beginnings of their names.
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// When a call began, from one text such as `Fri 06/21/2019 3:04 PM`. What a clock shows twice is the first of
/// the two; what it skips is as much later. `None` if it cannot be read, or if the weekday is another.
pub(super) fn start(text: &str, clock: &Clock) -> Option<Timestamp> {
    if let Ok(moment) = text.parse() {
        return Some(moment);
    }
    let mut text = text.replace(',', " ");
    if text.find('T') == Some("2019-06-21".len()) {
        text = text.replace('T', " ");
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    // The time begins with the first word that has a colon.
    let place = words.iter().position(|word| word.contains(':'))?;
    let (date, time) = words.split_at(place);
    let moment = civil::DateTime::from_parts(read_date(date, clock.day_first)?, read_time(time)?);
    Some(moment.to_zoned(clock.zone.clone()).ok()?.timestamp())
}

/// `Fri 06/21/2019`, `6/21/19`, `2019-06-21`, `21.06.2019`, `Jun 21 2019`, `21 June 2019`.
fn read_date(words: &[&str], day_first: bool) -> Option<Date> {
    let (weekday, words) = match words.split_first() {
        Some((first, rest)) if !rest.is_empty() && weekday(first).is_some() => {
            (weekday(first), rest)
        }
        _ => (None, words),
    };
    let parts: Vec<&str> = words
        .iter()
        .flat_map(|word| word.split(['/', '-', '.']))
        .filter(|p| !p.is_empty())
        .collect();
    let &[one, two, three] = parts.as_slice() else { return None };
    let day_first = day_first || words.concat().contains('.');
    let (year, month, day) = match (month(one), month(two)) {
        (Some(month), _) => (three, month, two),
        (_, Some(month)) if one.len() == 4 => (one, month, three),
        (_, Some(month)) => (three, month, one),
        _ if one.len() == 4 => (one, two.parse().ok()?, three),
        _ if day_first => (three, two.parse().ok()?, one),
        _ => (three, one.parse().ok()?, two),
    };
    let full = |year: i16| if year < 100 { year + 2000 } else { year };
    let date = Date::new(full(year.parse().ok()?), month, day.parse().ok()?).ok()?;
    weekday.is_none_or(|weekday| date.weekday() == weekday).then_some(date)
}

fn weekday(word: &str) -> Option<Weekday> {
    let word = word.to_lowercase();
    WEEKDAYS.iter().find(|(name, _)| word.starts_with(name)).map(|(_, weekday)| *weekday)
}

fn month(word: &str) -> Option<i8> {
    let word = word.to_lowercase();
    (1..).zip(MONTHS).find(|(_, name)| word.starts_with(name)).map(|(number, _)| number)
}

/// `3:04 PM`, `3:04:05pm`, `15:04`, `15:04:05`.
fn read_time(words: &[&str]) -> Option<Time> {
    let text = words.concat().to_lowercase().replace('.', "");
    let (clock, half) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(clock), _) => (clock, Some(0)),
        (_, Some(clock)) => (clock, Some(12)),
        _ => (text.as_str(), None),
    };
    let parts: Vec<i8> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (hour, minute, second) = match *parts.as_slice() {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let hour = match half {
        Some(after) if (1..=12).contains(&hour) => hour % 12 + after,
        Some(_) => return None,
        None => hour,
    };
    Time::new(hour, minute, second, 0).ok()
}

/// Seconds of `0:01:05`, `1:05` (minutes and seconds), `65`, `1h 1m 5s`. A call without any has none.
pub(super) fn length_s(text: Option<&str>) -> Option<i64> {
    let Some(text) = text.filter(|text| *text != "-") else { return Some(0) };
    if let Ok(length) = text.parse::<jiff::SignedDuration>() {
        return Some(length.as_secs()).filter(|seconds| *seconds >= 0);
    }
    let parts = text.split(':').map(|part| part.trim().parse::<u32>().ok());
    let parts: Vec<u32> = parts.collect::<Option<_>>()?;
    let seconds = |seconds: i64, part: &u32| seconds * 60 + i64::from(*part);
    (parts.len() <= 3).then(|| parts.iter().fold(0, seconds))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn read(text: &str, day_first: bool) -> Option<String> {
        let zone = TimeZone::get("America/New_York").unwrap();
        start(text, &Clock { zone, day_first }).map(|moment| moment.to_string())
    }

    #[test]
    fn moments_however_they_are_written() {
        for text in [
            "Fri 06/21/2019 3:04 PM",
            "Friday, June 21, 2019 3:04 pm",
            "FRI JUN 21 2019 3:04 PM",
            "6/21/19 15:04",
            "06-21-2019 15:04:00",
            "2019-06-21 15:04",
            "2019-06-21T15:04:00",
            "21.06.2019 15:04",
            "21 Jun 2019 3:04PM",
            "21-Jun-2019 03:04 p.m.",
            "2019-06-21T19:04:00Z",
            "2019-06-21T21:04:00+02:00",
        ] {
            assert_eq!(read(text, false).as_deref(), Some("2019-06-21T19:04:00Z"), "{text}");
        }
        assert_eq!(read("Tue 10/01/2024 0:30", false).as_deref(), Some("2024-10-01T04:30:00Z"));
        assert_eq!(read("02/01/2024 00:30", false).as_deref(), Some("2024-02-01T05:30:00Z"));
        assert_eq!(read("02/01/2024 00:30", true).as_deref(), Some("2024-01-02T05:30:00Z"));
        assert_eq!(read("01/02/2024 12:30 AM", false).as_deref(), Some("2024-01-02T05:30:00Z"));
        assert_eq!(read("01/02/2024 12:30 PM", false).as_deref(), Some("2024-01-02T17:30:00Z"));
        // Shown twice, and skipped, by clocks that change.
        assert_eq!(read("11/03/2024 1:30 AM", false).as_deref(), Some("2024-11-03T05:30:00Z"));
        assert_eq!(read("03/10/2024 2:30 AM", false).as_deref(), Some("2024-03-10T07:30:00Z"));
    }

    #[test]
    fn what_is_no_moment() {
        for text in [
            "",
            "yesterday",
            "06/21/2019",
            "3:04 PM",
            // Day and month the wrong way round, as the weekday tells.
            "Fri 02/01/2024 3:04 PM",
            "21/06/2019 3:04 PM",
            "06/21/2019 13:04 PM",
            "06/21/2019 0:04 PM",
            "06/21/2019 24:04",
            "06/21/2019 3:04:05:06",
            "06/2019 3:04",
            "٠٦/٢١/٢٠١٩ 3:04",
        ] {
            assert_eq!(read(text, false), None, "{text}");
        }
    }

    #[test]
    fn lengths_however_they_are_written() {
        for (text, expected) in [
            (Some("0:01:05"), Some(65)),
            (Some("00:01:05"), Some(65)),
            (Some("1:05"), Some(65)),
            (Some("65"), Some(65)),
            (Some("1h 1m 5s"), Some(3665)),
            (Some("-"), Some(0)),
            (None, Some(0)),
            (Some("In Progress"), None),
            (Some("1:2:3:4"), None),
            (Some("-5"), None),
        ] {
            assert_eq!(length_s(text), expected, "{text:?}");
        }
    }
}
