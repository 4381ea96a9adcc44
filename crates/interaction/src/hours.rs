//! Business hours.

use std::collections::BTreeSet;

use callbook_model::lenient::{Raw, list, object, text};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::Deserialize;

/// When somebody is there, by the clock on the wall.
#[derive(Debug, Clone)]
pub struct Hours {
    zone: TimeZone,
    /// For each day from Monday on; `None`: always open.
    week: Option<[Vec<Range>; 7]>,
    holidays: BTreeSet<Date>,
}

/// Minutes of a day. A range that ends no later than it begins lasts into the next day.
#[derive(Debug, Clone, Copy)]
struct Range {
    from: u16,
    to: u16,
}

const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    schedule: Raw<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireSchedule<'a> {
    #[serde(borrow)]
    weekly_ranges: Raw<'a>,
}

#[derive(Deserialize)]
struct WireRange<'a> {
    #[serde(borrow)]
    from: Raw<'a>,
    #[serde(borrow)]
    to: Raw<'a>,
}

impl Hours {
    /// Reads the contract's `CompanyBusinessHours`, which an extension's hours look like too. Without weekly ranges it
    /// is always open. `None` where there is no schedule to read.
    #[must_use]
    pub fn read(json: &str, zone: TimeZone) -> Option<Self> {
        let wire: Wire<'_> = object(json)?;
        let schedule: WireSchedule<'_> = object(wire.schedule?.get())?;
        let week = match schedule.weekly_ranges {
            None => None,
            Some(week) => Some(read_week(week.get())?),
        };
        Some(Self { zone, week, holidays: BTreeSet::new() })
    }

    /// The same, but closed on these days.
    #[must_use]
    pub fn closed_on(mut self, days: impl IntoIterator<Item = Date>) -> Self {
        self.holidays.extend(days);
        self
    }

    /// Whether it is open at a moment.
    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        let now = self.zone.to_datetime(at);
        if self.holidays.contains(&now.date()) {
            return false;
        }
        let Some(week) = &self.week else { return true };
        let (today, minute) = (weekday(now), minute(now));
        let begun =
            |range: &Range| range.from <= minute && (minute < range.to || range.is_over_night());
        let since_yesterday = |range: &Range| range.is_over_night() && minute < range.to;
        week[today].iter().any(begun) || week[(today + 6) % 7].iter().any(since_yesterday)
    }
}

impl Range {
    fn is_over_night(self) -> bool {
        self.to <= self.from
    }
}

/// From Monday, which is 0.
fn weekday(at: DateTime) -> usize {
    at.weekday().to_monday_zero_offset() as usize
}

fn minute(at: DateTime) -> u16 {
    at.hour() as u16 * 60 + at.minute() as u16
}

fn read_week(json: &str) -> Option<[Vec<Range>; 7]> {
    let days: std::collections::BTreeMap<String, Raw<'_>> = object(json)?;
    Some(DAYS.map(|day| {
        let ranges = list(days.get(day).copied().flatten()).into_iter();
        ranges.filter_map(|range| read_range(range.get())).collect()
    }))
}

fn read_range(json: &str) -> Option<Range> {
    let wire: WireRange<'_> = object(json)?;
    Some(Range { from: read_minute(wire.from)?, to: read_minute(wire.to)? })
}

/// `hh:mm`; `24:00` is the end of the day.
fn read_minute(field: Raw<'_>) -> Option<u16> {
    let text = text(field)?;
    let mut parts = text.split(':');
    let (hour, minute): (u16, u16) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    (hour < 24 && minute < 60 || (hour, minute) == (24, 0)).then(|| hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(schedule: &str) -> Option<Hours> {
        Hours::read(&format!(r#"{{"schedule":{schedule}}}"#), TimeZone::UTC)
    }

    #[test]
    fn without_ranges_it_is_always_open() {
        assert!(hours("{}").unwrap().is_open(Timestamp::UNIX_EPOCH));
        assert!(!hours(r#"{"weeklyRanges":{}}"#).unwrap().is_open(Timestamp::UNIX_EPOCH));
        for odd in ["null", "[]", "7", r#"{"weeklyRanges":[]}"#] {
            assert!(hours(odd).is_none(), "{odd}");
        }
    }

    #[test]
    fn a_range_that_cannot_be_read_is_none() {
        // The epoch was a Thursday.
        for (from, to, open) in [
            ("00:00", "24:00", true),
            ("00:00", "00:00", true),
            ("24:00", "00:01", false),
            ("00:01", "24:00", false),
            ("00:00", "24:01", false),
            ("00:00", "65535:00", false),
            ("0", "24:00", false),
            ("noon", "24:00", false),
        ] {
            let range = format!(r#"[7,{{"from":"{from}","to":"{to}"}}]"#);
            let hours = hours(&format!(r#"{{"weeklyRanges":{{"thursday":{range}}}}}"#)).unwrap();
            assert_eq!(hours.is_open(Timestamp::UNIX_EPOCH), open, "{from} {to}");
        }
    }
}
