//! Output that people, pipes and spreadsheets can live with.

use std::fs::File;
use std::io::Read as _;
use std::process::Stdio;

use serde_json::json;

use crate::support::{Place, Upstream, archived, company, ok, page, record};

const PRINTERS: [&str; 8] = [
    "calls --limit 0",
    "calls --csv",
    "calls --json",
    "export - --format jsonl",
    "export - --format jsonl --versions",
    "status",
    "status --json",
    "verify",
];

/// `callbook calls | head -1`: whoever has read enough is no reason for an error.
#[test]
fn a_reader_that_leaves_early() {
    let place = archived();
    for arguments in PRINTERS.into_iter().chain(["demo --calls 500"]) {
        let mut command = place.callbook(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments}: {stderr}");
        assert!(!stderr.contains("panicked") && !stderr.contains("error"), "{arguments}: {stderr}");
    }
}

#[test]
fn a_reader_of_errors_that_leaves_early() {
    let place = archived();
    for (arguments, code) in [("calls", 0), ("calls --tz Nowhere", 2)] {
        let mut command = place.callbook(arguments);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stderr.take());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{arguments}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written() {
    let place = archived();
    for arguments in PRINTERS {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = place.callbook(arguments).stdout(full).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments}: {stderr}");
        let expected = "error: cannot write the output: No space left on device (os error 28)\n";
        assert_eq!(stderr, expected, "{arguments}");
    }
}

/// Callers choose their names.
#[test]
fn names_that_try_something() {
    let call = json!({
        "id": "1", "startTime": "2024-01-31T12:00:00.000Z", "direction": "Inbound",
        "from": { "name": "\u{1b}]0;owned\u{7}\u{1b}[2J\nEve", "phoneNumber": "+16505550112" },
        "to": { "name": "=HYPERLINK(\"http://example.com\")" }, "result": "Missed\u{9b}1A",
        "legs": [{ "startTime": "2024-01-31T12:00:00.000Z", "to": { "name": "\r\u{8}Eve" } }]
    });
    let upstream = Upstream::new().call_log([ok(&json!({ "records": [call] }))]);
    let place = upstream.place();
    place.output("sync");
    for (arguments, lines) in [("calls", 2), ("show 1", 6)] {
        let text = place.output(arguments);
        assert!(text.contains("Eve"), "{text}");
        assert!(!text.chars().any(|each| each.is_control() && each != '\n'), "{text:?}");
        assert_eq!(text.lines().count(), lines, "{text}");
    }
    let csv = place.output("calls --csv");
    assert!(csv.contains(r#""'=HYPERLINK(""http://example.com"")""#), "{csv}");
    assert_eq!(place.json("show 1 --json"), call);
}

/// An id is RingCentral's, but a spreadsheet would not know.
#[test]
fn ids_stay_as_they_are_unless_they_are_formulas() {
    let records = [record("=1+1", 0), record("-AbC1", 1), record("AbC1", 2)];
    let place = Upstream::new().call_log([page(&records, false)]).place();
    place.output("sync");
    let csv = place.output("calls --csv");
    let mut csv = csv::Reader::from_reader(csv.as_bytes());
    let ids: Vec<_> = csv.records().map(|row| row.unwrap()[0].to_owned()).collect();
    assert_eq!(ids, ["'=1+1", "-AbC1", "AbC1"]);
}

#[test]
fn logs_that_go_to_a_file_are_plain_text() {
    let place = archived().with("CALLBOOK_LOG", "debug").with("NO_COLOR", "");
    let outcome = place.run("sync");
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert!(outcome.stderr.contains("DEBUG"), "{outcome:?}");
    assert!(!outcome.stderr.contains('\u{1b}'), "{outcome:?}");
}

#[test]
fn nothing_found_is_said_and_is_no_failure() {
    let place = archived();
    let nothing = "calls --from 2001-01-01 --to 2001-01-02";
    let table = place.run(nothing);
    assert_eq!((table.code, table.stdout.as_str()), (Some(0), ""));
    assert_eq!(table.stderr, "no calls found\n");
    assert_eq!(place.output(&format!("{nothing} --json")), "[]\n");
    assert_eq!(place.output(&format!("{nothing} --csv")).lines().count(), 1);
}

#[test]
fn a_table_is_cut_and_says_so() {
    let place = archived();
    let table = place.run("calls");
    assert_eq!(table.stdout.lines().count(), 51);
    assert_eq!(table.stderr, "the newest 50 of more; --limit 0 shows all\n");
    let all = place.run("calls --limit 0");
    assert_eq!(all.stdout.lines().count(), company().calls().len() + 1);
    assert_eq!(all.stderr, "");
}

#[test]
fn an_account_without_calls() {
    let upstream = Upstream::new().call_log([ok(&json!({ "records": [] }))]);
    let place: Place = upstream.place();
    assert!(place.output("sync").starts_with("0 records in 11 requests, "));
    assert!(place.output("verify").starts_with("upstream has no calls of this time\n"));
    assert_eq!(place.output("calls --json"), "[]\n");
    assert!(place.json("status --json")["accounts"][0]["first_call"].is_null());
}
