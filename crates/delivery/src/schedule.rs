//! When something is due: cron, by the clock of a zone.

use std::fmt;
use std::str::FromStr;

use croner::parser::{CronParser, Seconds, Year};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use serde::Deserialize;

/// Five fields: minute, hour, day of the month, month, day of the week.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Cron {
    text: String,
    /// One for each time of the day where none of them is left open, else one.
    parts: Vec<croner::Cron>,
}

/// A text that is no cron.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is no cron: {reason}")]
pub struct CronError {
    text: String,
    reason: String,
}

/// When something is due.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// The pattern.
    pub cron: Cron,
    /// By whose clock.
    pub zone: TimeZone,
}

impl FromStr for Cron {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, CronError> {
        let error = |reason: String| CronError { text: text.to_owned(), reason };
        let parser =
            CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        // `Component error: …`, without the first words.
        let reason = |found: croner::errors::CronError| {
            let found = found.to_string();
            let (_, reason) = found.split_once(": ").unwrap_or(("", &found));
            error(reason.trim_end_matches('.').to_owned())
        };
        let parse = |text: &str| parser.parse(text).map_err(reason);
        let whole = parse(text)?;
        // Such as February 30.
        let start = date(2000, 1, 1).to_zoned(TimeZone::UTC).map_err(|_| error(String::new()))?;
        if whole.find_next_occurrence(&start, true).is_err() {
            return Err(error("no day is like that".to_owned()));
        }
        let times = times(text, &whole);
        let parts =
            times.into_iter().map(|(minute, hour, days)| parse(&format!("{minute} {hour} {days}")));
        let parts: Vec<_> = parts.collect::<Result<_, _>>()?;
        let parts = if parts.is_empty() { vec![whole] } else { parts };
        Ok(Self { text: text.trim().to_owned(), parts })
    }
}

/// The times of the day, and the rest of the pattern, where neither minutes nor hours have a `*`. What happens at
/// times of the day happens once on every day, also where a clock leaves one out or shows one twice; croner knows that
/// of single times only.
fn times(text: &str, whole: &croner::Cron) -> Vec<(u16, u16, String)> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [minutes, hours, days @ ..] = fields.as_slice() else { return Vec::new() };
    if days.len() != 3 || minutes.contains('*') || hours.contains('*') {
        return Vec::new();
    }
    let (minutes, hours) = (whole.pattern.minutes.values(), whole.pattern.hours.values());
    let times = hours.iter().flat_map(|hour| minutes.iter().map(move |minute| (*minute, *hour)));
    times.map(|(minute, hour)| (minute, hour, days.join(" "))).collect()
}

impl TryFrom<String> for Cron {
    type Error = CronError;

