//! What a lake says, beside what another one does, and what is so.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};
use callbook_lake::{Access, Answer, Lake, Limits, Tables};
use callbook_report::{Asked, Catalog, Period, Words, functions};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::call::{Call, DAYS, START_MS, lines};

const INTERACTIONS: &str = "
    SELECT concat_ws(' ', session, epoch_ms(started), epoch_ms(ended), records, legs,
        CAST(round(100 * cost_purchased) AS BIGINT),
        CASE WHEN records > 1 THEN 'several' ELSE concat_ws(' ', direction, disposition, customer_number,
            coalesce(CAST(answered_by AS VARCHAR), 'none'), wait_ms, talk_ms, offers, queue_visits, recorded, voicemail)
        END)
    FROM interactions ORDER BY session";

const OFFERS: &str = "
    SELECT concat_ws(' ', offers.session, extension, outcome, ring_ms, offers.talk_ms) AS line
    FROM offers JOIN interactions ON interactions.session = offers.session
    WHERE records = 1 ORDER BY line";

/// Rows of each table, every column.
const TABLES: [&str; 5] = [
    "SELECT * FROM interactions ORDER BY session",
    "SELECT * FROM legs ORDER BY session, leg",
    "SELECT * FROM offers ORDER BY session, started, extension, queue",
    "SELECT * FROM queue_visits ORDER BY session, visit",
    "SELECT * FROM recordings ORDER BY session, recording",
];

/// Numbers and ids stand for themselves.
struct Literal;

impl Words for Literal {
    fn phone(&self, text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn extension(&self, text: &str) -> Result<i64, String> {
        text.parse().map_err(|_| "no id".to_owned())
    }

    fn queue(&self, text: &str) -> Result<i64, String> {
        self.extension(text)
    }
}

/// How many reports are equal on both; an error if any is not, or the tables are not what they should be.
pub async fn all(lake: &Lake, anew: &Lake, calls: &BTreeMap<u32, Call>) -> anyhow::Result<usize> {
    let (kept, anew) = (tables(lake).await?, tables(anew).await?);
    let (interactions, offers) = lines(calls.values());
    same("interactions by hand", &ask(&kept, INTERACTIONS).await?, &interactions)?;
    same("offers by hand", &ask(&kept, OFFERS).await?, &offers)?;
    for sql in TABLES {
        same(sql, &ask(&kept, sql).await?, &ask(&anew, sql).await?)?;
    }
    let catalog = Catalog::built_in();
    let mut equal = 0;
    for report in catalog.iter() {
        for (from_day, zone) in [(0, "America/New_York"), (DAYS / 2, "Australia/Lord_Howe")] {
            let question = report.question(&asked(&report.name, from_day, zone)?, &Literal)?;
            let (kept, anew) = (question.ask(&kept).await?, question.ask(&anew).await?);
            same(&report.name, &rows(kept).await?, &rows(anew).await?)?;
        }
        equal += 1;
    }
    ensure!(equal > 20, "only {equal} reports");
    Ok(equal)
}

async fn tables(lake: &Lake) -> anyhow::Result<Tables> {
    let tables = lake.tables(&Limits::default(), &Access::Everything).await?;
    Ok(tables.with_functions(functions()))
}

fn asked(name: &str, from_day: i64, zone: &str) -> anyhow::Result<Asked> {
    let day = |day: i64| Timestamp::from_millisecond(START_MS + day * 86_400_000);
    let zone = TimeZone::get(zone)?;
    let period = Period { from: day(from_day)?, to: day(DAYS)?, zone };
    let given = match name {
        "caller-lookup" => vec![("number", "+16505550042")],
        "agent-timeline" => vec![("extension", "1007")],
        "call-path" => vec![("session", "s-00000001")],
        _ => vec![],
    };
    let given = given.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ok(Asked { period, given: given.collect(), now: day(DAYS + 1)? })
}

async fn ask(tables: &Tables, sql: &str) -> anyhow::Result<Vec<String>> {
    rows(tables.ask(sql, Vec::new()).await.with_context(|| sql.to_owned())?).await
}

/// A line a row.
async fn rows(mut answer: Answer) -> anyhow::Result<Vec<String>> {
    let options = FormatOptions::default().with_null("null");
    let mut lines = Vec::new();
    while let Some(batch) = answer.next().await? {
        let columns = batch.columns().iter();
        let columns: Vec<_> = columns
            .map(|column| ArrayFormatter::try_new(column, &options))
            .collect::<Result<_, _>>()?;
        for row in 0..batch.num_rows() {
            let cells: Vec<_> =
                columns.iter().map(|column| column.value(row).to_string()).collect();
            lines.push(cells.join(" "));
        }
    }
    Ok(lines)
}

fn same(what: &str, kept: &[String], expected: &[String]) -> anyhow::Result<()> {
    if kept == expected {
        return Ok(());
    }
    let first = kept.iter().zip(expected).find(|(kept, expected)| kept != expected);
    bail!("{what}: {} rows and {}; first {first:#?}", kept.len(), expected.len())
}
