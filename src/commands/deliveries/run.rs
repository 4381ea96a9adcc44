//! `callbook deliveries run`.

use callbook_delivery::Outcome;
use callbook_store::Store;
use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use crate::commands::print_json;
use crate::config::Config;
use crate::deliveries::{Delivery, Job, Threshold, compose, job, look, run_due, run_now};
use crate::failure::{self, ExitCodeNumber};
use crate::output::{self, note, say};

#[derive(Debug, Args)]
pub struct Run {
    /// This one, whether it is due or not; without a name, all that are due
    name: Option<String>,
    /// Say what would be sent, and send nothing
    #[arg(long, requires = "name")]
    dry_run: bool,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

impl Run {
    pub async fn run(self, store: &Store, config: &Config) -> anyhow::Result<ExitCodeNumber> {
        let named = self.name.as_deref().map(|name| job(config, name)).transpose()?;
        let all = match named {
            Some(Job::Delivery(delivery)) if self.dry_run => {
                return self.show(store, config, delivery).await;
            }
            Some(Job::Threshold(threshold)) if self.dry_run => {
                return self.look(store, config, threshold).await;
            }
            Some(job) => vec![run_now(store, config, job).await?],
            None => run_due(store, config).await?,
        };
        if self.json {
            print_json(&all)?;
        } else if all.is_empty() {
            note!("nothing was to be sent");
        } else {
            all.iter().try_for_each(|done| say!("{}", done.sentence()))?;
        }
        let failed = all.iter().any(|done| done.entry.outcome == Outcome::Failed);
        Ok(if failed { failure::PARTLY } else { failure::OK })
    }

    /// The mail as it would be now.
    async fn show(
        &self,
        store: &Store,
        config: &Config,
        delivery: &Delivery,
    ) -> anyhow::Result<ExitCodeNumber> {
        let composed = compose(store, config, delivery, Timestamp::now()).await?;
        let to: Vec<_> = delivery.to.iter().map(|to| to.0.as_str()).collect();
        let mail = &composed.mail;
        if self.json {
            let file = |name: &String, bytes: usize| json!({ "name": name, "bytes": bytes });
            let files = mail.attachments.iter().map(|each| file(&each.name, each.bytes.len()));
            return print_json(&json!({
                "to": to,
                "subject": mail.subject,
                "rows": composed.rows,
                "text": mail.text,
                "html": mail.html,
                "attachments": files.collect::<Vec<_>>(),
            }));
        }
        say!("To: {}", to.join(", "))?;
        say!("Subject: {}", mail.subject)?;
        say!("")?;
        mail.text.lines().try_for_each(output::line)?;
        Ok(failure::OK)
    }

    /// What a look finds now.
    async fn look(
        &self,
        store: &Store,
        config: &Config,
        threshold: &Threshold,
    ) -> anyhow::Result<ExitCodeNumber> {
        let look = look(store, config, threshold, Timestamp::now()).await?;
        if self.json {
            return print_json(&json!({
                "crossed": look.crossed > 0,
                "rows": look.rows,
                "rows_crossed": look.crossed,
                "message": look.message,
            }));
        }
        say!("{}", look.message)?;
        Ok(failure::OK)
    }
}
