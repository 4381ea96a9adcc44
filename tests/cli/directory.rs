//! People, queues and hours, with dates.

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::support::{Place, Upstream, ok, page, wait_until};

const USING: &str = "--env-file rc.env";

/// The rows of a table, without its header.
fn rows(text: &str) -> Vec<&str> {
    text.lines().skip(1).collect()
}

/// The first `count` calls that went to a queue, as (id, queue); the newest first.
fn queued(place: &Place) -> Vec<(String, String)> {
    let csv = place.output("export - --format csv");
    let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let mut lines = csv.lines();
    let queue = cells(lines.next().unwrap()).iter().position(|name| name == "queue").unwrap();
    let calls = lines.map(cells).map(|cells| (cells[0].clone(), cells[queue].clone()));
    calls.filter(|(_, queue)| !queue.is_empty()).collect()
}

#[test]
fn last_months_names_stay_last_months() {
    let place = Place::new();
    let mut sandbox = place.start("sandbox --port 0 --calls 600 --heavy off --env-file rc.env");
    wait_until("the env file", || place.path("rc.env").exists() || sandbox.is_over());
    place.output(&format!("sync {USING}"));
    let before = queued(&place);
    let people = place.output("directory list");
    let who = rows(&people)[1].split_whitespace().next().unwrap();
    let queues = place.json("directory list queues --json");
    let queues: Vec<&Value> = queues.as_array().unwrap().iter().collect();
    for queue in &queues {
        let (number, name) = (queue["number"].as_str().unwrap(), queue["name"].as_str().unwrap());
        place.output(&format!("sandbox directory rename {number} New-{name} {USING}"));
    }
    place.output(&format!("sandbox directory rename {who} Ann-Other {USING}"));
    place.output(&format!("sandbox directory hours 08:00-16:30 {USING}"));
    place.output(&format!("sandbox directory add Zoe {USING}"));
    // Nothing is known of it before the lists are read again, a day after the first time.
    place.output(&format!("sandbox clock --advance 1h {USING}"));
    place.output(&format!("sync {USING}"));
    assert_eq!(place.output("directory history"), "");
    place.output(&format!("sandbox clock --advance 1d {USING}"));
    let summary = place.json(&format!("sync --json {USING}"));
    assert!(summary["directory"].as_u64().unwrap() > 2 * queues.len() as u64, "{summary}");
    place.output(&format!("sandbox call queue-answered {USING}"));
    place.output(&format!("sandbox clock --advance 1h {USING}"));
    place.output(&format!("sync {USING}"));

    let after = queued(&place);
    assert_eq!(after[1..], before[..]);
    let (id, queue) = &after[0];
    assert!(queue.starts_with("New-"), "{queue}");
    assert!(place.output(&format!("show {id}")).contains(queue), "{queue}");
    let (id, queue) = &before[0];
    let shown = place.output(&format!("show {id}"));
    assert!(shown.contains(queue) && !shown.contains("New-"), "{shown}");

    let history = place.output("directory history");
    let line = |part: &str| history.lines().find(|line| line.contains(part)).unwrap().to_owned();
    assert!(line("→ \"Ann-Other\"").contains(who), "{history}");
    assert!(line("Zoe").ends_with("  new"), "{history}");
    let hours = place.output("directory history hours");
    assert!(hours.ends_with("Mon–Fri 09:00–18:00 → Mon–Fri 08:00–16:30\n"), "{hours}");
    assert!(place.output("directory list people").contains("Ann-Other"));
    let today = place.output(&format!("sandbox clock {USING}"));
    let first: jiff::Timestamp = today.trim().parse().unwrap();
    let first = first - jiff::SignedDuration::from_hours(26);
    let then = place.output(&format!("directory list people --at {first:.0}"));
    assert_eq!(then, people, "as it was at the first look");
    let one = place.json(&format!("directory history people {who} --json"));
    let names: Vec<&Value> = one.as_array().unwrap().iter().map(|fact| &fact["name"]).collect();
    assert!(names.contains(&&"Ann-Other".into()), "{one}");
    sandbox.signal("INT");
    assert_eq!(sandbox.outcome().code, Some(0));
}

#[test]
fn what_may_not_be_read_is_named() {
    let denied = json!({ "errorCode": "InsufficientPermissions", "message": "no",
        "permissionName": "ReadCompanyPhoneNumbers" });
    let denied = ResponseTemplate::new(403).set_body_json(denied);
    let queues = ok(&json!({ "records": [] }));
    let upstream = Upstream::new().call_log([page(&[], false)]);
    let upstream = upstream.directory("/phone-number", denied).directory("/call-queues", queues);
    let upstream = upstream.directory("/sites", ResponseTemplate::new(400));
    let place = upstream.place();
    place.output("sync");
    let status = place.output("status");
    for line in [
        "\ndirectory phone numbers cannot be read: the permission ReadCompanyPhoneNumbers is missing\n",
        "\ndirectory business hours cannot be read: ",
        "\ndirectory sites could not be read; tried again within an hour\n",
    ] {
        assert!(status.contains(line), "{line}: {status}");
    }
    let json = place.json("status --json");
    let refused = json["accounts"][0]["directory_refused"].as_object().unwrap();
    assert_eq!(refused.keys().collect::<Vec<_>>(), ["company_hours", "numbers"], "{json}");
    assert_eq!(rows(&place.output("directory list")).len(), 1);
}

#[test]
fn what_is_listed_is_what_the_company_has() {
    let place = crate::support::archived();
    let count = |topic: &str| rows(&place.output(&format!("directory list {topic}"))).len();
    assert_eq!([count("people"), count("queues"), count("sites")], [12, 3, 5]);
    let hours = place.output("directory list hours");
    assert!(hours.contains("the company (America/New_York)  Mon–Fri 09:00–18:00"), "{hours}");
    let numbers = place.output("directory list numbers");
    let main = rows(&numbers)[0];
    assert!(main.contains("MainCompanyNumber") && main.contains("Main Menu"), "{numbers}");
    let one = place.json("directory list people --json");
    assert_eq!((&one[0]["number"], &one[0]["valid_to"]), (&"101".into(), &Value::Null));
    assert_eq!(one[0]["entry"]["extensionNumber"], "101");
    for (arguments, message) in [
        ("directory list --at yesterday", "error: 'yesterday' is no date\n"),
        ("directory list --account 7", "error: the archive holds no account 7"),
    ] {
        let outcome = place.run(arguments);
        assert_eq!(outcome.code, Some(2), "{outcome:?}");
        assert!(outcome.stderr.starts_with(message), "{outcome:?}");
    }
}
