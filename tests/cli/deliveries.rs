//! Reports by mail and thresholds: settings, commands, and what is said of them. `scripts/delivery_test.py` has the mails.

use crate::support::{CANARY, Place, Transcript};

const SETTINGS: &str = "\
[alerts.email]
server = 'smtp://127.0.0.1:9'
from = 'callbook@example.com'

[[deliveries]]
name = 'weekly'
report = 'answer-rate'
period = 'last week'
by = 'day'
set = { short_abandon_s = 10 }
cron = '0 7 * * MON'
tz = 'America/New_York'
to = ['Ann <ann@example.com>']
attach = ['csv', 'xlsx']

[[thresholds]]
name = 'low'
report = 'answer-rate'
period = 'last 30 days'
by = 'year'
column = 'answer_rate_percent'
condition = '< 101'
at_least = { inbound = 1 }
cron = '*/15 8-18 * * MON-FRI'

[[thresholds]]
name = 'nobody'
sql = 'SELECT count(*) AS people FROM people'
column = 'people'
condition = '> 1000000'
cron = '@daily'
tz = 'UTC'
";

fn place() -> Place {
    let place = Place::new();
    let span = "--calls 300 --from 2024-01-01 --until 2024-02-01";
    place.output(&format!("sandbox fill --database {} {span}", place.archive().display()));
    place.write("callbook.toml", SETTINGS);
    place
}

#[test]
fn commands_say_what_they_do() {
    let place = place();
    let listed = place.json("deliveries list --json");
    let all = listed.as_array().unwrap().iter();
    let all: Vec<_> =
        all.map(|each| (each["name"].as_str().unwrap(), each["is_due"].as_bool())).collect();
    assert_eq!(all, [("weekly", Some(false)), ("low", Some(false)), ("nobody", Some(false))]);
    assert_eq!(place.run("deliveries run").stderr, "nothing was to be sent\n");
    assert_eq!(place.run("deliveries log").stderr, "nothing was sent yet\n");
    let mut said = String::new();
    for arguments in [
        "deliveries run nobody --dry-run",
        "deliveries run low --dry-run",
        "deliveries pause weekly",
        "deliveries pause low",
        "deliveries pause nobody",
        "deliveries list",
    ] {
        said += &format!("$ callbook {arguments}\n{}\n", place.output(arguments));
    }
    insta::assert_snapshot!(said);
    let resumed = place.output("deliveries resume weekly");
    assert!(
        resumed.starts_with("weekly goes on; next: ") && resumed.ends_with(" 07:00\n"),
        "{resumed}"
    );
    assert!(
        place.output("deliveries pause weekly --for 3d").starts_with("weekly is paused until 2")
    );
}

