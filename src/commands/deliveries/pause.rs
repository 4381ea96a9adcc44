//! `callbook deliveries pause` and `resume`.

use callbook_store::Store;
use clap::Args;
use jiff::{SignedDuration, Timestamp};

use crate::config::Config;
use crate::deliveries::{change, job};
use crate::failure::{self, ExitCodeNumber};
use crate::output::say;
use crate::time::{self, TimeError};

#[derive(Debug, Args)]
pub struct Pause {
    /// Which
    name: String,
    /// For how long: 90m, 4h, 3d, 2w [default: until it is resumed]
    #[arg(long = "for", value_name = "TIME", value_parser = long)]
    length: Option<SignedDuration>,
}

#[derive(Debug, Args)]
pub struct Resume {
    /// Which
    name: String,
}

fn long(text: &str) -> Result<SignedDuration, TimeError> {
    time::long(text)
}

impl Pause {
    pub async fn run(self, store: &Store, config: &Config) -> anyhow::Result<ExitCodeNumber> {
        let job = job(config, &self.name)?;
        let after = |length| Timestamp::now().saturating_add(length).unwrap_or(Timestamp::MAX);
        let until = self.length.map_or(Timestamp::MAX, after);
        change(store, job.name(), move |record| record.paused_until = Some(until)).await?;
        let zone = job.schedule()?.zone;
        let until = match self.length {
            None => "`callbook deliveries resume`".to_owned(),
            Some(_) => time::minute(until.as_millisecond(), &zone),
        };
        say!("{} is paused until {until}", self.name)?;
        Ok(failure::OK)
    }
}

impl Resume {
    pub async fn run(self, store: &Store, config: &Config) -> anyhow::Result<ExitCodeNumber> {
        let job = job(config, &self.name)?;
        let now = Timestamp::now();
        // What was due until now was left out.
        let resume = move |record: &mut callbook_delivery::Record| {
            if record.paused(now).is_some() {
                record.paused_until = Some(now);
            }
        };
        change(store, job.name(), resume).await?;
        let schedule = job.schedule()?;
        let next = schedule.next(now).map_or_else(
            || "never".to_owned(),
            |next| time::minute(next.as_millisecond(), &schedule.zone),
        );
        say!("{} goes on; next: {next}", self.name)?;
        Ok(failure::OK)
    }
}
