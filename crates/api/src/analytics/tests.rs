//! Requests are read, and numbers made, as the contract says.

use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::facet::{Cell, Facet, Side};
use super::field::Field;
use super::formula::{Formula, Statistic, numbers};
use super::interval::{Interval, pieces};
use super::metric::{COUNTERS, Metric, TIMERS};
use super::options;
use super::request::{Page, Request};
use crate::error::ApiError;
use crate::ports::Grouping;

fn body(change: impl FnOnce(&mut Value)) -> Value {
    let mut body = json!({
        "grouping": { "groupBy": "Users", "keys": [] },
        "timeSettings": {
            "timeZone": "Europe/Berlin",
            "timeRange": { "timeFrom": "2024-03-30T23:00:00Z", "timeTo": "2024-03-31T21:59:59.999Z" },
        },
        "responseOptions": { "counters": { "allCalls": { "aggregationType": "Sum" } } },
    });
    change(&mut body);
    body
}

fn read(body: &Value) -> Result<Request, ApiError> {
    let page = Page { page: 1, per_page: 200, most_cells: 1_000 };
    Request::read(&Field::root(body)?, page, None, options::formulas)
}

/// What is wrong, and with which parameter.
fn refusal(body: &Value) -> (String, String) {
    let error: Value = serde_json::from_slice(&read(body).unwrap_err().to_json()).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(&error["errorCode"]), text(&error["errors"][0]["parameterName"]))
}

#[test]
fn what_is_wrong_is_named() {
    type Change = fn(&mut Value);
    let cases: [(Change, &str, &str); 16] = [
        (|b| *b = json!([]), "CMN-103", ""),
        (|b| b["grouping"] = json!(null), "CMN-101", "grouping"),
        (|b| b["grouping"] = json!({}), "CMN-101", "grouping.groupBy"),
        (|b| b["grouping"]["groupBy"] = json!("Cats"), "CMN-101", "grouping.groupBy"),
        (|b| b["grouping"]["groupBy"] = json!("IVAs"), "CMN-109", ""),
        (|b| b["grouping"]["keys"] = json!([7]), "CMN-101", "grouping.keys"),
        (|b| b["timeSettings"]["timeZone"] = json!("Mars"), "CMN-101", "timeSettings.timeZone"),
        (
            |b| b["timeSettings"]["timeRange"]["timeTo"] = json!("2024-01-01T00:00:00Z"),
            "CMN-101",
            "timeSettings.timeRange.timeTo",
        ),
        (
            |b| {
                b["timeSettings"]["advancedTimeSettings"] =
                    json!({"includeHours": [{"from": "9:00", "to": "10:00"}]});
            },
            "CMN-101",
            "timeSettings.advancedTimeSettings.includeHours.from",
        ),
        (|b| b["callFilters"] = json!({"directions": ["Up"]}), "CMN-101", "callFilters.directions"),
        (|b| b["callFilters"] = json!({"queueSla": ["InSla"]}), "CMN-101", "callFilters.queueSla"),
        (|b| b["callFilters"] = json!({"endingParties": ["Caller"]}), "CMN-109", ""),
        (
            |b| b["callFilters"] = json!({"callDuration": {"minSeconds": "1"}}),
            "CMN-101",
            "callFilters.callDuration.minSeconds",
        ),
        (|b| b["responseOptions"] = json!(null), "CMN-101", "responseOptions"),
        (
            |b| b["responseOptions"]["counters"]["allCalls"]["aggregationType"] = json!("Min"),
            "CMN-101",
            "responseOptions.counters.allCalls.aggregationInterval",
        ),
        (
            |b| b["responseOptions"]["counters"]["allCalls"]["aggregationInterval"] = json!("Day"),
            "CMN-101",
            "responseOptions.counters.allCalls.aggregationInterval",
        ),
    ];
    for (change, code, parameter) in cases {
        let body = body(change);
        assert_eq!(refusal(&body), (code.to_owned(), parameter.to_owned()), "{body}");
    }
}

#[test]
fn filters_that_a_grouping_cannot_answer_are_refused() {
    let of = |grouping: &str, filter: &str, word: &str| {
        body(|body| {
            body["grouping"]["groupBy"] = grouping.into();
            body["callFilters"][filter] = json!([word]);
        })
    };
    assert_eq!(refusal(&of("Sites", "callResults", "Missed")).0, "CMN-109");
    assert!(read(&of("Queues", "queueSla", "InSla")).is_ok());
    assert!(read(&of("Users", "callResults", "Missed")).is_ok());
}

#[test]
fn hours_over_midnight_are_two_and_the_last_minute_is_the_end() {
    let hours = json!([{"from": "22:00", "to": "06:00"}, {"from": "08:30", "to": "23:59"}]);
    let request = read(&body(|body| {
        body["timeSettings"]["advancedTimeSettings"] =
            json!({"includeDays": ["Sunday"], "includeHours": hours});
    }));
    let week = request.unwrap().query.week.unwrap();
    assert_eq!(week.days, [true, false, false, false, false, false, false]);
    assert_eq!(week.minutes, [(1_320, 1_440), (0, 360), (510, 1_440)]);
}

