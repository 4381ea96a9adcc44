//! Reports that are sent by a schedule, and thresholds that alert: settings, and the work.
//!
//! What became of each is a record in the archive, so whichever process runs them goes on where another has stopped.

mod mail;
mod run;
mod send;
mod settings;
mod threshold;
mod words;

use anyhow::Context as _;
use callbook_delivery::Record;
use callbook_lake::{Access, Tables};
use callbook_report::{Asked, Catalog, Period, Question, Report, functions};
use callbook_store::{Account, Store};
use jiff::Timestamp;

use crate::commands::choose;
use crate::config::Config;
use crate::failure::Usage;
use crate::lake;
use crate::reports::Known;

pub use mail::compose;
pub use run::{Done, run_due, run_now, watch};
pub use settings::{Asking, Delivery, Job, Threshold, fault};
pub use threshold::look;

/// How keys of records begin in the archive.
const KEY: &str = "delivery ";

/// All deliveries, then all thresholds, in the order of the settings.
pub fn jobs(config: &Config) -> Vec<Job<'_>> {
    let deliveries = config.deliveries().iter().map(Job::Delivery);
    deliveries.chain(config.thresholds().iter().map(Job::Threshold)).collect()
}

/// The one of a name.
///
/// # Errors
/// When there is none.
pub fn job<'c>(config: &'c Config, name: &str) -> Result<Job<'c>, Usage> {
    jobs(config).into_iter().find(|job| job.name() == name).ok_or_else(|| Usage {
        message: format!("no delivery or threshold is called '{name}'"),
        hint: "`callbook deliveries list` lists those of callbook.toml",
    })
}

/// Changes what is known of one, and gives what is known then.
///
/// # Errors
/// When the archive cannot be written.
pub async fn change(
    store: &Store,
    name: &str,
    change: impl FnOnce(&mut Record) + Send + 'static,
) -> anyhow::Result<Record> {
    let key = format!("{KEY}{name}");
    let changed = store.update_value(&key, move |value| {
        let known = value.as_deref().and_then(|known| serde_json::from_str(known).ok());
        let mut record = known.unwrap_or_else(|| Record::new(Timestamp::now()));
        change(&mut record);
        (serde_json::to_string(&record).ok().or(value), record)
    });
    Ok(changed.await?)
}

/// What is known of one; what was never looked at is new.
///
/// # Errors
/// When the archive cannot be read.
pub async fn record(store: &Store, name: &str) -> anyhow::Result<Record> {
    let known = store.values(&format!("{KEY}{name}")).await?;
    let this = known.into_iter().find(|(key, _)| key.strip_prefix(KEY) == Some(name));
    let record = this.and_then(|(_, value)| serde_json::from_str(&value).ok());
    Ok(record.unwrap_or_else(|| Record::new(Timestamp::now())))
}

/// Tables, and a question to them.
struct Prepared<'r> {
    tables: Tables,
    question: Question<'r>,
}

/// What is asked at a moment, and the tables.
async fn prepare<'r>(
    store: &Store,
    config: &Config,
    report: &'r Report,
    asking: &Asking<'_>,
    at: Timestamp,
) -> anyhow::Result<Prepared<'r>> {
    let (account, question) = question(store, report, asking, at).await?;
    let lake = lake::of(config, store, &account)?;
    // It is asked again and again, every few minutes: what is not in files is worked out each time.
    // Where they cannot be written just now, or another process does so, that is still what happens.
    let _ = lake::update(&lake).await;
    let tables = lake::tables(&lake, &Access::Everything).await?;
    Ok(Prepared { tables: tables.with_functions(functions()), question })
}

/// What is asked, and of which account: words and periods as they are at a moment.
async fn question<'r>(
    store: &Store,
    report: &'r Report,
    asking: &Asking<'_>,
    at: Timestamp,
) -> anyhow::Result<(Account, Question<'r>)> {
    let account = choose(store, asking.account).await?;
    let zone = asking.zone.clone();
    let period = match asking.period {
        Some(relative) => relative.period(zone, at),
        None => Period::last_days(Period::USUAL_DAYS, zone, at),
    };
    let asked = Asked { period, given: asking.given.clone(), now: Timestamp::now() };
    let words = Known::read(store, &account).await?;
    let question = report.question(&asked, &words)?;
    Ok((account, question))
}

/// Whether one can be asked, as far as that can be told without an answer.
///
/// # Errors
/// Why not: there is no such report, or it does not take what it is given.
pub async fn check(store: &Store, config: &Config, job: Job<'_>) -> anyhow::Result<()> {
    let (asking, now) = (job.asking()?, Timestamp::now());
    match job {
        Job::Delivery(delivery) => {
            let catalog = catalog(config)?;
            question(store, catalog.get(&delivery.report)?, &asking, now).await?;
        }
        Job::Threshold(threshold) => {
            question(store, &threshold::report(config, threshold)?, &asking, now).await?;
        }
    }
    Ok(())
}

/// The reports that there are; those that cannot be read are no concern here.
///
/// # Errors
/// When the folder of people's own cannot be read.
pub fn catalog(config: &Config) -> anyhow::Result<Catalog> {
    let folder = config.reports_folder();
    Catalog::built_in().with_folder(&folder).context("the reports cannot be read")
}
