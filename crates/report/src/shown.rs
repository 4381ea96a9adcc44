//! Names and values as people read them: a column's unit becomes the form of its values.

use callbook_exchange::Cell;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A column's name: `mean_wait_ms` is "mean wait", whose values are minutes and seconds.
#[must_use]
pub fn head(name: &str) -> String {
    let name = match name.strip_suffix("_ms") {
        Some(name) => name.to_owned(),
        None => match name.strip_suffix("_percent") {
            Some(name) => format!("{name} %"),
            None => name.to_owned(),
        },
    };
    name.replace('_', " ")
}

/// A value of the column of this name; moments by the clock of a zone.
#[must_use]
pub fn text(name: &str, cell: &Cell<'_>, zone: &TimeZone) -> String {
    let is_length = name.ends_with("_ms");
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) | Cell::Id(text) => text.to_string(),
        Cell::Number(ms) if is_length => length(*ms),
        Cell::Float(ms) if is_length && ms.is_finite() => length(ms.round() as i64),
        Cell::Number(number) => number.to_string(),
        Cell::Float(number) if name.ends_with("_percent") => format!("{number:.1}"),
        Cell::Float(number) => float(*number),
        Cell::Decimal(number) => number.clone(),
        Cell::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Cell::Moment(ms) => moment(*ms, zone),
        Cell::Clock(ms) => clock(*ms),
    }
}

/// At most two decimals.
fn float(number: f64) -> String {
    let text = format!("{number:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `4:07` or `1:02:03`.
fn length(ms: i64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    let seconds = ms.unsigned_abs() / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{sign}{minutes}:{seconds:02}"),
        hours => format!("{sign}{hours}:{minutes:02}:{seconds:02}"),
    }
}

fn moment(ms: i64, zone: &TimeZone) -> String {
    let at = Timestamp::from_millisecond(ms).ok();
    let shown = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string();
    at.map_or_else(|| "?".to_owned(), shown)
}

/// Midnights are days.
fn clock(ms: i64) -> String {
    let form = if ms.rem_euclid(86_400_000) == 0 { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" };
    let at = Timestamp::from_millisecond(ms).ok();
    at.map_or_else(|| "?".to_owned(), |at| at.strftime(form).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_become_forms() {
        let text = |name, cell| text(name, &cell, &TimeZone::UTC);
        assert_eq!(head("mean_wait_ms"), "mean wait");
        assert_eq!(head("answer_rate_percent"), "answer rate %");
        assert_eq!(text("mean_wait_ms", Cell::Float(61_400.0)), "1:01");
        assert_eq!(text("talk_ms", Cell::Number(3_723_000)), "1:02:03");
        assert_eq!(text("a_percent", Cell::Float(66.666)), "66.7");
        assert_eq!(text("a", Cell::Float(2.5)), "2.5");
        assert_eq!(text("a", Cell::Float(100.0)), "100");
        assert_eq!(text("period", Cell::Clock(1_704_067_200_000)), "2024-01-01");
        assert_eq!(text("period", Cell::Clock(1_704_070_800_000)), "2024-01-01 01:00");
        assert_eq!(text("started", Cell::Moment(1_704_067_200_000)), "2024-01-01 00:00:00");
    }
}
