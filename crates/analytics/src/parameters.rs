//! The values that SQL sees, by the names without `$`.

use callbook_api::{CallGroup, CallsQuery, Grouping, Interval, Membership, Week};
use callbook_model::{AccountId, Region, number_key};
use datafusion::arrow::datatypes::DataType;
use datafusion::scalar::ScalarValue;
use jiff::{SignedDuration, Timestamp};

use crate::error::Error;

/// No call lasts longer: whatever belongs to one begins within this after it.
const LONGEST: SignedDuration = SignedDuration::from_hours(48);

const DAY_MINUTES: u16 = 24 * 60;

/// The values of one request.
pub(crate) struct Parameters {
    account: AccountId,
    fixed: Vec<(&'static str, ScalarValue)>,
    team: &'static str,
    keys: ScalarValue,
    interval: &'static str,
}

impl Parameters {
    pub(crate) fn new(query: &CallsQuery, account: AccountId, home: Region) -> Result<Self, Error> {
        let zone = query.zone.iana_name().ok_or(Error::Zone)?;
        let late = query.until.saturating_add(LONGEST).unwrap_or(Timestamp::MAX);
        let filter = &query.filter;
        let called: Vec<_> =
            filter.called_numbers.iter().filter_map(|number| number_key(number, home)).collect();
        let called = if filter.called_numbers.is_empty() { any() } else { list(&called) };
        let (call_least, call_most) = bounds(filter.call_ms);
        let (spent_least, spent_most) = bounds(filter.spent_ms);
        let fixed = vec![
            ("account", text(&account.to_string())),
            ("from", moment(query.from)),
            ("until", moment(query.until)),
            ("late", moment(late)),
            ("tz", text(zone)),
            ("days", maybe(query.week.as_ref().map(days))),
            ("minutes", maybe(query.week.as_ref().map(minutes))),
            ("queues", given(&filter.queues)),
            ("called", called),
            ("from_ids", given(&filter.from_ids)),
            ("to_ids", given(&filter.to_ids)),
            ("call_least", call_least),
            ("call_most", call_most),
            ("spent_least", spent_least),
            ("spent_most", spent_most),
            ("kind", text(kind(query.grouping))),
        ];
        let team = if query.grouping == Grouping::Sites { "site" } else { "department" };
        Ok(Self { account, fixed, team, keys: given(&query.keys), interval: "year" })
    }

    /// Keys are those of what people belong to.
    pub(crate) fn belong(&mut self, to: Membership) {
        self.team = match to {
            Membership::Queues => "queue",
            Membership::Sites => "site",
            Membership::Departments => "department",
        };
    }

    /// Only the groups with these keys.
    pub(crate) fn only(&mut self, keys: &[String]) {
        self.keys = list(keys);
    }

    /// Which pieces of time are told apart. Those that need none have years.
    pub(crate) fn tell_apart(&mut self, interval: Option<Interval>) {
        self.interval = match interval {
            None => "year",
            Some(Interval::Month) => "month",
            Some(Interval::Week) => "week",
            Some(Interval::Day) => "day",
            Some(Interval::Hour) => "hour",
        };
    }

    /// The group of all calls.
    pub(crate) fn company(&self) -> CallGroup {
        let key = self.account.to_string();
        CallGroup { key, name: None, extension_number: None, cells: Vec::new() }
    }

    pub(crate) fn all(&self) -> Vec<(String, ScalarValue)> {
        let own = [
            ("team", text(self.team)),
            ("keys", self.keys.clone()),
            ("interval", text(self.interval)),
        ];
        let all = self.fixed.iter().cloned().chain(own);
        all.map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

const fn kind(grouping: Grouping) -> &'static str {
    match grouping {
        Grouping::SharedLines => "SharedLinesGroup",
        _ => "IvrMenu",
    }
}

fn moment(at: Timestamp) -> ScalarValue {
    ScalarValue::TimestampMillisecond(Some(at.as_millisecond()), Some("UTC".into()))
}

fn text(text: &str) -> ScalarValue {
    ScalarValue::Utf8(Some(text.to_owned()))
}

fn maybe(text: Option<String>) -> ScalarValue {
    ScalarValue::Utf8(text)
}

fn bounds(within: Option<(i64, i64)>) -> (ScalarValue, ScalarValue) {
    let (least, most) = within.unzip();
    (ScalarValue::Int64(least), ScalarValue::Int64(most))
}

/// Whatever it is, where nothing is given.
fn given(texts: &[String]) -> ScalarValue {
    if texts.is_empty() { any() } else { list(texts) }
}

fn any() -> ScalarValue {
    ScalarValue::new_null_list(DataType::Utf8, true, 1)
}

fn list(texts: &[String]) -> ScalarValue {
    let texts: Vec<_> = texts.iter().map(|each| text(each)).collect();
    ScalarValue::List(ScalarValue::new_list_nullable(&texts, &DataType::Utf8))
}

/// A digit for each day from Sunday on.
fn days(week: &Week) -> String {
    week.days.iter().map(|is_wanted| if *is_wanted { '1' } else { '0' }).collect()
}

/// A digit for each minute of the day.
fn minutes(week: &Week) -> String {
    let is_wanted =
        |minute: u16| week.minutes.iter().any(|(from, to)| (*from..*to).contains(&minute));
    (0..DAY_MINUTES).map(|minute| if is_wanted(minute) { '1' } else { '0' }).collect()
}
