//! Reports, and questions in SQL.

use std::fs::File;
use std::process::Stdio;

use callbook_store::{Location, Open, Store};
use serde_json::Value;

use crate::support::{Place, RUNTIME, wait_until};

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
fn a_report_waits_for_whoever_brings_the_tables_up_to_date() {
    let place = place();
    place.output("lake update");
    let archive = Location::Sqlite(place.archive());
    let store = RUNTIME.block_on(Store::open(&archive, Open::Existing)).unwrap();
    let account = RUNTIME.block_on(store.accounts()).unwrap().remove(0);
    let lock = RUNTIME.block_on(store.lock_lake(account.key)).unwrap();
    // With another day off the tables are not those of today.
    place.write("callbook.toml", "[lake]\nholidays = ['2024-07-04']\n");
    let said = || std::fs::read_to_string(place.path("stderr")).unwrap();
    let mut report = place.callbook(&format!("report after-hours {YEAR}"));
    let stderr = File::create(place.path("stderr")).unwrap();
    let mut report = report.stdout(Stdio::null()).stderr(stderr).spawn().unwrap();
    wait_until("for the tables", || said().contains("waiting for process"));
    assert!(report.try_wait().unwrap().is_none());
    drop(lock);
    assert!(report.wait().unwrap().success(), "{}", said());
}

#[test]
fn an_answer_says_that_there_may_be_more() {
    let place = place();
    let cut = place.run(&format!("report call-history {YEAR} --set limit=5 --output five.csv"));
    assert!(cut.stderr.contains("it ends after 5 rows"), "{}", cut.stderr);
    let all = place.run(&format!("report call-history {YEAR} --set limit=10000 --format csv"));
    assert!(all.stdout.lines().count() > 1000, "{}", all.stdout.lines().count());
    assert!(!all.stderr.contains("it ends after"), "{}", all.stderr);
}

#[test]
fn nothing_is_no_calls() {
    let rows = place().json("report overview --from 2020-01-01 --to 2020-01-31 --tz UTC --json");
    assert_eq!((&rows[0]["calls"], &rows[0]["answered"]), (&0.into(), &0.into()), "{rows}");
    assert_eq!(rows[0]["answer_rate_percent"], Value::Null);
}

#[test]
fn answers_go_where_links_and_pipes_lead() {
    let place = place();
    place.write("real.csv", "before");
    std::os::unix::fs::symlink(place.path("real.csv"), place.path("link.csv")).unwrap();
    place.write("q.sql", "SELECT 1 AS one");
    place.output("sql --file q.sql --output link.csv");
    assert!(place.path("link.csv").is_symlink());
    assert_eq!(std::fs::read_to_string(place.path("real.csv")).unwrap(), "one\r\n1\r\n");

    let pipe = place.path("pipe.csv");
    assert!(place.command("mkfifo").arg(&pipe).status().unwrap().success());
    let reading = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read_to_string(pipe).unwrap()
    });
    place.output("sql --file q.sql --output pipe.csv");
    assert_eq!(reading.join().unwrap(), "one\r\n1\r\n");
    assert!(!pipe.symlink_metadata().unwrap().is_file());
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

/// The directory's names are those of whoever was there at the time, for ever if nothing else is known.
#[test]
fn calls_have_the_names_of_their_day() {
    let place = place();
    place.write(
        "q.sql",
        "SELECT count(*) AS calls, count(people.name) AS named FROM interactions
         JOIN people ON people.extension = answered_by AND valid_from <= started AND started < valid_to",
    );
    let rows = place.json("sql --file q.sql --json");
    assert!(rows[0]["calls"].as_i64() > Some(100), "{rows}");
    assert_eq!(rows[0]["calls"], rows[0]["named"]);
}

#[test]
fn people_see_what_they_may() {
    let place = place();
    let count = |of: &str| {
        place.write("q.sql", "SELECT count(*) AS calls FROM interactions");
        let rows = place.json(&format!("sql --file q.sql --json {of}"));
        rows[0]["calls"].as_i64().unwrap()
    };
    let lines = |of: &str| {
        let rows = place.json(&format!("report agent-scorecard {YEAR} --json {of}"));
        let numbers =
            rows.as_array().unwrap().iter().filter(|row| row["offers"].as_i64() > Some(0));
        let mut numbers: Vec<_> =
            numbers.map(|row| row["number"].as_str().unwrap().to_owned()).collect();
        numbers.sort();
        numbers
    };
    let (all, own) = (count(""), count("--as 102"));
    assert!(0 < own && own < all, "{own} of {all}");
    // The first one is an administrator.
    assert_eq!(count("--as 101"), all);
    assert_eq!(lines("--as 102"), ["102"]);

    let people = place.json("directory list people --json");
    let people = people.as_array().unwrap();
    let site = |number: &str| {
        let entry = people.iter().find(|entry| entry["number"] == number).unwrap();
        entry["site_id"].as_str().unwrap().to_owned()
    };
    place.write(
        "callbook.toml",
        format!("[[access]]\nperson = '102'\nsites = ['{}']\n", site("102")),
    );
    let seen = lines("--as 102");
    assert!(seen.iter().all(|number| site(number) == site("102")), "{seen:?}");
    assert!(seen.len() > 1, "{seen:?}");
    assert_eq!(lines("--as 103"), ["103"]);

    for (name, settings, person) in [
        ("nobody", "", "999"),
        ("queue", "", "Support"),
        ("department", "[[access]]\nperson = '102'\ndepartments = ['None such']", "102"),
        ("rule_queue", "[[access]]\nperson = '102'\nqueues = ['None such']", "102"),
        ("rule", "[[access]]\nperson = '102'\nteams = ['None such']", "102"),
    ] {
        place.write("callbook.toml", settings);
        let outcome = place.run(&format!("report numbers --as {person}"));
        let text = format!("{:?}\n{}", outcome.code, outcome.stderr);
        insta::assert_snapshot!(format!("report_as_{name}"), text);
    }
}

#[test]
fn own_reports_join_in_and_bad_ones_are_named() {
    let place = place();
    std::fs::create_dir(place.path("reports")).unwrap();
    let head = "/*\ntitle = \"Own\"\nquestion = \"Mine?\"\n*/\n";
    // As an editor on Windows writes it.
    place.write("reports/mine.sql", format!("\u{feff}{head}SELECT 'mine' AS whose\n"));
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
        ("range", "report staffing --set target_percent=500"),
        ("large", "report answer-rate --set short_abandon_s=9223372036854775807"),
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
