//! The period that a report is about.

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned};

/// From when to when, and the zone that its hours and days are of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// The first moment.
    pub from: Timestamp,
    /// The first moment that is not of it.
    pub to: Timestamp,
    /// The zone.
    pub zone: TimeZone,
}

impl Period {
    /// Days of a report, unless somebody says otherwise.
    pub const USUAL_DAYS: i64 = 30;

    /// The last so many full days before a moment.
    #[must_use]
    pub fn last_days(days: i64, zone: TimeZone, now: Timestamp) -> Self {
        let today = now.to_zoned(zone.clone()).date();
        let first = today.saturating_sub(days.days());
        let midnight = |date: jiff::civil::Date| {
            date.to_zoned(zone.clone()).map_or(now, |midnight| midnight.timestamp())
        };
        Self { from: midnight(first), to: midnight(today), zone }
    }

    /// The zone's name, as SQL takes it; none where the machine's own has no name.
    #[must_use]
    pub fn zone_name(&self) -> Option<&str> {
        self.zone.iana_name()
    }

    /// In words: the days, the last one included, or from when to when.
    #[must_use]
    pub fn words(&self) -> String {
        let [from, to] = [self.from, self.to].map(|at| at.to_zoned(self.zone.clone()));
        if !is_midnight(&from) || !is_midnight(&to) {
            return format!(
                "{} to {}",
                from.strftime("%Y-%m-%d %H:%M"),
                to.strftime("%Y-%m-%d %H:%M")
            );
        }
        let (first, last) = (from.date(), to.date().saturating_sub(1.day()));
        if first == last { first.to_string() } else { format!("{first} to {last}") }
    }

    /// When the period of the same length before began: of whole days as many days, else as many hours.
    #[must_use]
    pub fn before(&self) -> Timestamp {
        let (from, to) =
            (self.from.to_zoned(self.zone.clone()), self.to.to_zoned(self.zone.clone()));
        if is_midnight(&from) && is_midnight(&to) {
            let days = from.date().until(to.date()).map_or(0, |span| span.get_days());
            let date = from.date().saturating_sub(i64::from(days).days());
            if let Ok(before) = date.to_zoned(self.zone.clone()) {
                return before.timestamp();
            }
        }
        let length: SignedDuration = self.to.duration_since(self.from);
        self.from.checked_sub(length).unwrap_or(Timestamp::MIN)
    }
}

fn is_midnight(at: &Zoned) -> bool {
    at.start_of_day().is_ok_and(|start| start == *at) || at.time() == Time::midnight()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone() -> TimeZone {
        TimeZone::get("America/New_York").unwrap()
    }

    #[test]
    fn the_usual_period_has_whole_days() {
        let now = "2024-03-15T12:00:00Z".parse().unwrap();
        let period = Period::last_days(30, zone(), now);
        // Clocks go forward on March 10.
        assert_eq!(period.from, "2024-02-14T05:00:00Z".parse().unwrap());
        assert_eq!(period.to, "2024-03-15T04:00:00Z".parse().unwrap());
        assert_eq!(period.before(), "2024-01-15T05:00:00Z".parse().unwrap());
        assert_eq!(period.zone_name(), Some("America/New_York"));
    }

    #[test]
    fn words_name_the_last_day() {
        let period = |from: &str, to: &str| {
            Period { from: from.parse().unwrap(), to: to.parse().unwrap(), zone: zone() }.words()
        };
        assert_eq!(
            period("2024-03-04T05:00:00Z", "2024-03-11T04:00:00Z"),
            "2024-03-04 to 2024-03-10"
        );
        assert_eq!(period("2024-03-10T05:00:00Z", "2024-03-11T04:00:00Z"), "2024-03-10");
        assert_eq!(
            period("2024-03-11T04:00:00Z", "2024-03-11T16:07:00Z"),
            "2024-03-11 00:00 to 2024-03-11 12:07"
        );
    }

    #[test]
    fn parts_of_days_are_as_long() {
        let from = "2024-03-10T12:00:00Z".parse().unwrap();
        let to = "2024-03-10T15:30:00Z".parse().unwrap();
        let before = Period { from, to, zone: zone() }.before();
        assert_eq!(before, "2024-03-10T08:30:00Z".parse().unwrap());
    }
}
