//! `callbook recordings verify`.

use callbook_recordings::{Fault, audit};
use clap::Args;
use serde_json::json;

use crate::commands::{open, print_json};
use crate::config::Config;
use crate::failure::{self, ExitCodeNumber};
use crate::output::{self, note, say};
use crate::progress::Bar;
use crate::recordings::{note_audit, place};

/// Read every recording that is kept, and compare it with its checksum
#[derive(Debug, Args)]
pub struct Verify {
    /// Have the next sync fetch again what is missing or changed
    #[arg(long)]
    repair: bool,
    /// Print as JSON
    #[arg(long)]
    json: bool,
    /// The account's id or registered name, where the archive holds several
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
}

impl Verify {
    pub async fn run(self, config: &Config) -> anyhow::Result<ExitCodeNumber> {
        let (store, account) = open(config, self.account.as_deref()).await?;
        let place = place(config, &store)?;
        let bar = Bar::start("recordings");
        let mut faults = Vec::new();
        let audit = audit(&store, &account, &place, self.repair, |audit, fault| {
            bar.count(audit.right + audit.wrong);
            if let Some((row, fault)) = fault {
                let what = match fault {
                    Fault::Missing => "missing",
                    Fault::Changed => "changed",
                };
                if self.json {
                    faults.push(json!({ "id": row.id, "fault": what, "object": row.object }));
                } else {
                    let object = row.object.as_deref().unwrap_or_default();
                    let _ = output::line(&format!("{what}   recording {}   {object}", row.id));
                }
            }
        })
        .await;
        bar.finish();
        let audit = audit?;
        note_audit(&store, &account, audit.wrong).await?;
        let verdict = if audit.wrong > 0 { failure::PARTLY } else { failure::OK };
        if self.json {
            print_json(&json!({
                "right": audit.right, "bytes": audit.bytes, "wrong": audit.wrong, "faults": faults,
                "repair": self.repair,
            }))?;
            return Ok(verdict);
        }
        let (right, bytes) = (output::grouped(audit.right), output::bytes(audit.bytes));
        let wrong = output::grouped(audit.wrong);
        say!("{right} as they were kept ({bytes}), {wrong} not")?;
        match (audit.wrong, self.repair) {
            (0, _) => {}
            (_, true) => note!("`callbook sync` fetches them again, as far as upstream has them"),
            (_, false) => note!("--repair has the next sync fetch them again"),
        }
        Ok(verdict)
    }
}
