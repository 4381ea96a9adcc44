//! `callbook sql`: any question about the calls, in SQL.

use std::io::Read as _;
use std::path::PathBuf;

use anyhow::Context as _;
use callbook_report::{Page, functions};
use clap::Args;

use super::open;
use crate::access::As;
use crate::answer::Output;
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber};
use crate::{lake, time};

const EXAMPLES: &str = "\
Examples:
  callbook sql \"SELECT disposition, count(*) FROM interactions GROUP BY 1 ORDER BY 2 DESC\"
  callbook sql \"SHOW TABLES\"
  callbook sql \"DESCRIBE interactions\"
  callbook sql --file question.sql --output answer.parquet
  callbook sql \"SELECT count(*) FROM interactions\" --as 101    of the calls that 101 may see
  echo 'SELECT * FROM people LIMIT 3' | callbook sql - --json";

/// Ask the tables of the calls in SQL, read-only
///
/// The tables are interactions, legs, offers, queue_visits, recordings, people, queues and members; docs/metrics.md
/// says what is in them. local(moment, 'Europe/Berlin') is what the clock there shows.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Sql {
    /// The question; - reads it from the standard input
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    question: Option<String>,
    /// A file that has it
    #[arg(long)]
    file: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
    /// Time zone that moments are shown in, in tables and pages [default: this machine's]
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    /// The account's id or registered name, where the archive holds several
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    #[command(flatten)]
    whose: As,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

impl Sql {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let question = self.question()?;
        let zone = time::zone(self.tz.as_deref())?;
        self.output.check()?;
        let config = Config::load(&self.sources)?;
        let (store, account) = open(&config, self.account.as_deref()).await?;
        let access = self.whose.access(&config, &store, &account).await?;
        let tables = lake::tables(&lake::of(&config, &store, &account)?, &access).await?;
        let answer = tables.with_functions(functions()).ask(&question, Vec::new()).await?;
        let (parameters, chart) = (Vec::new(), None);
        let page = Page { title: "Answer", question: &question, parameters, chart, zone: &zone };
        self.output.write(answer, &page).await?;
        Ok(failure::OK)
    }

    fn question(&self) -> anyhow::Result<String> {
        match (&self.question, &self.file) {
            (Some(question), _) if question != "-" => Ok(question.clone()),
            (_, Some(path)) => std::fs::read_to_string(path)
                .with_context(|| format!("cannot read {}", path.display())),
            _ => {
                let mut question = String::new();
                std::io::stdin()
                    .read_to_string(&mut question)
                    .context("cannot read the standard input")?;
                Ok(question)
            }
        }
    }
}