    fn try_from(text: String) -> Result<Self, CronError> {
        text.parse()
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Schedule {
    /// The last moment that is not after `now`.
    #[must_use]
    pub fn newest(&self, now: Timestamp) -> Option<Timestamp> {
        let now = now.to_zoned(self.zone.clone());
        let found = self.cron.parts.iter().map(|part| part.find_previous_occurrence(&now, true));
        found.filter_map(Result::ok).map(|at| at.timestamp()).max()
    }

    /// The first moment after `now`.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Option<Timestamp> {
        let now = now.to_zoned(self.zone.clone());
        let found = self.cron.parts.iter().map(|part| part.find_next_occurrence(&now, false));
        found.filter_map(Result::ok).map(|at| at.timestamp()).min()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn schedule(cron: &str, zone: &str) -> Schedule {
        Schedule { cron: cron.parse().unwrap(), zone: TimeZone::get(zone).unwrap() }
    }

    /// Moments from one day to another (UTC), forwards; the way back is the same.
    fn moments(cron: &str, zone: &str, from: &str, to: &str) -> Vec<String> {
        let schedule = schedule(cron, zone);
        let [from, to]: [Timestamp; 2] = [from, to].map(|at| at.parse().unwrap());
        let mut forwards = Vec::new();
        let mut at = from;
        while let Some(next) = schedule.next(at).filter(|next| *next < to) {
            forwards.push(next);
            at = next;
        }
        let mut backwards = Vec::new();
        let mut at = to;
        let moment = jiff::SignedDuration::from_secs(1);
        while let Some(newest) = schedule.newest(at - moment).filter(|newest| *newest > from) {
            backwards.push(newest);
            at = newest;
        }
        backwards.reverse();
        assert_eq!(forwards, backwards, "{cron}");
        forwards.iter().map(|at| at.strftime("%dT%H:%M").to_string()).collect()
    }

    const NEW_YORK: &str = "America/New_York";

    #[test]
    fn a_time_that_the_clock_leaves_out_is_made_up_for() {
        let days = ["2024-03-09T12:00:00Z", "2024-03-11T12:00:00Z"];
        let moments = |cron| moments(cron, NEW_YORK, days[0], days[1]);
        // 02:00 to 03:00 on March 10 is not there: what it had happens when it would have been over.
        assert_eq!(moments("30 2 * * *"), ["10T07:00", "11T06:30"]);
        assert_eq!(
            moments("0,30 2,5 * * *"),
            ["10T07:00", "10T09:00", "10T09:30", "11T06:00", "11T06:30", "11T09:00", "11T09:30"]
        );
        // A daily time is the clock's on either side.
        assert_eq!(moments("0 7 * * *"), ["10T11:00", "11T11:00"]);
        // What is open has nothing to make up for.
        let open = moments("15 * * * *");
        assert_eq!(open.len(), 48);
        assert!(open.contains(&"10T06:15".to_owned()) && open.contains(&"10T07:15".to_owned()));
    }

    #[test]
    fn a_time_that_the_clock_shows_twice_is_one() {
        let days = ["2024-11-02T12:00:00Z", "2024-11-04T12:00:00Z"];
        let moments = |cron| moments(cron, NEW_YORK, days[0], days[1]);
        assert_eq!(moments("30 1 * * *"), ["03T05:30", "04T06:30"]);
        assert_eq!(moments("0 1,13 * * *"), ["02T17:00", "03T05:00", "03T18:00", "04T06:00"]);
        // Every half hour is every half hour.
        assert_eq!(moments("*/30 * * * *").len(), 95);
    }

    #[test]
    fn half_hours_and_other_hemispheres() {
        let lord_howe = |cron| {
            moments(cron, "Australia/Lord_Howe", "2024-10-04T12:00:00Z", "2024-10-06T12:00:00Z")
        };
        // The clock goes from 02:00 to 02:30.
        assert_eq!(lord_howe("15 2 * * *"), ["04T15:45", "05T15:30"]);
        let kolkata =
            |cron| moments(cron, "Asia/Kolkata", "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z");
        assert_eq!(kolkata("0 7 * * MON,TUE"), ["01T01:30"]);
    }

    #[test]
    fn what_is_no_cron_is_said() {
        for text in
            ["", "0 7 * *", "0 7 * * MOO", "60 7 * * *", "0 0 7 * * *", "0 0 30 2 *", "often"]
        {
            let error = text.parse::<Cron>().unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("'{text}' is no cron: ")) && !error.contains('\n'),
                "{error}"
            );
        }
        for text in ["@daily", "0 7 * * mon", "0 7 L * *", "*/5 8-18 * * 1-5", "0 8 * * 1#1"] {
            assert_eq!(text.parse::<Cron>().unwrap().to_string(), text);
        }
    }

    proptest! {
        /// Every day has its time once, in any zone and year.
        #[test]
        fn daily_is_daily(
            hour in 0_u8..24, minute in 0_u8..60, day in 0_i64..3650,
            zone in prop::sample::select(&["Europe/Berlin", NEW_YORK, "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Cairo"]),
        ) {
            let schedule = schedule(&format!("{minute} {hour} * * *"), zone);
            let zone = TimeZone::get(zone).unwrap();
            let first = date(2015, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
            let start = first.to_zoned(zone.clone()).unwrap().timestamp();
            let moment = jiff::SignedDuration::from_secs(1);
            let mut at = start - moment;
            for day in 0..5 {
                at = schedule.next(at).unwrap();
                let expected = first.checked_add(jiff::Span::new().days(day)).unwrap();
                prop_assert_eq!(at.to_zoned(zone.clone()).date(), expected);
                prop_assert_eq!(schedule.newest(at), Some(at));
            }
        }
    }
}
