//! A partition for each month: what began together lies together.

use deadpool_postgres::Transaction;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use tokio_postgres::error::SqlState;

use super::failure::{Failure, retried};
use super::{LOCKS, PARTITIONING, Postgres};
use crate::Error;
use crate::seal::day_of;

/// Calls of other times are few and wrong: they stay in the default partitions.
const YEARS: std::ops::Range<i16> = 1990..2100;

/// Months since year 0, of a call that began at a sensible time.
pub(super) fn month_of(day: Date) -> Option<i64> {
    let year = i64::from(day.year());
    YEARS.contains(&day.year()).then(|| year * 12 + i64::from(day.month()) - 1)
}

/// The first day of a month, and its first millisecond.
fn first_of(month: i64) -> (Date, i64) {
    let year = i16::try_from(month.div_euclid(12)).unwrap_or_default();
    let first = date(year, i8::try_from(month.rem_euclid(12)).unwrap_or_default() + 1, 1);
    let midnight = first.to_zoned(TimeZone::UTC).map(|midnight| midnight.timestamp());
    (first, midnight.unwrap_or(Timestamp::UNIX_EPOCH).as_millisecond())
}

fn suffix(month: i64) -> String {
    first_of(month).0.strftime("%Y_%m").to_string()
}

/// Makes the partitions of a month that has none.
pub(super) async fn create(
    transaction: &Transaction<'_>,
    month: i64,
) -> Result<(), tokio_postgres::Error> {
    // Names of tables cannot be values; these are made of numbers alone.
    let suffix = suffix(month);
    let range = format!("FOR VALUES FROM ({}) TO ({})", first_of(month).1, first_of(month + 1).1);
    let sql = format!(
        "CREATE TABLE version_{suffix} PARTITION OF version {range};
         ALTER TABLE version_{suffix} ALTER COLUMN simple SET STORAGE EXTERNAL,
             ALTER COLUMN detail SET STORAGE EXTERNAL;
         CREATE TABLE posting_{suffix} PARTITION OF posting {range}"
    );
    transaction.batch_execute(&sql).await
}

impl Postgres {
    /// Makes the partitions that calls which began at these moments want. In transactions of their own:
    /// the lock that this takes is one that nobody should wait for.
    pub(super) async fn want_months(
        &self,
        starts_ms: impl Iterator<Item = i64>,
    ) -> Result<(), Error> {
        let mut months: Vec<i64> =
            starts_ms.filter_map(|start_ms| month_of(day_of(start_ms))).collect();
        months.sort_unstable();
        months.dedup();
        months.retain(|month| !self.months().contains(month));
        for month in months {
            if retried!(self, self.make_month(month))? {
                self.months().insert(month);
            }
        }
        Ok(())
    }

    fn months(&self) -> std::sync::MutexGuard<'_, std::collections::HashSet<i64>> {
        self.shared.months.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// `false` when somebody, such as a backup, has the tables in use: until the next try the rows go to the
    /// default partitions, where they are as right as anywhere, if found less quickly.
    async fn make_month(&self, month: i64) -> Result<bool, Failure> {
        let suffix = suffix(month);
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        let sql = "SELECT pg_advisory_xact_lock($1, $2)";
        transaction.execute(sql, &[&LOCKS, &PARTITIONING]).await?;
        let sql = "SELECT to_regclass('callbook.version_' || $1::text) IS NOT NULL";
        if transaction.query_one(sql, &[&suffix]).await?.try_get(0)? {
            return Ok(true);
        }
        transaction.batch_execute("SET LOCAL lock_timeout = '2s'").await?;
        let made = create(&transaction, month).await;
        match made {
            Ok(()) => transaction.commit().await?,
            Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => return Ok(false),
            // The default partition has rows of this month: it keeps them, and those to come.
            Err(error) if error.code() == Some(&SqlState::CHECK_VIOLATION) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_moment_is_in_its_month(start_ms in 631_152_000_000i64..4_102_444_800_000) {
            let month = month_of(day_of(start_ms)).unwrap();
            prop_assert!(first_of(month).1 <= start_ms && start_ms < first_of(month + 1).1);
        }
    }

    #[test]
    fn other_times_have_no_month() {
        assert_eq!(month_of(date(1989, 12, 31)), None);
        assert_eq!(month_of(date(2100, 1, 1)), None);
        assert_eq!(
            first_of(month_of(date(2024, 1, 31)).unwrap()),
            (date(2024, 1, 1), 1_704_067_200_000)
        );
    }
}