#[test]
fn a_dry_run_shows_the_mail() {
    let place = place();
    let mail = place.json("deliveries run weekly --dry-run --json");
    let (text, html) = (mail["text"].as_str().unwrap(), mail["html"].as_str().unwrap());
    assert!(text.starts_with("Answer rate\nHow many of the calls"), "{text}");
    assert!(html.contains("short_abandon_s</span>&nbsp;10"), "{html}");
    let names: Vec<_> = mail["attachments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["name"].as_str().unwrap())
        .collect();
    assert!(
        names.len() == 2 && names[0].starts_with("answer-rate-2") && names[0].ends_with(".csv"),
        "{names:?}"
    );
    assert_eq!(
        place.output("deliveries run weekly --dry-run").lines().next(),
        Some("To: Ann <ann@example.com>")
    );
    assert_eq!(place.run("deliveries log").stderr, "nothing was sent yet\n");
}

#[test]
fn a_server_that_is_not_there_is_logged_without_its_password() {
    let place = place();
    let settings =
        SETTINGS.replace("smtp://127.0.0.1:9", &format!("smtp://ann:{CANARY}@127.0.0.1:9"));
    place.write("callbook.toml", settings);
    let outcome = place.run("deliveries run weekly");
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    assert!(
        outcome.stdout.starts_with("warning: weekly: sent to nobody: Ann <ann@example.com>: "),
        "{outcome:?}"
    );
    let log = place.json("deliveries log weekly --json");
    assert_eq!((log[0]["outcome"].as_str(), log[0]["tries"].as_u64()), (Some("failed"), Some(1)));
    for text in [outcome.stdout, outcome.stderr, log.to_string()] {
        assert!(!text.contains(CANARY), "{text}");
    }
}

#[test]
fn settings_that_cannot_be() {
    let mut transcript = Transcript::new();
    let delivery = |line: &str| {
        let (key, _) = line.split_once(" =").unwrap();
        let usual = [
            "name = 'a'",
            "report = 'answer-rate'",
            "cron = '0 7 * * MON'",
            "to = ['a@example.com']",
        ];
        let usual = usual.into_iter().filter(|each| each.split_once(" =").unwrap().0 != key);
        let lines: Vec<_> = std::iter::once(line).chain(usual).collect();
        format!("[[deliveries]]\n{}\n", lines.join("\n"))
    };
    let threshold = "[[thresholds]]\nname = 'b'\ncron = '@daily'\ncolumn = 'c'\n";
    for content in [
        delivery("cron = '0 7 * * MOO'"),
        delivery("cron = '0 7 30 2 *'"),
        delivery("tz = 'Moon/Crater'"),
        delivery("period = 'next week'"),
        delivery("to = ['ann']"),
        delivery("to = ['a@example.com\\r\\nBcc: eve']").replace('\'', "\""),
        delivery("to = []"),
        delivery("attach = ['docx']"),
        delivery("name = 'a b'"),
        delivery("when = 'often'"),
        delivery("set = { queue = [1] }"),
        delivery("name = 'a'") + &delivery("name = 'a'"),
        format!("{threshold}condition = 'low'\nreport = 'numbers'"),
        format!("{threshold}condition = '< 1'"),
        format!("{threshold}condition = '< 1'\nreport = 'numbers'\nchannels = ['phone']"),
        format!("{threshold}condition = '< 1'\nreport = 'numbers'\npause = 'long'"),
    ] {
        let place = Place::new();
        place.write("callbook.toml", &content);
        transcript.refused_case(&place, &content.replace('\n', " ⏎ "), "deliveries list", 2);
    }
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn what_is_asked_in_vain() {
    let place = place();
    let settings = SETTINGS
        .replace("'answer_rate_percent'", "'answer_rate'")
        .replace("report = 'answer-rate'\nperiod = 'last week'", "report = 'answers'");
    place.write("callbook.toml", settings);
    let mut transcript = Transcript::new();
    transcript.refused(&place, "deliveries run monthly", 2);
    transcript.refused(&place, "deliveries run weekly --dry-run", 2);
    transcript.refused(&place, "deliveries run low --dry-run", 1);
    transcript.refused(&place, "deliveries run low", 2);
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn doctor_knows_what_cannot_be_asked() {
    let place = place();
    let offline = |settings: &str| {
        place.write("callbook.toml", settings);
        place.run("doctor --offline").stdout
    };
    let said = offline(SETTINGS);
    assert!(said.contains("1 report by mail, 2 thresholds"), "{said}");
    for (settings, wrong) in [
        (SETTINGS.replace("by = 'day'", "by = 'fortnight'"), "weekly: by: 'fortnight' is none of"),
        (SETTINGS.replace("short_abandon_s = 10", "queue = 'Nope'"), "weekly: queue:"),
        (
            SETTINGS.replace(
                "report = 'answer-rate'\nperiod = 'last 30",
                "report = 'nope'\nperiod = 'last 30",
            ),
            "low:",
        ),
    ] {
        let said = offline(&settings);
        assert!(said.contains(wrong) && !said.contains("1 report by mail"), "{said}");
    }
}
