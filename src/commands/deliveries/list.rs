//! `callbook deliveries list`.

use callbook_delivery::{Outcome, Record, Schedule};
use callbook_store::Store;
use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use crate::commands::print_json;
use crate::config::Config;
use crate::deliveries::{Job, jobs, record};
use crate::failure::{self, ExitCodeNumber};
use crate::output::{self, note};
use crate::time;

#[derive(Debug, Args)]
pub struct List {
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

impl List {
    pub async fn run(self, store: &Store, config: &Config) -> anyhow::Result<ExitCodeNumber> {
        let now = Timestamp::now();
        let mut all = Vec::new();
        for job in jobs(config) {
            all.push((job, job.schedule()?, record(store, job.name()).await?));
        }
        if self.json {
            let all =
                all.iter().map(|(job, schedule, record)| as_json(*job, schedule, record, now));
            return print_json(&all.collect::<Vec<_>>());
        }
        if all.is_empty() {
            note!("callbook.toml has no [[deliveries]] and no [[thresholds]]");
            return Ok(failure::OK);
        }
        let heads = ["NAME", "KIND", "ASKS", "CRON", "NEXT", "LAST"];
        let mut table = output::table(&heads, &[0, 2, 5]);
        for (job, schedule, record) in &all {
            table.add_row(output::row([
                job.name().to_owned(),
                job.kind().to_owned(),
                job.question().to_owned(),
                schedule.cron.to_string(),
                next(schedule, record, now),
                last(schedule, record),
            ]));
        }
        output::print(&table)?;
        Ok(failure::OK)
    }
}

fn next(schedule: &Schedule, record: &Record, now: Timestamp) -> String {
    match (record.paused(now), record.turn(schedule, now)) {
        (Some(until), _) if until == Timestamp::MAX => "paused".to_owned(),
        (Some(until), _) => format!("paused until {}", minute(schedule, until)),
        (None, Some(_)) => "now".to_owned(),
        (None, None) => {
            let next = record.retry().or_else(|| schedule.next(now));
            next.map_or_else(|| "never".to_owned(), |next| minute(schedule, next))
        }
    }
}

fn last(schedule: &Schedule, record: &Record) -> String {
    let Some(last) = record.log.last() else { return "-".to_owned() };
    let at = minute(schedule, last.at);
    match (last.outcome, &last.error) {
        (Outcome::Failed, Some(error)) => format!("{at} failed: {error}"),
        (Outcome::Skipped, _) => format!("{at} paused"),
        _ => format!("{at} {}", last.what),
    }
}

fn minute(schedule: &Schedule, at: Timestamp) -> String {
    time::minute(at.as_millisecond(), &schedule.zone)
}

fn as_json(
    job: Job<'_>,
    schedule: &Schedule,
    record: &Record,
    now: Timestamp,
) -> serde_json::Value {
    json!({
        "name": job.name(),
        "kind": job.kind(),
        "asks": job.question(),
        "cron": schedule.cron.to_string(),
        "tz": schedule.zone.iana_name(),
        "next": schedule.next(now),
        "is_due": record.turn(schedule, now).is_some(),
        "paused_until": record.paused(now),
        "tried_again": record.retry(),
        "last": record.log.last(),
    })
}
