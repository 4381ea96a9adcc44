//! A look at a threshold: is a value what nobody wants it to be?

use anyhow::bail;
use callbook_exchange::Cell;
use callbook_report::{Column, Origin, Report, Rows, head, text};
use callbook_store::Store;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Job, Threshold, catalog, prepare};
use crate::config::Config;
use crate::output;

/// What a look has found.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Rows that were looked at, without those that say nothing.
    pub rows: u64,
    /// In how many of them the condition holds.
    pub crossed: u64,
    /// The first of these in words; else that nothing is wrong.
    pub message: String,
}

/// Asks, and looks at each row.
///
/// # Errors
/// When the report cannot be asked, or a column is not there or none of numbers.
pub async fn look(
    store: &Store,
    config: &Config,
    threshold: &Threshold,
    now: Timestamp,
) -> anyhow::Result<Look> {
    let report = report(config, threshold)?;
    let asking = Job::Threshold(threshold).asking()?;
    let prepared = prepare(store, config, &report, &asking, now).await?;
    let mut answer = prepared.question.ask(&prepared.tables).await?;
    let columns = Column::all(&answer.schema());
    let value = place(&columns, &threshold.column)?;
    let least = threshold.at_least.iter().map(|(name, least)| Ok((place(&columns, name)?, *least)));
    let least: Vec<(usize, f64)> = least.collect::<anyhow::Result<_>>()?;
    let zone = prepared.question.period.zone.clone();
    let mut look = Look { rows: 0, crossed: 0, message: String::new() };
    while let Some(batch) = answer.next().await? {
        let rows = Rows::of(&batch)?;
        for row in 0..rows.count() {
            let number = |column: usize| rows.cell(row, column).number();
            let counts = least.iter().all(|(column, least)| number(*column) >= Some(*least));
            let Some(found) = number(value).filter(|_| counts) else { continue };
            look.rows += 1;
            if threshold.condition.holds(found) {
                look.crossed += 1;
                if look.crossed == 1 {
                    look.message = said(threshold, &columns, &rows, (row, value), &zone);
                }
            }
        }
    }
    look.message += &match (look.crossed, look.rows) {
        (0, 0) => "there is nothing to look at".to_owned(),
        (0, _) => format!("{} is nowhere {}", head(&threshold.column), threshold.condition),
        (1, _) => String::new(),
        (more, _) => format!("; and {} more", output::counted(more - 1, "row")),
    };
    Ok(look)
}

/// The report that is asked; a threshold's own SQL is one without a file.
pub(super) fn report(config: &Config, threshold: &Threshold) -> anyhow::Result<Report> {
    if let Some(name) = &threshold.report {
        return Ok(catalog(config)?.get(name)?.clone());
    }
    let name = threshold.name.to_string();
    let sql = threshold.sql.clone().unwrap_or_default();
    Ok(Report {
        title: name.clone(),
        question: String::new(),
        parameters: Vec::new(),
        chart: None,
        origin: Origin::BuiltIn,
        name,
        sql,
    })
}

/// Where a column of numbers is.
fn place(columns: &[Column], name: &str) -> anyhow::Result<usize> {
    match columns.iter().position(|column| column.name == name) {
        Some(place) if columns[place].is_number() => Ok(place),
        Some(_) => bail!("the column '{name}' has no numbers"),
        None => {
            let known: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
            bail!("the answer has no column '{name}', but {}", known.join(", "))
        }
    }
}

/// `answer rate % is 71.4 (< 80): 2024-01-01, Support, inbound 200`.
fn said(
    threshold: &Threshold,
    columns: &[Column],
    rows: &Rows,
    (row, value): (usize, usize),
    zone: &TimeZone,
) -> String {
    let shown = |place: usize| text(&columns[place].name, &rows.cell(row, place), zone);
    let is_named = |place: &usize| threshold.at_least.contains_key(&columns[*place].name);
    let words = (0..columns.len()).filter(|place| {
        let is_word = !matches!(rows.cell(row, *place), Cell::Empty | Cell::Flag(_));
        is_word && !columns[*place].is_number()
    });
    let numbers = (0..columns.len()).filter(is_named);
    let numbers = numbers.map(|place| format!("{} {}", head(&columns[place].name), shown(place)));
    let whose: Vec<String> = words.map(shown).chain(numbers).collect();
    let (name, condition) = (head(&threshold.column), threshold.condition);
    let of = if whose.is_empty() { String::new() } else { format!(": {}", whose.join(", ")) };
    format!("{name} is {} ({condition}){of}", shown(value))
}
