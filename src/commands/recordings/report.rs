//! `callbook recordings report`.

use std::collections::BTreeMap;

use callbook_store::RecordingHour;
use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::commands::{open, print_json};
use crate::config::Config;
use crate::failure::{self, ExitCodeNumber};
use crate::output::{self, note, say};
use crate::recordings::{outlook, standing};
use crate::time;

/// Show how many recordings are kept, wanted and lost, and what will be lost when
#[derive(Debug, Args)]
pub struct Report {
    /// A row for each
    #[arg(long, value_name = "PERIOD", default_value = "month")]
    by: Period,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    /// Time zone of days and times [default: this machine's]
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    /// The account's id or registered name, where the archive holds several
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Period {
    Day,
    Month,
}

impl Report {
    pub async fn run(self, config: &Config) -> anyhow::Result<ExitCodeNumber> {
        let zone = time::zone(self.tz.as_deref())?;
        let (store, account) = open(config, self.account.as_deref()).await?;
        store.find_recordings(account.key).await?;
        let standing = standing(&store, &account, config.recordings().keeping()).await?;
        let periods = self.periods(&standing.hours, &zone);
        if self.json {
            let rows = periods.iter().map(|(period, sum)| {
                json!({
                    "period": period, "wanted": sum.wanted, "kept": sum.kept, "lost": sum.lost,
                    "bytes": sum.kept_bytes,
                })
            });
            let forecast = standing.forecast.as_ref().map(crate::recordings::as_json);
            let rows: Vec<_> = rows.collect();
            return print_json(&json!({ "periods": rows, "forecast": forecast }));
        }
        let mut table = output::table(&["PERIOD", "WANTED", "KEPT", "LOST", "SIZE"], &[]);
        for (period, sum) in &periods {
            let count = |count: i64| output::grouped(count.unsigned_abs());
            let bytes = output::bytes(sum.kept_bytes.unsigned_abs());
            let (wanted, kept, lost) = (count(sum.wanted), count(sum.kept), count(sum.lost));
            table.add_row(output::row([period.clone(), wanted, kept, lost, bytes]));
        }
        output::print(&table)?;
        match &standing.forecast {
            Some(forecast) => say!("{}", outlook(forecast, &zone))?,
            None => note!("how many can be fetched a day is known after the first"),
        }
        if !standing.enabled {
            note!("`callbook sync --recordings` fetches them");
        }
        Ok(failure::OK)
    }

    fn periods(&self, hours: &[RecordingHour], zone: &TimeZone) -> BTreeMap<String, RecordingHour> {
        let format = match self.by {
            Period::Day => "%Y-%m-%d",
            Period::Month => "%Y-%m",
        };
        let mut periods: BTreeMap<String, RecordingHour> = BTreeMap::new();
        for hour in hours {
            let start = time::zoned(hour.hour.saturating_mul(3_600_000), zone);
            let period = start.map_or("?".to_owned(), |start| start.strftime(format).to_string());
            let sum = periods.entry(period).or_default();
            sum.wanted += hour.wanted;
            sum.kept += hour.kept;
            sum.lost += hour.lost;
            sum.kept_bytes += hour.kept_bytes;
        }
        periods
    }
}
