//! When calls come: by weekday, by hour, in bursts.

use callbook_synth::{Company, Config, Scope};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::support::{at, config};

/// A year of 200,000 calls: their starts on the main site's clock.
fn starts() -> Vec<Zoned> {
    let company = Company::new(Config {
        from: at("2024-01-01T05:00:00Z"),
        until: at("2024-12-30T05:00:00Z"),
        ..config(51, 100, 200_000)
    });
    let zone = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
    let local = |ms| Timestamp::from_millisecond(ms).unwrap().to_zoned(zone.clone());
    company.entries(Scope::Account).iter().map(|entry| local(entry.start_ms)).collect()
}

#[test]
fn load_follows_weekdays_and_hours_and_comes_in_bursts() {
    let starts = starts();
    let mut days = [0.0; 7];
    let mut hours = [0.0; 24];
    for start in &starts {
        days[start.weekday().to_monday_zero_offset() as usize] += 1.0;
        hours[start.hour() as usize] += 1.0;
    }
    let week: f64 = days[..5].iter().sum::<f64>() / 5.0;
    for (day, factor) in days.iter().zip([1.120, 1.004, 0.947, 0.946, 0.983]) {
        assert!((day / week / factor - 1.0).abs() < 0.05, "{days:?}");
    }
    assert!(days[5] > days[6] && days[5] < week * 0.2 && days[6] > 0.0, "{days:?}");

    let wanted = [84, 160, 268, 283, 273, 259, 249, 242, 232, 204, 154, 119, 95, 77];
    let scale = hours[7..21].iter().sum::<f64>() / f64::from(wanted.iter().sum::<i32>());
    for (hour, wanted) in hours[7..21].iter().zip(wanted) {
        assert!((hour / scale / f64::from(wanted) - 1.0).abs() < 0.08, "{hours:?}");
    }
    assert!(hours[3] < hours[20] * 0.1);

    let ratio = variance_to_mean(&starts);
    assert!((1.6..2.5).contains(&ratio), "variance ÷ mean is {ratio}");
}

/// Of the counts of five minutes on Tuesdays from ten to eleven.
fn variance_to_mean(starts: &[Zoned]) -> f64 {
    let mut counts = std::collections::HashMap::new();
    for start in starts {
        if start.weekday() == jiff::civil::Weekday::Tuesday && start.hour() == 10 {
            *counts.entry((start.date(), start.minute() / 5)).or_insert(0.0) += 1.0;
        }
    }
    let bins = 52.0 * 12.0;
    let mean: f64 = counts.values().sum::<f64>() / bins;
    let squares: f64 = counts.values().map(|count: &f64| count * count).sum();
    (squares / bins - mean * mean) / mean
}
