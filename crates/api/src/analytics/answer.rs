//! Answers, as the contract has them, and with the provenance of each counter and timer.

use serde_json::{Map, Value, json};

use super::Counted;
use super::facet::Cell;
use super::formula::{Formula, numbers};
use super::metric::{Measure, Metric, Provenance, Shape};
use super::request::{Page, Request};
use crate::ports::{CallGroup, Grouping};

/// How answers name a kind of groups.
const fn name(grouping: Grouping) -> &'static str {
    match grouping {
        Grouping::Company => "Company",
        Grouping::CompanyNumbers => "CompanyNumbers",
        Grouping::Users => "Users",
        Grouping::Queues => "Queues",
        Grouping::Menus => "IVRs",
        Grouping::SharedLines => "SharedLines",
        Grouping::Sites => "Sites",
        Grouping::Departments => "Departments",
    }
}

/// A whole answer around its records, which are JSON texts.
pub(super) fn envelope(request: &Request, page: Page, total: u64, records: &[String]) -> String {
    let grouping = request.query.grouping;
    let paging = json!({
        "page": page.page,
        "perPage": page.per_page,
        "totalPages": total.div_ceil(u64::from(page.per_page)),
        "totalElements": total,
    });
    let (groups, provenance) = (json!(name(grouping)), provenance(request));
    format!(
        "{{\"paging\":{paging},\"data\":{{\"groupedBy\":{groups},\"records\":[{}],\"provenance\":{provenance}}}}}",
        records.join(",")
    )
}

/// Where the values of everything that was asked for come from.
fn provenance(request: &Request) -> Value {
    let mut told = json!({});
    for (metric, _) in &request.metrics {
        told[part(metric)][metric.field] = metric.provenance(request.query.grouping).name().into();
    }
    told
}

const fn part(metric: &Metric) -> &'static str {
    match metric.measure {
        Measure::Calls => "counters",
        Measure::Time => "timers",
    }
}

/// `key` and `info` of a record.
pub(super) fn head(group: &CallGroup) -> Value {
    let mut record = json!({ "key": group.key });
    if let Some(name) = &group.name {
        record["info"]["name"] = name.as_str().into();
    }
    if let Some(number) = &group.extension_number {
        record["info"]["extensionNumber"] = number.as_str().into();
    }
    record
}

/// Adds `counters` and `timers` to a record or a point; `cells` and the number of pieces of time are those of a
/// formula. What nobody knows is left out.
pub(super) fn add_numbers<'c, C: Iterator<Item = &'c Cell> + Clone>(
    to: &mut Value,
    request: &Request,
    cells: impl Fn(Formula) -> (C, usize),
) {
    for (metric, formula) in &request.metrics {
        if metric.provenance(request.query.grouping) == Provenance::Unavailable {
            continue;
        }
        let (cells, pieces) = cells(*formula);
        if let Some(numbers) = numbers(metric, *formula, cells, pieces) {
            let unit = unit(metric, *formula);
            to[part(metric)][metric.field] =
                json!({ "valueType": unit, "values": values(metric, &numbers) });
        }
    }
}

fn unit(metric: &Metric, formula: Formula) -> &'static str {
    match (formula, metric.measure) {
        (Formula::Percent, _) => "Percent",
        (_, Measure::Calls) => "Instances",
        (_, Measure::Time) => "Seconds",
    }
}

fn values(metric: &Metric, numbers: &[f64]) -> Value {
    match metric.shape {
        Shape::By(facet) => {
            let words = facet.words().iter().map(|(_, field)| (*field).to_owned());
            let numbers = numbers.iter().map(|number| number_of(*number));
            Value::Object(words.zip(numbers).collect::<Map<_, _>>())
        }
        Shape::All | Shape::Opportunities | Shape::OfEvents => {
            number_of(numbers.first().copied().unwrap_or_default())
        }
    }
}

/// Whole numbers without a point, as people write them.
fn number_of(number: f64) -> Value {
    if number.fract() == 0.0 { json!(number as i64) } else { json!(number) }
}

/// A page of records.
pub(super) fn records(counted: &Counted, record: impl Fn(&CallGroup) -> String) -> Vec<String> {
    counted.groups.iter().map(record).collect()
}