#[test]
fn a_day_on_which_clocks_leap_has_an_hour_less_or_more() {
    let hours = |from: &str, to: &str, zone: &str| {
        let mut request = read(&body(|_| ())).unwrap();
        request.query.from = from.parse().unwrap();
        request.query.until = to.parse().unwrap();
        request.query.zone = TimeZone::get(zone).unwrap();
        let of = |interval| pieces(&request.query, interval, 1_000).unwrap();
        assert_eq!(of(Interval::Day).len(), 1);
        of(Interval::Hour).iter().map(|piece| piece.start.to_string()).collect::<Vec<_>>()
    };
    let spring = hours("2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z", "Europe/Berlin");
    assert_eq!((spring.len(), &*spring[2]), (23, "2024-03-31T01:00:00Z"));
    assert_eq!(hours("2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z", "Europe/Berlin").len(), 25);
    // Back by half an hour at two: half past one comes twice, and the hour of it is cut in two.
    let half = hours("2024-04-06T13:00:00Z", "2024-04-07T13:30:00Z", "Australia/Lord_Howe");
    assert_eq!(half.len(), 25);
    assert_eq!(
        half[1..4],
        ["2024-04-06T14:00:00Z", "2024-04-06T15:00:00Z", "2024-04-06T15:30:00Z"]
    );
}

#[test]
fn longer_pieces_begin_by_the_clock_on_the_wall() {
    let mut request = read(&body(|_| ())).unwrap();
    request.query.from = "2024-02-15T12:00:00Z".parse().unwrap();
    request.query.until = "2024-04-02T00:00:00Z".parse().unwrap();
    let of = |interval| {
        let pieces = pieces(&request.query, interval, 100).unwrap();
        pieces.iter().map(|piece| piece.start.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(
        of(Interval::Month),
        ["2024-01-31T23:00:00Z", "2024-02-29T23:00:00Z", "2024-03-31T22:00:00Z"]
    );
    assert_eq!((of(Interval::Week).len(), &*of(Interval::Week)[0]), (8, "2024-02-11T23:00:00Z"));
    assert!(pieces(&request.query, Interval::Hour, 1_000).is_none());
}

fn cell(piece_ms: i64, direction: Side, calls: u64, lengths_s: (i64, i64, i64)) -> Cell {
    let mut sides = [Side::Unknown; Facet::ALL.len()];
    sides[Facet::Direction as usize] = direction;
    let (all, least, most) = lengths_s;
    let [spent_ms, least_ms, most_ms] = [all, least, most].map(|seconds| seconds * 1000);
    Cell { piece_ms, sides, calls, opportunities: 2, spent_ms, least_ms, most_ms }
}

#[test]
fn numbers_are_sums_and_quotients_of_sums() {
    let (inbound, outbound) = (Side::Word(0), Side::Word(1));
    let cells = [
        cell(0, inbound, 3, (60, 10, 30)),
        cell(0, Side::Neither, 1, (5, 5, 5)),
        cell(1, inbound, 1, (40, 40, 40)),
        cell(1, outbound, 5, (95, 1, 50)),
    ];
    let of = |metric: &Metric, formula| numbers(metric, formula, cells.iter(), 4).unwrap();
    let (all, by_direction) = (&COUNTERS[0], &COUNTERS[1]);
    let (time, time_by_direction) = (&TIMERS[0], &TIMERS[1]);
    let day = Some(Interval::Day);
    assert_eq!(of(all, Formula::Sum), [10.0]);
    assert_eq!(of(by_direction, Formula::Sum), [4.0, 5.0]);
    assert_eq!(of(by_direction, Formula::Percent), [40.0, 50.0]);
    assert_eq!(of(by_direction, Formula::Of(Statistic::Average, day)), [1.0, 1.25]);
    assert_eq!(of(by_direction, Formula::Of(Statistic::Least, day)), [0.0, 0.0]);
    assert_eq!(of(by_direction, Formula::Of(Statistic::Most, day)), [3.0, 5.0]);
    assert_eq!(of(time, Formula::Sum), [200.0]);
    assert_eq!(of(time_by_direction, Formula::Percent), [50.0, 47.5]);
    assert_eq!(of(time_by_direction, Formula::Of(Statistic::Average, None)), [25.0, 19.0]);
    assert_eq!(of(time_by_direction, Formula::Of(Statistic::Least, None)), [10.0, 1.0]);
    assert_eq!(of(time_by_direction, Formula::Of(Statistic::Most, None)), [40.0, 50.0]);
    assert_eq!(of(time_by_direction, Formula::Of(Statistic::Most, day)), [60.0, 95.0]);
    let least = numbers(time, Formula::Of(Statistic::Least, day), cells.iter(), 2);
    assert_eq!(least, Some(vec![65.0]));
    assert_eq!(numbers(&COUNTERS[2], Formula::Sum, cells.iter(), 4), None, "nobody knows");
    assert_eq!(numbers(&COUNTERS[2], Formula::Sum, [].iter(), 4), Some(vec![0.0, 0.0]));
}

#[test]
fn what_events_tell_is_unavailable_and_all_else_is_known_of_somebody() {
    for metric in COUNTERS.iter().chain(&TIMERS) {
        let known = [Grouping::Users, Grouping::Queues]
            .map(|grouping| metric.provenance(grouping).name())
            .iter()
            .any(|name| *name != "unavailable");
        let of_events = ["egments", "EndingParty", "Actions"];
        assert_eq!(
            known,
            !of_events.iter().any(|what| metric.name.contains(what)),
            "{}",
            metric.name
        );
    }
}
