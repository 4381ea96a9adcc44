//! What is asked: `AggregationRequest` and `TimelineRequest`.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::facet::{Cell, Facet, Side};
use super::field::Field;
use super::filter::{self, Sides};
use super::formula::{Formula, intervals};
use super::interval::Interval;
use super::metric::Metric;
use crate::error::ApiError;
use crate::ports::{CallsQuery, Grouping, Membership, Week};

/// What is asked.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) query: CallsQuery,
    /// What calls have to be besides.
    pub(super) sides: Sides,
    pub(super) metrics: Vec<(Metric, Formula)>,
}

/// Which page, and how much it may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    pub(super) page: u32,
    pub(super) per_page: u32,
    pub(super) most_cells: usize,
}

pub(super) const GROUPINGS: &[(&str, Option<Grouping>)] = &[
    ("Company", Some(Grouping::Company)),
    ("CompanyNumbers", Some(Grouping::CompanyNumbers)),
    ("Users", Some(Grouping::Users)),
    ("Queues", Some(Grouping::Queues)),
    ("IVRs", Some(Grouping::Menus)),
    ("SharedLines", Some(Grouping::SharedLines)),
    ("Sites", Some(Grouping::Sites)),
    ("Departments", Some(Grouping::Departments)),
    // Neither of these is archived.
    ("IVAs", None),
    ("UserGroups", None),
];

pub(super) const MEMBERSHIPS: &[(&str, Option<Membership>)] = &[
    ("Department", Some(Membership::Departments)),
    ("Queue", Some(Membership::Queues)),
    ("Site", Some(Membership::Sites)),
    ("UserGroup", None),
];

pub(super) const DAYS: &[(&str, usize)] = &[
    ("Sunday", 0),
    ("Monday", 1),
    ("Tuesday", 2),
    ("Wednesday", 3),
    ("Thursday", 4),
    ("Friday", 5),
    ("Saturday", 6),
];

const DAY_MINUTES: u16 = 24 * 60;

impl Request {
    /// Reads a body; `metrics` reads what it wants to know, `interval` is what it is to be told apart by.
    pub(super) fn read(
        body: &Field<'_>,
        page: Page,
        interval: Option<Interval>,
        metrics: impl Fn(&Field<'_>) -> Result<Vec<(Metric, Formula)>, ApiError>,
    ) -> Result<Self, ApiError> {
        let (grouping, membership, keys) = groups(&body.required("grouping")?)?;
        let time = body.required("timeSettings")?;
        let zone = zone(&time.required("timeZone")?)?;
        let (from, until) = range(&time.required("timeRange")?)?;
        let week = time.get("advancedTimeSettings")?.map(|week| self::week(&week)).transpose()?;
        let (filter, sides) = filter::read(body, grouping)?;
        let metrics = metrics(&body.required("responseOptions")?)?;
        let intervals = match interval {
            Some(interval) => vec![Some(interval)],
            None => intervals(metrics.iter().map(|(_, formula)| *formula)),
        };
        let query = CallsQuery {
            grouping,
            membership,
            keys,
            from,
            until,
            zone,
            week: week.flatten(),
            filter,
            intervals,
            skip: u64::from(page.page - 1) * u64::from(page.per_page),
            take: page.per_page,
            most_cells: page.most_cells,
        };
        Ok(Self { query, sides, metrics })
    }

    /// Whether cells are of calls that are wanted.
    pub(super) fn wants(&self, cell: &Cell) -> bool {
        let is_one = |(facet, sides): &(Facet, Vec<Side>)| sides.contains(&cell.side(*facet));
        self.sides.iter().all(is_one)
    }
}

fn groups(grouping: &Field<'_>) -> Result<(Grouping, Option<Membership>, Vec<String>), ApiError> {
    let keys = grouping.texts("keys")?;
    if let Some(members) = grouping.get("groupByMembers")? {
        let of = members.word(MEMBERSHIPS)?.ok_or_else(ApiError::feature_not_available)?;
        return Ok((Grouping::Users, Some(of), keys));
    }
    let by = grouping.required("groupBy")?.word(GROUPINGS)?;
    Ok((by.ok_or_else(ApiError::feature_not_available)?, None, keys))
}

fn zone(name: &Field<'_>) -> Result<TimeZone, ApiError> {
    TimeZone::get(name.text()?).map_err(|_| name.invalid())
}

/// Both ends belong to it, to the millisecond; nobody telephoned before 1970.
fn range(range: &Field<'_>) -> Result<(Timestamp, Timestamp), ApiError> {
    let (first, last) = (range.required("timeFrom")?, range.required("timeTo")?);
    let (from, to) = (first.instant()?, last.instant()?);
    if to < from {
        return Err(last.invalid());
    }
    let until = to.saturating_add(SignedDuration::from_millis(1)).unwrap_or(Timestamp::MAX);
    let epoch = Timestamp::UNIX_EPOCH;
    Ok((from.max(epoch), until.max(epoch)))
}

fn week(settings: &Field<'_>) -> Result<Option<Week>, ApiError> {
    let (days, hours) = (settings.get("includeDays")?, settings.get("includeHours")?);
    let mut week = Week { days: [true; 7], minutes: vec![(0, DAY_MINUTES)] };
    let days = days.map(|days| days.items()).transpose()?.unwrap_or_default();
    let hours = hours.map(|hours| hours.items()).transpose()?.unwrap_or_default();
    if !days.is_empty() {
        week.days = [false; 7];
        for day in &days {
            week.days[day.word(DAYS)?] = true;
        }
    }
    if !hours.is_empty() {
        week.minutes.clear();
        for hour in &hours {
            let (from, to) = (minute(&hour.required("from")?)?, end(&hour.required("to")?)?);
            // What ends no later than it begins lasts into the next day.
            match to <= from {
                true => week.minutes.extend([(from, DAY_MINUTES), (0, to)]),
                false => week.minutes.push((from, to)),
            }
        }
    }
    Ok((!days.is_empty() || !hours.is_empty()).then_some(week))
}

/// Where something ends. The last minute that can be written is meant to be the end of the day.
fn end(time: &Field<'_>) -> Result<u16, ApiError> {
    let minute = minute(time)?;
    Ok(if minute == DAY_MINUTES - 1 { DAY_MINUTES } else { minute })
}

/// `hh:mm`; `24:00` is the end of the day.
fn minute(time: &Field<'_>) -> Result<u16, ApiError> {
    let read = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        let is_number = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        if !is_number(hour) || !is_number(minute) {
            return None;
        }
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour < 24 && minute < 60 || (hour, minute) == (24, 0)).then_some(hour * 60 + minute)
    };
    read(time.text()?).ok_or_else(|| time.invalid())
}
