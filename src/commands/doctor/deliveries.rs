//! Whether reports reach people.

use callbook_store::Store;

use super::finding::{Check, Finding};
use crate::config::Config;
use crate::deliveries::{check, jobs, record};
use crate::output;

/// What is wrong with deliveries and thresholds; nothing where there are none.
pub(super) async fn sent(store: &Store, config: &Config) -> anyhow::Result<Vec<Finding>> {
    let jobs = jobs(config);
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let mut findings = Vec::new();
    if config.alerts().mail_server().is_none() && !config.deliveries().is_empty() {
        let advice = "give [alerts.email] server and from in callbook.toml";
        findings.push(Finding::failed(Check::Deliveries, "no server takes the mail", advice));
    }
    for job in &jobs {
        if let Err(error) = check(store, config, *job).await {
            let message = format!("{}: {error:#}", job.name());
            let advice = "`callbook report NAME --explain` lists what a report takes";
            findings.push(Finding::failed(Check::Deliveries, message, advice));
        }
        let record = record(store, job.name()).await?;
        if let Some(error) = record.trouble().and_then(|trouble| trouble.error.as_ref()) {
            let advice = format!("`callbook deliveries run {}` tries it now", job.name());
            let message = format!("{}: {error}", job.name());
            findings.push(Finding::warning(Check::Deliveries, message, advice));
        }
    }
    if findings.is_empty() {
        let (reports, thresholds) = (config.deliveries().len(), config.thresholds().len());
        let reports = output::counted(reports as u64, "report");
        let thresholds = output::counted(thresholds as u64, "threshold");
        let message = format!("{reports} by mail, {thresholds}, while `sync --follow` runs");
        findings.push(Finding::ok(Check::Deliveries, message));
    }
    Ok(findings)
}
