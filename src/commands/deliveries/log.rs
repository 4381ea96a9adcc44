//! `callbook deliveries log`.

use callbook_delivery::{Entry, Outcome};
use callbook_store::Store;
use clap::Args;

use crate::commands::print_json;
use crate::config::Config;
use crate::deliveries::{Done, Job, job, jobs, record};
use crate::failure::{self, ExitCodeNumber};
use crate::output::{self, note};
use crate::time;

#[derive(Debug, Args)]
pub struct Log {
    /// Of this one alone
    name: Option<String>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

impl Log {
    pub async fn run(self, store: &Store, config: &Config) -> anyhow::Result<ExitCodeNumber> {
        let wanted: Vec<Job<'_>> = match &self.name {
            Some(name) => vec![job(config, name)?],
            None => jobs(config),
        };
        let mut all = Vec::new();
        for job in wanted {
            let entries = record(store, job.name()).await?.log.into_iter();
            all.extend(entries.map(|entry| Done { name: job.name().to_owned(), entry }));
        }
        all.sort_by_key(|done| done.entry.at);
        if self.json {
            return print_json(&all);
        }
        if all.is_empty() {
            note!("nothing was sent yet");
            return Ok(failure::OK);
        }
        let zone = time::zone(None)?;
        let mut table = output::table(&["AT", "NAME", "OUTCOME", "TO", "WHAT"], &[1, 3, 4]);
        for Done { name, entry } in all {
            let at = time::clock(entry.at.as_millisecond(), &zone);
            let (to, outcome, what) = (entry.to.join(", "), outcome(&entry), what(entry));
            table.add_row(output::row([at, name, outcome, to, what]));
        }
        output::print(&table)?;
        Ok(failure::OK)
    }
}

fn outcome(entry: &Entry) -> String {
    match (entry.outcome, entry.tries) {
        (Outcome::Sent, 0..=1) => "sent".to_owned(),
        (Outcome::Sent, tries) => format!("sent, try {tries}"),
        (Outcome::Failed, tries) => format!("failed, try {tries}"),
        (Outcome::Skipped, _) => "left out".to_owned(),
    }
}

fn what(entry: Entry) -> String {
    match entry.error {
        Some(error) => format!("{}: {error}", entry.what),
        None => entry.what,
    }
}
