//! Parameters: what people write, and what SQL sees.

use callbook_report::{Asked, Catalog, Error, Period, Question, Words};
use datafusion::scalar::ScalarValue;
use jiff::tz::TimeZone;

/// One number, one person, one queue.
struct Known;

impl Words for Known {
    fn phone(&self, text: &str) -> Option<String> {
        (text == "(650) 555-0112").then(|| "+16505550112".to_owned())
    }

    fn extension(&self, text: &str) -> Result<i64, String> {
        if text == "Ann" { Ok(7) } else { Err(format!("nobody is called {text}")) }
    }

    fn queue(&self, text: &str) -> Result<i64, String> {
        if text == "Support" { Ok(9) } else { Err(format!("no queue is called {text}")) }
    }
}

fn asked(given: &[(&str, &str)]) -> Asked {
    let period = Period {
        from: "2024-03-01T05:00:00Z".parse().unwrap(),
        to: "2024-04-01T04:00:00Z".parse().unwrap(),
        zone: TimeZone::get("America/New_York").unwrap(),
    };
    let given = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Asked { period, given: given.collect(), now: "2024-05-01T00:00:00Z".parse().unwrap() }
}

/// What SQL sees as `$name`.
fn value(question: &Question<'_>, name: &str) -> ScalarValue {
    let values = question.values();
    values.into_iter().find(|(known, _)| known == name).unwrap().1
}

fn refused(report: &str, given: &[(&str, &str)]) -> String {
    let catalog = Catalog::built_in();
    let error = catalog.get(report).unwrap().question(&asked(given), &Known).unwrap_err();
    error.to_string()
}

#[test]
fn values_have_types() {
    let catalog = Catalog::built_in();
    let given = [("queue", "Support"), ("by", "week"), ("include_abandoned", "no")];
    let question = catalog.get("service-level").unwrap().question(&asked(&given), &Known).unwrap();
    let utc = |ms| ScalarValue::TimestampMillisecond(Some(ms), Some("UTC".into()));
    assert_eq!(value(&question, "from"), utc(1_709_269_200_000));
    // March has 31 days, so the days before begin in January.
    assert_eq!(value(&question, "before"), utc(1_706_590_800_000));
    assert_eq!(value(&question, "tz"), ScalarValue::from("America/New_York"));
    assert_eq!(value(&question, "queue"), ScalarValue::Int64(Some(9)));
    assert_eq!(value(&question, "by"), ScalarValue::from("week"));
    assert_eq!(value(&question, "include_abandoned"), ScalarValue::Boolean(Some(false)));
    assert_eq!(value(&question, "threshold_s"), ScalarValue::Int64(None));
    let shown = question.shown();
    assert!(shown.contains(&("queue".to_owned(), "Support".to_owned())), "{shown:?}");
    assert!(shown.contains(&("from".to_owned(), "2024-03-01 00:00".to_owned())), "{shown:?}");
    assert!(!shown.iter().any(|(name, _)| name == "threshold_s"), "{shown:?}");
}

#[test]
fn a_number_is_read_as_it_is_dialled() {
    let catalog = Catalog::built_in();
    let given = [("number", "(650) 555-0112")];
    let question = catalog.get("caller-lookup").unwrap().question(&asked(&given), &Known).unwrap();
    assert_eq!(value(&question, "number"), ScalarValue::from("+16505550112"));
}

#[test]
fn what_is_no_value_is_refused() {
    for (report, given, said) in [
        (
            "answer-rate",
            ("by", "minute"),
            "by: 'minute' is none of hour, day, week, month, quarter, year",
        ),
        ("answer-rate", ("queue", "Sales"), "queue: no queue is called Sales"),
        ("answer-rate", ("number", "anonymous"), "number: 'anonymous' is no phone number"),
        ("agent-timeline", ("extension", "Bob"), "extension: nobody is called Bob"),
        ("abandon-analysis", ("steps", "1.5"), "steps: '1.5' is no whole number"),
        ("staffing", ("target_percent", "inf"), "target_percent: 'inf' is no number"),
        (
            "service-level",
            ("include_abandoned", "perhaps"),
            "include_abandoned: 'perhaps' is neither yes nor no",
        ),
        ("numbers", ("colour", "red"), "the report 'numbers' has no parameter 'colour'"),
    ] {
        assert_eq!(refused(report, &[given]), said);
    }
    assert!(
        refused("caller-lookup", &[])
            .starts_with("the report 'caller-lookup' needs the parameter 'number'")
    );
}

#[test]
fn a_zone_without_a_name_is_no_zone() {
    let catalog = Catalog::built_in();
    let mut nameless = asked(&[]);
    nameless.period.zone = TimeZone::fixed(jiff::tz::offset(5));
    let error = catalog.get("overview").unwrap().question(&nameless, &Known).unwrap_err();
    assert!(matches!(error, Error::Value { .. }), "{error}");
}
