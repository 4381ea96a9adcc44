//! `callbook report`: questions that are asked again and again.

mod about;
mod list;

use callbook_lake::{Access, Lake};
use callbook_model::Span;
use callbook_report::{Asked, Page, Period, Relative, Report, functions};
use clap::Args;
use jiff::Timestamp;

use super::open;
use crate::access::As;
use crate::answer::Output;
use crate::config::{Config, Sources};
use crate::failure::{self, ExitCodeNumber};
use crate::lake;
use crate::output::{self, note};
use crate::reports::{Known, catalog};
use crate::time::{self, TimeError};

const EXAMPLES: &str = "\
Examples:
  callbook report                                       lists all
  callbook report answer-rate                           of the last 30 days
  callbook report overview --period 'last week' --by day
  callbook report answer-rate --from 2024-01-01 --to 2024-03-31 --by month
  callbook report agent-scorecard --set queue=Support --output scorecard.xlsx
  callbook report caller-lookup --set number='(650) 555-0112' --json
  callbook report heat-map --output heat.html           a page with its chart
  callbook report agent-scorecard --as 101              of the calls that 101 may see
  callbook report service-level --explain               what it asks, and its parameters";

/// Answer usual questions about the calls: answer rates, agents, queues, callers, cost
///
/// Each report is a file of SQL. Those in the folder `reports` beside callbook.toml join in; docs/reports.md says how
/// to write one.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, name = "report")]
pub struct ReportCommand {
    /// The report; without one, all are listed
    name: Option<String>,
    /// today, yesterday, this week, last month, last 7 days …
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["from", "to"])]
    period: Option<Relative>,
    /// The first day, or moment [default: 30 days before --to]
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// The last day, or moment [default: yesterday; with --from, now]
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// A line for each hour, day, week, month, quarter or year
    #[arg(long, value_name = "PIECE")]
    by: Option<String>,
    /// Time zone of days and times [default: this machine's]
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    /// A parameter of the report; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    /// Say what it asks and with which SQL, and ask nothing
    #[arg(long, requires = "name")]
    explain: bool,
    #[command(flatten)]
    output: Output,
    /// The account's id or registered name, where the archive holds several
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    #[command(flatten)]
    whose: As,
    #[command(flatten, next_help_heading = "Settings")]
    sources: Sources,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').ok_or("write NAME=VALUE")?;
    Ok((pair.0.trim().to_owned(), pair.1.to_owned()))
}

impl ReportCommand {
    pub async fn run(self) -> anyhow::Result<ExitCodeNumber> {
        let config = Config::load(&self.sources)?;
        let catalog = catalog(&config)?;
        let Some(name) = &self.name else { return list::print(&catalog, self.output.json) };
        let report = catalog.get(name)?;
        if self.explain {
            return about::print(report, self.output.json);
        }
        self.output.check()?;
        self.answer(report, &config).await?;
        Ok(failure::OK)
    }

    async fn answer(&self, report: &Report, config: &Config) -> anyhow::Result<()> {
        let now = Timestamp::now();
        let period = self.period(now)?;
        let by = self.by.iter().map(|by| ("by".to_owned(), by.clone()));
        let given = self.set.iter().cloned().chain(by).collect();
        let (store, account) = open(config, self.account.as_deref()).await?;
        let lake = lake::of(config, &store, &account)?;
        let words = Known::read(&store, &account).await?;
        let access = self.whose.access(config, &store, &account).await?;
        let asked = Asked { period, given, now };
        print(report, &asked, &words, (&lake, &access), &self.output).await
    }

    /// What is left out is the last 30 days.
    fn period(&self, now: Timestamp) -> anyhow::Result<Period> {
        let zone = time::zone(self.tz.as_deref())?;
        if let Some(relative) = &self.period {
            return Ok(relative.period(time::named_zone(self.tz.as_deref())?, now));
        }
        let usual = Period::last_days(Period::USUAL_DAYS, zone.clone(), now);
        let to = match (&self.to, &self.from) {
            (Some(text), _) => time::end(text, &zone)?,
            (None, Some(_)) => now,
            (None, None) => usual.to,
        };
        let from = match &self.from {
            Some(text) => time::beginning(text, &zone)?,
            None => Period::last_days(Period::USUAL_DAYS, zone, to).from,
        };
        let text = |given: &Option<String>, at: Timestamp| given.clone().unwrap_or(at.to_string());
        let span = Span::new(from, to).ok_or_else(|| TimeError::Empty {
            from: text(&self.from, from),
            to: text(&self.to, to),
        })?;
        let zone = time::named_zone(self.tz.as_deref())?;
        Ok(Period { from: span.from, to: span.to, zone })
    }
}

/// Asks a lake for what may be seen, and writes the answer.
pub async fn print(
    report: &Report,
    asked: &Asked,
    words: &Known,
    (lake, access): (&Lake, &Access),
    output: &Output,
) -> anyhow::Result<()> {
    let question = report.question(asked, words)?;
    let tables = lake::tables(lake, access).await?.with_functions(functions());
    let answer = question.ask(&tables).await?;
    let page = Page {
        title: &report.title,
        question: &report.question,
        parameters: question.shown(),
        chart: report.chart.as_ref(),
        zone: &question.period.zone,
    };
    let rows = output.write(answer, &page).await?;
    if question.limit() == Some(rows) {
        let rows = output::counted(rows, "row");
        note!("there may be more: it ends after {rows}, or as many as --set limit=N says");
    }
    Ok(())
}
