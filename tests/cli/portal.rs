//! The call log as it is downloaded from the admin portal.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::support::{Place, archived};

/// The archive's calls as the portal would write them, newest first: local times without seconds, one number.
fn portal_csv(calls: &[Value]) -> String {
    let zone = TimeZone::get("America/New_York").unwrap();
    let mut csv = "\u{feff}Direction,Type,Phone Number,Name,Date,Time,Action,Action Result,\
                   Result Description,Included,Purchased,Duration\r\n"
        .to_owned();
    for call in calls {
        let start: Timestamp = call["startTime"].as_str().unwrap().parse().unwrap();
        let start = start.to_zoned(zone.clone());
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let outbound = call["direction"] == "Outbound";
        let far = if outbound { &call["to"] } else { &call["from"] };
        let number = text(&far["phoneNumber"]);
        let number = if number.is_empty() { text(&far["extensionNumber"]) } else { number };
        let seconds = call["duration"].as_i64().unwrap();
        csv += &format!(
            "{},{},{number},\"{}\",{},{},{},{},,0,0,{}:{:02}:{:02}\r\n",
            if outbound { "Outgoing" } else { "Incoming" },
            text(&call["type"]),
            text(&far["name"]).replace('"', "\"\""),
            start.strftime("%a %m/%d/%Y"),
            start.strftime("%-I:%M %p"),
            text(&call["action"]),
            text(&call["result"]),
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60,
        );
    }
    csv
}

fn ids(place: &Place, arguments: &str) -> Vec<String> {
    let calls = place.json(&format!("calls --json {arguments}"));
    let id = |call: &Value| call["id"].as_str().unwrap().to_owned();
    calls.as_array().unwrap().iter().map(id).collect()
}

#[test]
fn the_real_record_wins_whether_it_was_there_before_or_comes_later() {
    let real = archived();
    let calls = real.json("calls --json --limit 400 --deleted");
    let csv = portal_csv(calls.as_array().unwrap());
    let listed = ids(&real, "--deleted");

    // There before.
    real.write("log.csv", &csv);
    let outcome = real.output("import log.csv --tz America/New_York");
    assert_eq!(outcome, "log.csv: 400 added, 0 there already\n");
    assert_eq!(ids(&real, "--deleted"), listed);
    assert_eq!(ids(&real, "--source portal").len(), 400);
    assert_eq!(ids(&real, "--deleted --source ringcentral"), listed);
    assert_eq!(
        real.output("import log.csv --tz America/New_York"),
        "log.csv: 0 added, 400 there already\n"
    );
    let verified = real.output("verify --offline");
    assert!(
        verified.contains("what was imported from the portal is as it was taken in: 400 calls"),
        "{verified}"
    );
    assert_eq!(real.run("verify").code, Some(0));

    // Comes later: to an archive that knows half of the calls.
    let place = archived();
    place.write("log.csv", &csv);
    let newest = calls[200]["startTime"].as_str().unwrap();
    let all = place.output("export - --versions --format jsonl");
    let (later, earlier): (Vec<&str>, Vec<&str>) = all.lines().skip(1).partition(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        line["record"]["startTime"].as_str().is_some_and(|start| start > newest)
    });
    let head = all.lines().next().unwrap();
    place.write("earlier.jsonl", format!("{head}\n{}\n", earlier.join("\n")));
    place.write("later.jsonl", format!("{head}\n{}\n", later.join("\n")));
    let at = "--database half.db";
    place.output(&format!("import earlier.jsonl {at}"));
    place.output(&format!("import log.csv --tz America/New_York {at}"));
    let imported = |place: &Place| {
        ids(place, &format!("--deleted {at}")).iter().filter(|id| id.starts_with("portal-")).count()
    };
    assert_eq!(imported(&place), later.len());
    assert_eq!(ids(&place, &format!("--deleted {at}")).len(), listed.len());
    place.output(&format!("import later.jsonl {at}"));
    assert_eq!(imported(&place), 0);
    assert_eq!(ids(&place, &format!("--deleted {at}")), listed);
}

const OLD: &str = "\
Call Log of Acme\n\
Type;Phone Number;Name;Date;Time;Action;Action Result;Result Description;Duration\n\
Incoming;(650) 555-0112;\"Lee; Ann\";Fri 06/21/2019;3:04 PM;Phone Call;Accepted;;0:01:05\n\
Incoming;(650) 555-0112;\"Lee; Ann\";Fri 06/21/2019;3:04 PM;Phone Call;Accepted;;0:01:05\n\
Outgoing;+442079460018;Bob;Thu 06/21/2019;3:05 PM;VoIP Call;Call connected;;0:11:05\n\
Outgoing;+442079460018;Bob;Fri 06/21/2019;3:05 PM;VoIP Call;Call connected;;In Progress\n";

const NEW: &str = "\
Type,Direction,From,To,Extension,Forwarded To,Name,Date,Time,Action,Action Result,Duration,Site\n\
Voice,Outgoing,101 - Ann Lee,+44 20 7946 0018,101 - Ann Lee,,,06/21/2019,03:06 PM,VoIP Call,Call connected,11:05,Main\n";

#[test]
fn forms_old_and_new_are_read_and_odd_rows_kept_aside() {
    let place = archived();
    place.write("old.csv", OLD);
    place.write("new.csv", NEW);
    let refused = place.run("import old.csv");
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("have no zone"), "{refused:?}");
    let outcome = place.run("import old.csv new.csv --tz America/New_York");
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    assert!(outcome.stderr.contains("old.csv, line 5: no readable date and time"), "{outcome:?}");
    assert!(outcome.stderr.contains("old.csv, line 6: no readable duration"), "{outcome:?}");
    insta::assert_snapshot!("imported", place.output("calls --source portal --tz UTC"));
    let call = &place.json("calls --source portal --json --limit 1")[0];
    insta::assert_json_snapshot!("record", call);
    let id = call["id"].as_str().unwrap();
    let shown = place.output(&format!("show {id} --tz UTC"));
    assert!(shown.contains("imported from the portal's CSV"), "{shown}");
    assert_eq!(place.json("status --json")["accounts"][0]["imported"], 3);
    assert!(place.output("status").contains("imported  3 from the portal"));
    // Found like any other.
    assert_eq!(ids(&place, "--number +442079460018 --to 2019-12-31").len(), 1);
    assert_eq!(ids(&place, "--extension 101 --to 2019-12-31").len(), 1);
    assert!(place.output("calls --csv --to 2019-12-31").contains(",portal,"));
    // A second time changes nothing.
    let again = place.run("import old.csv new.csv --tz America/New_York --json");
    let again: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!((&again["total"]["added"], &again["total"]["known"]), (&0.into(), &3.into()));
    assert_eq!(place.json("quarantine list --json").as_array().unwrap().len(), 2);
    // Copied with the rest.
    place.output("export all.jsonl --versions");
    place.output("import all.jsonl --database again.db");
    assert_eq!(ids(&place, "--source portal --database again.db").len(), 3);
    assert_eq!(place.run("verify --offline --database again.db").code, Some(0));
}
