//! Room on the disk, and for how long it will do.

use callbook_store::{Error, RecordingHour, Status, Store};
use jiff::{SignedDuration, Timestamp};

use super::finding::{Check, Finding};
use crate::config::Config;
use crate::{alerts, output};

/// The growth of so many days is measured.
const MEASURED_DAYS: i64 = 30;

/// With less than this nothing can be written.
const NOTHING_BYTES: u64 = 10_000_000;

/// Room for less than so many days is worth a warning.
const SHORT_DAYS: u64 = 90;

/// What is free, and for how long that will do. Recordings count where they are beside the archive. Nothing is known of
/// a database server's disk.
pub(super) async fn space(
    store: &Store,
    status: &Status,
    config: &Config,
) -> Result<Option<Finding>, Error> {
    let Some(disk) = alerts::disk(store.location()) else { return Ok(None) };
    let since = Timestamp::now() - SignedDuration::from_hours(24 * MEASURED_DAYS);
    let recent = store.calls_since(since.as_millisecond()).await?.unsigned_abs();
    let accounts = status.accounts.iter();
    let calls: i64 = accounts.map(|each| each.calls + each.deleted + each.imported).sum();
    let mut growth_a_day = growth_a_day(status.bytes, calls.unsigned_abs(), recent);
    if config.recordings_store().is_none() {
        growth_a_day += recordings_a_day(store, status, since).await?;
    }
    let wanted = match config.recordings_store() {
        None => wanted_bytes(store, status).await?,
        Some(_) => 0,
    };
    let free = output::bytes(disk.free_bytes);
    let left = disk.free_bytes.saturating_sub(wanted);
    let days = left.checked_div(growth_a_day);
    let message = match days {
        None => format!("{free} free; the archive does not grow"),
        Some(days) => {
            let growth = output::bytes(growth_a_day);
            format!("{free} free; the archive grows by {growth} a day: {}", lasting(days))
        }
    };
    let message = match wanted {
        0 => message,
        wanted => {
            let wanted = output::bytes(wanted);
            format!("{message}, after about {wanted} of recordings that are to be fetched")
        }
    };
    if disk.free_bytes < NOTHING_BYTES {
        let advice = format!("make room at {}", disk.path);
        return Ok(Some(Finding::failed(Check::Disk, message, advice)));
    }
    let short = days.is_some_and(|days| days < SHORT_DAYS);
    let low = disk.free_bytes < config.alerts().limits().disk_free_bytes;
    Ok(Some(match short || low {
        true => Finding::warning(Check::Disk, message, format!("make room at {}", disk.path)),
        false => Finding::ok(Check::Disk, message),
    }))
}

/// Bytes that as many calls as began in the last days take, a day.
fn growth_a_day(bytes: u64, calls: u64, recent: u64) -> u64 {
    let days = MEASURED_DAYS.unsigned_abs();
    let grown = u128::from(bytes) * u128::from(recent);
    let a_day = grown.checked_div(u128::from(calls) * u128::from(days));
    a_day.and_then(|bytes| bytes.try_into().ok()).unwrap_or(0)
}

/// Bytes of the recordings that began in the last days and are kept, a day.
async fn recordings_a_day(store: &Store, status: &Status, since: Timestamp) -> Result<u64, Error> {
    let mut bytes = 0;
    for each in &status.accounts {
        let hours = store.recording_hours(each.account.key, since.as_millisecond()).await?;
        bytes += hours.iter().map(|hour| hour.kept_bytes.unsigned_abs()).sum::<u64>();
    }
    Ok(bytes / MEASURED_DAYS.unsigned_abs())
}

/// Bytes that recordings that are to be fetched will take, if they are as long as those that are kept.
async fn wanted_bytes(store: &Store, status: &Status) -> Result<u64, Error> {
    let mut bytes = 0;
    for each in &status.accounts {
        if !store.recording_feed(each.account.key).await?.enabled {
            continue;
        }
        let hours = store.recording_hours(each.account.key, i64::MIN).await?;
        let sum = |of: fn(&RecordingHour) -> i64| -> u64 {
            hours.iter().map(|hour| of(hour).unsigned_abs()).sum()
        };
        let (wanted, kept) = (sum(|hour| hour.wanted), sum(|hour| hour.kept));
        bytes += sum(|hour| hour.kept_bytes).checked_div(kept).unwrap_or(0) * wanted;
    }
    Ok(bytes)
}

fn lasting(days: u64) -> String {
    match days {
        0..1_000 => format!("enough for {}", output::counted(days, "day")),
        1_000..36_500 => format!("enough for {} years", days / 365),
        _ => "enough for more than 100 years".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_that_of_recent_calls_and_their_size() {
        // 1,000 bytes a call, 20 calls a day.
        assert_eq!(growth_a_day(1_000_000, 1_000, 600), 20_000);
        assert_eq!(growth_a_day(1_000_000, 1_000, 0), 0);
        assert_eq!(growth_a_day(100_000, 0, 0), 0);
        assert_eq!(lasting(999), "enough for 999 days");
        assert_eq!(lasting(3_650), "enough for 10 years");
        assert_eq!(lasting(3_650_000), "enough for more than 100 years");
    }
}
