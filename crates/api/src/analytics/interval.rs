//! Pieces of time, by the clock on the wall.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan as _};

use crate::ports::{CallsQuery, Week};

/// How long pieces of time are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Interval {
    /// From one full hour to the next. An hour that a clock shows twice is two.
    Hour,
    /// From midnight to midnight.
    Day,
    /// From Monday to Monday.
    Week,
    /// From the first to the first.
    Month,
}

impl Interval {
    /// As requests write them.
    pub(super) const WORDS: &[(&'static str, Self)] =
        &[("Hour", Self::Hour), ("Day", Self::Day), ("Week", Self::Week), ("Month", Self::Month)];

    const fn shortest_hours(self) -> i64 {
        match self {
            Self::Hour => 1,
            Self::Day => 23,
            Self::Week => 167,
            Self::Month => 671,
        }
    }

    fn floor(self, at: DateTime) -> DateTime {
        let date = at.date();
        let back = |days: i8| date.checked_sub(i32::from(days).days()).unwrap_or(Date::MIN);
        match self {
            Self::Hour => at.date().at(at.hour(), 0, 0, 0),
            Self::Day => date.at(0, 0, 0, 0),
            Self::Week => back(date.weekday().to_monday_zero_offset()).at(0, 0, 0, 0),
            Self::Month => date.first_of_month().at(0, 0, 0, 0),
        }
    }

    fn span(self) -> Span {
        match self {
            Self::Hour => 1.hour(),
            Self::Day => 1.day(),
            Self::Week => 1.week(),
            Self::Month => 1.month(),
        }
    }
}

/// A piece of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    /// As cells name it, see [`Cell::piece_ms`](super::Cell::piece_ms).
    pub(super) id_ms: i64,
    /// When it begins.
    pub(super) start: Timestamp,
}

/// The pieces of a query's time range in which calls may begin that it wants; `None` if there are more than `most`.
pub(super) fn pieces(query: &CallsQuery, interval: Interval, most: usize) -> Option<Vec<Piece>> {
    let (from, until, zone) = (query.from, query.until, &query.zone);
    let hours = until.duration_since(from).as_hours() / interval.shortest_hours();
    if usize::try_from(hours).is_ok_and(|about| about > most) {
        return None;
    }
    let all = match interval {
        Interval::Hour => hours_of(from, until, zone),
        _ => days_of(interval, from, until, zone),
    };
    let wanted = |piece: &Piece| {
        let week = query.week.as_ref();
        week.is_none_or(|week| week.may_have(interval, zone.to_datetime(piece.start)))
    };
    Some(all.into_iter().filter(wanted).collect())
}

fn hours_of(from: Timestamp, until: Timestamp, zone: &TimeZone) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = from;
    while at < until {
        let shown = zone.to_datetime(at);
        let past = shown.duration_since(Interval::Hour.floor(shown));
        let full = at.saturating_sub(past).unwrap_or(Timestamp::MIN);
        let id_ms = full.as_millisecond();
        if pieces.last().is_none_or(|last| last.id_ms != id_ms) {
            // Clocks that are set back by half an hour do not show its beginning again.
            let start = if pieces.is_empty() { full } else { at };
            pieces.push(Piece { id_ms, start });
        }
        let next = full.saturating_add(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MAX);
        let leap = zone.following(at).next().map(|leap| leap.timestamp());
        at = leap.filter(|leap| *leap < next).unwrap_or(next);
    }
    pieces
}

fn days_of(interval: Interval, from: Timestamp, until: Timestamp, zone: &TimeZone) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut day = interval.floor(zone.to_datetime(from));
    let last =
        zone.to_datetime(until.saturating_sub(SignedDuration::from_millis(1)).unwrap_or(until));
    while day <= last {
        let as_utc = TimeZone::UTC.to_timestamp(day).unwrap_or(Timestamp::MIN);
        let start = zone.to_timestamp(day).unwrap_or(Timestamp::MIN);
        pieces.push(Piece { id_ms: as_utc.as_millisecond(), start });
        let Ok(next) = day.checked_add(interval.span()) else { break };
        day = next;
    }
    pieces
}

impl Week {
    /// Whether calls that it wants may begin in a piece that begins so.
    fn may_have(&self, interval: Interval, begins: DateTime) -> bool {
        let day = self.days[begins.weekday().to_sunday_zero_offset() as usize];
        let first = u16::from(begins.hour().unsigned_abs()) * 60;
        let in_hour = |(from, to): &(u16, u16)| *from < first + 60 && first < *to;
        match interval {
            Interval::Hour => day && self.minutes.iter().any(in_hour),
            Interval::Day => day,
            Interval::Week | Interval::Month => true,
        }
    }
}
