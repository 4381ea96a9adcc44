//! Reports, and questions in SQL.

use serde_json::Value;

use crate::support::Place;

const YEAR: &str = "--from 2024-01-01 --to 2024-12-31 --tz America/New_York";

/// With an archive of a year.
fn place() -> Place {
    let place = Place::new();
    let archive = place.archive();
    let span = "--calls 1500 --from 2024-01-01 --until 2025-01-01";
    place.output(&format!("sandbox fill --database {} {span}", archive.display()));
    place
}

fn sum(rows: &Value, column: &str) -> i64 {
    rows.as_array().unwrap().iter().map(|row| row[column].as_i64().unwrap()).sum()
}

#[test]
fn a_report_is_listed_explained_and_answered() {
    let place = place();
    insta::assert_snapshot!("report_list", place.output("report"));
    insta::assert_snapshot!("report_explain", place.output("report heat-map --explain"));
    insta::assert_snapshot!(
        "report_months",
        place.output(&format!("report answer-rate {YEAR} --by month"))
    );
    let months = place.json(&format!("report answer-rate {YEAR} --by month --json"));
    let all = &months.as_array().unwrap()[12];
    assert_eq!(
        (all["period"].clone(), all["inbound"].as_i64()),
        (Value::Null, Some(sum(&months, "inbound") / 2))
    );
    let inbound = "kind = 'voice' AND direction = 'inbound' AND origin = 'external' \
                   AND started >= '2024-01-01T05:00:00Z' AND started < '2025-01-01T05:00:00Z'";
    place.write("q.sql", format!("SELECT count(*) AS calls FROM interactions WHERE {inbound}"));
    let counted = place.json("sql --file q.sql --json");
    assert_eq!(counted[0]["calls"], all["inbound"]);
}

#[test]
fn every_report_answers_in_the_end() {
    let place = place();
    let reports = place.json("report --json");
    let names = reports.as_array().unwrap().iter().map(|report| report["name"].as_str().unwrap());
    for name in names {
        let given = match name {
            "caller-lookup" => "--set number=+16505550112",
            "agent-timeline" => "--set extension=102",
            "call-path" => "--set session=none",
            _ => "",
        };
        let rows = place.json(&format!("report {name} {YEAR} {given} --json"));
        let few = ["caller-lookup", "call-path"].contains(&name);
        assert!(few || !rows.as_array().unwrap().is_empty(), "{name}");
    }
}

#[test]
fn own_reports_join_in_and_bad_ones_are_named() {
    let place = place();
    std::fs::create_dir(place.path("reports")).unwrap();
    let head = "/*\ntitle = \"Own\"\nquestion = \"Mine?\"\n*/\n";
    place.write("reports/mine.sql", format!("{head}SELECT 'mine' AS whose\n"));
    place.write("reports/numbers.sql", format!("{head}SELECT 'mine, too' AS whose\n"));
    place.write("reports/bad.sql", format!("{head}SELECT count(* FROM people\n"));
    let listed = place.run("report");
    assert_eq!(listed.code, Some(3));
    assert!(listed.stderr.contains("reports/bad.sql:5: "), "{}", listed.stderr);
    assert!(listed.stderr.contains("in the place of the report 'numbers'"), "{}", listed.stderr);
    assert_eq!(place.output("report mine"), "WHOSE\nmine\n");
    assert_eq!(place.output("report numbers"), "WHOSE\nmine, too\n");
}

#[test]
fn what_is_asked_in_vain() {
    let place = place();
    for (name, arguments) in [
        ("unknown", "report answer-rates"),
        ("no_parameter", "report numbers --by day"),
        ("missing", "report caller-lookup"),
        ("queue", "report answer-rate --set queue=Nobody"),
        ("empty", "report numbers --from 2024-02-01 --to 2024-01-01"),
        ("form", "report numbers --output numbers.txt"),
        ("no_chart", "report data-quality --format svg"),
        ("no_column", "sql SELECT+nope+FROM+queues"),
        ("no_table", "sql SELECT+1+FROM+nope"),
        ("writes", "sql DROP+TABLE+queues"),
        ("elsewhere", "sql SELECT+*+FROM+'/etc/passwd'"),
    ] {
        let mut command = place.callbook("");
        command.args(arguments.split(' ').map(|argument| argument.replace('+', " ")));
        let outcome = command.output().unwrap();
        let text =
            format!("{:?}\n{}", outcome.status.code(), String::from_utf8_lossy(&outcome.stderr));
        insta::assert_snapshot!(format!("report_error_{name}"), text);
    }
}
