//! Periods by their distance from a moment: `last week`, `today`, `last 30 minutes`.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _, Unit, Zoned};
use serde::Deserialize;

use crate::Period;

/// A period by its distance from a moment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Relative {
    text: String,
    /// So many full pieces before the one that goes on; with 0, that one up to the moment.
    count: i64,
    piece: Piece,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// A text that names no such period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no period: write today, yesterday, this week, last month, last 30 days …")]
pub struct RelativeError(String);

/// Nobody asks for more pieces.
const MOST: i64 = 100_000;

const PIECES: [(&str, Piece); 7] = [
    ("minute", Piece::Minute),
    ("hour", Piece::Hour),
    ("day", Piece::Day),
    ("week", Piece::Week),
    ("month", Piece::Month),
    ("quarter", Piece::Quarter),
    ("year", Piece::Year),
];

impl Relative {
    /// The period as it is at a moment. Weeks begin on Mondays.
    #[must_use]
    pub fn period(&self, zone: TimeZone, now: Timestamp) -> Period {
        let here = now.to_zoned(zone.clone());
        let this = self.piece.beginning(&here, 0).unwrap_or(now);
        let (from, to) = match self.count {
            0 => (this, now),
            count => (self.piece.beginning(&here, count).unwrap_or(this), this),
        };
        Period { from, to, zone }
    }
}

impl Piece {
    /// When the piece began that lies so many before the one that goes on.
    fn beginning(self, now: &Zoned, back: i64) -> Option<Timestamp> {
        let clock = |unit| {
            let rounding = jiff::ZonedRound::new().smallest(unit).mode(jiff::RoundMode::Trunc);
            now.round(rounding).ok().map(|start| start.timestamp())
        };
        let (today, zone) = (now.date(), now.time_zone());
        let day = |first: Date, step: Span| {
            let date = first.checked_sub(step).ok()?;
            Some(date.to_zoned(zone.clone()).ok()?.timestamp())
        };
        let month = today.first_of_month();
        match self {
            Self::Minute => clock(Unit::Minute)?.checked_sub(back.minutes()).ok(),
            Self::Hour => clock(Unit::Hour)?.checked_sub(back.hours()).ok(),
            Self::Day => day(today, back.days()),
            Self::Week => {
                let monday = i64::from(today.weekday().to_monday_zero_offset());
                day(today.checked_sub(monday.days()).ok()?, back.weeks())
            }
            Self::Month => day(month, back.months()),
            Self::Quarter => {
                let into = i64::from((today.month() - 1) % 3);
                day(month.checked_sub(into.months()).ok()?, (3 * back).months())
            }
            Self::Year => day(today.first_of_year(), back.years()),
        }
    }
}

impl FromStr for Relative {
    type Err = RelativeError;

    fn from_str(text: &str) -> Result<Self, RelativeError> {
        let lower = text.trim().to_ascii_lowercase();
        let words: Vec<&str> = lower.split_whitespace().collect();
        let piece = |word: &str, plural: bool| {
            let word = if plural { word.strip_suffix('s')? } else { word };
            PIECES.iter().find(|(name, _)| *name == word).map(|(_, piece)| *piece)
        };
        let found = match words.as_slice() {
            ["today"] => Some((0, Piece::Day)),
            ["yesterday"] => Some((1, Piece::Day)),
            ["this", word] => piece(word, false).map(|piece| (0, piece)),
            ["last", word] => piece(word, false).map(|piece| (1, piece)),
            ["last", number, word] => {
                let count = number.parse().ok().filter(|count| (1..=MOST).contains(count));
                count.zip(piece(word, true))
            }
            _ => None,
        };
        let (count, piece) = found.ok_or_else(|| RelativeError(text.to_owned()))?;
        Ok(Self { text: words.join(" "), count, piece })
    }
}

impl TryFrom<String> for Relative {
    type Error = RelativeError;

    fn try_from(text: String) -> Result<Self, RelativeError> {
        text.parse()
    }
}

impl fmt::Display for Relative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday, noon in New York; clocks went forward on March 10.
    const NOW: &str = "2024-03-13T16:07:30Z";

    fn period(text: &str) -> [String; 2] {
        let zone = TimeZone::get("America/New_York").unwrap();
        let period = text.parse::<Relative>().unwrap().period(zone.clone(), NOW.parse().unwrap());
        [period.from, period.to]
            .map(|at| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string())
    }

    #[test]
    fn pieces_are_whole_and_the_clocks() {
        for (text, from, to) in [
            ("today", "2024-03-13 00:00", "2024-03-13 12:07"),
            ("Yesterday", "2024-03-12 00:00", "2024-03-13 00:00"),
            ("last week", "2024-03-04 00:00", "2024-03-11 00:00"),
            ("this week", "2024-03-11 00:00", "2024-03-13 12:07"),
            ("last 2 weeks", "2024-02-26 00:00", "2024-03-11 00:00"),
            ("last 7 days", "2024-03-06 00:00", "2024-03-13 00:00"),
            ("last month", "2024-02-01 00:00", "2024-03-01 00:00"),
            ("last quarter", "2023-10-01 00:00", "2024-01-01 00:00"),
            ("this quarter", "2024-01-01 00:00", "2024-03-13 12:07"),
            ("last year", "2023-01-01 00:00", "2024-01-01 00:00"),
            ("last 90 minutes", "2024-03-13 10:37", "2024-03-13 12:07"),
            ("last hour", "2024-03-13 11:00", "2024-03-13 12:00"),
        ] {
            assert_eq!(period(text), [from, to], "{text}");
        }
        for text in [
            "",
            "last",
            "last -1 days",
            "last 0 days",
            "last weeks",
            "last 2 week",
            "next week",
            "last 9999999 days",
        ] {
            assert!(text.parse::<Relative>().is_err(), "{text}");
        }
    }

    #[test]
    fn half_hour_zones_have_their_own_hours() {
        let zone = TimeZone::get("Asia/Kolkata").unwrap();
        let period = "last hour".parse::<Relative>().unwrap().period(zone, NOW.parse().unwrap());
        assert_eq!(period.to, "2024-03-13T15:30:00Z".parse().unwrap());
    }
}
