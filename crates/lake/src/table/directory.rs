//! `people`, `queues`, `members`: what the directory said, and from when to when.
//!
//! `valid_from` is 1970 for what was so when it was first seen, `valid_to` 9999 for what is so still: a call belongs
//! to the row with `valid_from <= started AND started < valid_to`.

use std::collections::{HashMap, HashSet};

use callbook_store::Fact;
use datafusion::arrow::array::RecordBatch;
use jiff::Timestamp;
use serde_json::Value;

use super::table;
use crate::directory::{Directory, zone_name};

table! {
    /// Whoever has an extension: users, queues, menus, …
    People("people"), |fact: &Fact, dates: &Dates, sites: &HashMap<&str, &str>| {
        extension: Int = fact.entry.extension.map(|id| id.0 as i64),
        number: Text = fact.entry.number.as_deref(),
        name: Text = fact.entry.name.as_deref(),
        kind: Text = fact.entry.r#type.as_deref(),
        status: Text = fact.entry.status.as_deref(),
        department: Text = fact.entry.department.as_deref(),
        site: Text = fact.entry.site.as_deref(),
        site_name: Text = fact.entry.site.as_deref().and_then(|site| sites.get(site).copied()),
        time_zone: Text = zone_name(&fact.entry.json).as_deref(),
        valid_from: Moment = dates.from,
        valid_to: Moment = dates.to,
        current: Flag = dates.current,
    }
}

table! {
    /// Call queues, with what they promise their callers.
    Queues("queues"), |fact: &Fact, dates: &Dates, promise: &Promise| {
        extension: Int = fact.entry.extension.map(|id| id.0 as i64),
        number: Text = fact.entry.number.as_deref(),
        name: Text = fact.entry.name.as_deref(),
        site: Text = fact.entry.site.as_deref(),
        sla_goal_percent: Int = promise.goal_percent,
        sla_threshold_s: Int = promise.threshold_s,
        sla_include_abandoned: Flag = promise.include_abandoned,
        sla_abandoned_threshold_s: Int = promise.abandoned_threshold_s,
        valid_from: Moment = dates.from,
        valid_to: Moment = dates.to,
        current: Flag = dates.current,
    }
}

table! {
    /// Who answers which queue.
    Members("members"), |fact: &Fact, dates: &Dates| {
        queue: Int = fact.part as i64,
        extension: Int = fact.entry.extension.map(|id| id.0 as i64),
        valid_from: Moment = dates.from,
        valid_to: Moment = dates.to,
        current: Flag = dates.current,
    }
}

/// From when to when something was so.
pub(crate) struct Dates {
    from: Timestamp,
    to: Timestamp,
    current: bool,
}

/// A queue's `serviceLevelSettings`.
#[derive(Default)]
pub(crate) struct Promise {
    goal_percent: Option<i64>,
    threshold_s: Option<i64>,
    include_abandoned: Option<bool>,
    abandoned_threshold_s: Option<i64>,
}

/// The directory's tables by their names.
pub(crate) fn tables(directory: &Directory) -> [(&'static str, RecordBatch); 3] {
    let names = directory.sites.iter();
    let names =
        names.filter_map(|fact| Some((fact.entry.id.as_str(), fact.entry.name.as_deref()?)));
    let sites: HashMap<&str, &str> = names.collect();
    let mut people = People::default();
    for (fact, dates) in dated(&directory.people) {
        people.push(fact, &dates, &sites);
    }
    let mut queues = Queues::default();
    for (fact, dates) in dated(&directory.queues) {
        queues.push(fact, &dates, &Promise::read(&fact.entry.json));
    }
    let mut members = Members::default();
    for (fact, dates) in dated(&directory.members) {
        members.push(fact, &dates);
    }
    [
        (People::NAME, people.finish()),
        (Queues::NAME, queues.finish()),
        (Members::NAME, members.finish()),
    ]
}

/// Facts, which come by list, id and time.
fn dated(facts: &[Fact]) -> impl Iterator<Item = (&Fact, Dates)> {
    let mut known = HashSet::new();
    facts.iter().map(move |fact| {
        let first = known.insert((fact.part, &fact.entry.id));
        let from_ms = if first { 0 } else { fact.valid_from_ms };
        let moment = |ms| Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
        let to = fact.valid_to_ms.map_or(Timestamp::MAX, moment);
        (fact, Dates { from: moment(from_ms), to, current: fact.valid_to_ms.is_none() })
    })
}

impl Promise {
    fn read(json: &str) -> Self {
        let entry: Value = serde_json::from_str(json).unwrap_or_default();
        let said = &entry["serviceLevelSettings"];
        Self {
            goal_percent: said["slaGoal"].as_i64(),
            threshold_s: said["slaThresholdSeconds"].as_i64(),
            include_abandoned: said["includeAbandonedCalls"].as_bool(),
            abandoned_threshold_s: said["abandonedThresholdSeconds"].as_i64(),
        }
    }
}
