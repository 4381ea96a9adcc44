//! When calls start: the load of a bank's call centre, stretched over any span.
//!
//! Each bin, of five minutes usually, has a mean from the weekday and the hour on the main site's clock, times a
//! gamma factor of their own, which makes counts vary twice as much as chance alone would.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::company::sites::MAIN_CLOCK;
use crate::draw::Draw;

/// Monday to Sunday; weekends are a small tail.
const WEEKDAY: [f64; 7] = [1.120, 1.004, 0.947, 0.946, 0.983, 0.110, 0.060];

/// Relative load by hour of the day; the nights are a small tail.
const HOUR: [f64; 24] = [
    3.0, 2.0, 2.0, 2.0, 3.0, 8.0, 30.0, 84.0, 160.0, 268.0, 283.0, 273.0, 259.0, 249.0, 242.0,
    232.0, 204.0, 154.0, 119.0, 95.0, 77.0, 35.0, 14.0, 6.0,
];

/// The usual bin.
const BIN_MS: i64 = 300_000;

/// The bin of a company whose calls are days apart: there are a dozen times fewer to be drawn, and hundreds
/// of such companies are made at once.
const QUIET_BIN_MS: i64 = 3_600_000;

/// A company has no more calls than this to be quiet.
const QUIET_CALLS: u32 = 1_000;

/// The length of the bins for a company of so many calls in all.
pub(crate) fn bin_ms(calls: u32) -> i64 {
    if calls <= QUIET_CALLS { QUIET_BIN_MS } else { BIN_MS }
}

/// A clock on the wall of the main site.
pub(crate) struct Clock(TimeZone);

impl Clock {
    pub(crate) fn new() -> Self {
        // A test asserts that the rule is well-formed.
        Self(TimeZone::posix(MAIN_CLOCK).unwrap_or(TimeZone::UTC))
    }

    /// Days since Monday and the hour, at a moment.
    fn weekday_and_hour(&self, at_ms: i64) -> (usize, usize) {
        let at = Timestamp::from_millisecond(at_ms).unwrap_or_default();
        let local = self.0.to_datetime(at);
        (local.weekday().to_monday_zero_offset() as usize, local.hour() as usize)
    }

    /// Monday to Friday from nine to six, as in the company's business hours.
    pub(crate) fn is_open(&self, at_ms: i64) -> bool {
        let (weekday, hour) = self.weekday_and_hour(at_ms);
        weekday < 5 && (9..18).contains(&hour)
    }

    fn load(&self, at_ms: i64) -> f64 {
        let (weekday, hour) = self.weekday_and_hour(at_ms);
        WEEKDAY[weekday] * HOUR[hour]
    }
}

/// Draws `count` starts in bins of `bin_ms`, in `from_ms` ≤ start < `until_ms`, ascending, in milliseconds.
pub(crate) fn starts(
    clock: &Clock,
    draw: &mut Draw,
    count: u32,
    (from_ms, until_ms): (i64, i64),
    bin_ms: i64,
) -> Vec<i64> {
    let until_ms = until_ms.max(from_ms + 1);
    let bins: Vec<i64> =
        (0..).map(|bin| from_ms + bin * bin_ms).take_while(|&at| at < until_ms).collect();
    let end_of = |at: i64| (at + bin_ms).min(until_ms);
    let loads: Vec<f64> =
        bins.iter().map(|&at| clock.load(at) * (end_of(at) - at) as f64).collect();
    let upto = gathered(&gamma_mixed(draw, &loads, count)).or_else(|| gathered(&loads));
    let upto = upto.unwrap_or_default();
    let total = upto.last().copied().unwrap_or_default();
    let mut starts: Vec<i64> = (0..count)
        .map(|_| {
            let share = draw.unit() * total;
            let bin = upto.partition_point(|&upto| upto <= share).min(bins.len() - 1);
            let width = end_of(bins[bin]) - bins[bin];
            bins[bin] + (draw.unit() * width as f64) as i64
        })
        .collect();
    starts.sort_unstable();
    starts
}

/// Multiplies each bin's load by a gamma number of mean 1, so that variance ÷ mean is 2.
fn gamma_mixed(draw: &mut Draw, loads: &[f64], count: u32) -> Vec<f64> {
    let total: f64 = loads.iter().sum();
    loads.iter().map(|load| draw.gamma(load / total * f64::from(count.max(1)))).collect()
}

/// Running sums, or nothing when they come to nothing.
fn gathered(weights: &[f64]) -> Option<Vec<f64>> {
    let mut sum = 0.0;
    let sums: Vec<f64> = weights
        .iter()
        .map(|weight| {
            sum += weight;
            sum
        })
        .collect();
    (sum > 0.0).then_some(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_keeps_daylight_saving_time() {
        let clock = Clock::new();
        let winter: Timestamp = "2024-01-15T15:30:00Z".parse().unwrap();
        let summer: Timestamp = "2024-07-15T15:30:00Z".parse().unwrap();
        assert_eq!(clock.weekday_and_hour(winter.as_millisecond()), (0, 10));
        assert_eq!(clock.weekday_and_hour(summer.as_millisecond()), (0, 11));
    }
}
