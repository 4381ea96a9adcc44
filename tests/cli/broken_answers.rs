//! Answers that are bad once, or in part: the sync goes on.

use serde_json::json;
use wiremock::ResponseTemplate;

use crate::support::{Upstream, ok, page, record};

/// A page that ends in the middle.
fn cut_short() -> ResponseTemplate {
    let body = r#"{"records":[{"id":"a","startTime":"2024-01-31T12:59:00.000Z"},{"id":"#;
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

#[test]
fn a_bad_answer_is_asked_for_again() {
    let unavailable = || ResponseTemplate::new(503).set_body_string("busy");
    let throttled = || ResponseTemplate::new(429).insert_header("retry-after", "1");
    for (case, answer, refused) in
        [("cut short", cut_short(), 0), ("503", unavailable(), 0), ("429", throttled(), 1)]
    {
        let pages =
            [page(&[record("a", 0)], true), answer, page(&[record("a", 0), record("b", 1)], false)];
        let upstream = Upstream::new().call_log(pages);
        let place = upstream.place();
        let summary = place.json("sync --json");
        assert_eq!(summary["inserted"], 2, "{case}");
        assert_eq!(summary["refused"], refused, "{case}");
        assert_eq!(upstream.asked_for_calls(), 3, "{case}");
        assert_eq!(place.json("calls --json").as_array().unwrap().len(), 2, "{case}");
    }
}

#[test]
fn records_that_cannot_be_read_are_kept_aside_and_the_rest_is_archived() {
    let odd = [
        json!({ "startTime": "2024-01-31T12:00:00.000Z", "result": "No id" }),
        json!({ "id": "no-start" }),
        json!({ "id": "odd-start", "startTime": "this morning" }),
        json!("a string"),
        json!(7),
        json!(null),
    ];
    let mut records = vec![record("first", 0)];
    records.extend(odd.clone());
    records.push(record("last", 1));
    let upstream = Upstream::new().call_log([page(&records, false)]);
    let place = upstream.place();
    let outcome = place.run("sync --json");
    let summary: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert_eq!(summary["records"], 8);
    assert_eq!((&summary["inserted"], &summary["quarantined"]), (&2.into(), &6.into()));
    assert_eq!(outcome.stderr.matches("kept in quarantine").count(), odd.len());

    // They are counted once, however often they come.
    let again = place.json("sync --json");
    assert_eq!((&again["inserted"], &again["quarantined"]), (&0.into(), &0.into()));
    assert_eq!(place.json("status --json")["accounts"][0]["quarantined"], 6);
    assert!(place.output("status").contains("6 unreadable in quarantine"));
    let report = place.json("verify --json");
    assert_eq!((&report["complete"], &report["unreadable"]), (&true.into(), &6.into()));
    assert!(place.output("verify").contains("6 records upstream cannot be read\n"));
}

#[test]
fn what_may_be_missing_is_not_missed() {
    let odd = json!({
        "id": 42, "startTime": "2024-01-31T12:00:00+01:00", "duration": "long", "legs": {},
        "from": "Ann", "to": null, "result": ["?"], "direction": 1
    });
    let upstream = Upstream::new().call_log([ok(&json!({ "records": [&odd] }))]);
    let place = upstream.place();
    place.output("sync");
    let table = place.output("calls");
    assert!(table.contains("2024-01-31 11:00 "), "{table}");
    assert!(place.output("show 42").contains("no legs were recorded"));
    assert_eq!(place.output("calls --csv").lines().count(), 2);
    assert_eq!(place.json("show 42 --json"), odd);
}

#[test]
fn a_call_that_was_edited_and_one_that_was_deleted() {
    let before = page(&[record("edited", 0), record("deleted", 1)], false);
    let mut records = [record("edited", 0), record("deleted", 1)];
    records[0]["result"] = "Missed".into();
    records[1]["deleted"] = true.into();
    let upstream = Upstream::new().call_log([before, page(&records, false)]);
    let place = upstream.place();
    assert_eq!(place.json("sync --json")["inserted"], 2);
    let summary = place.json("sync --json");
    assert_eq!((&summary["updated"], &summary["deleted"]), (&1.into(), &1.into()));
    assert_eq!(place.json("calls --json"), json!([records[0]]));
    assert_eq!(place.json("calls --json --deleted"), json!(records));
    assert!(place.output("show deleted").contains("deleted upstream; kept here"));
}
