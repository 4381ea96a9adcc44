//! Archives that are not there, are not ours, or cannot be used; and what they have not got.

use std::collections::BTreeSet;

use callbook_sandbox::Plan;
use serde_json::Value;

use crate::support::{Company, Outcome, Transcript, archived, company, number, sql};

/// The commands that need an archive.
const READERS: [&str; 4] = ["calls", "show some-call", "status", "verify"];

#[test]
fn none_there() {
    let place = company().place();
    let mut transcript = Transcript::new();
    for command in READERS {
        transcript.refused(&place, command, 10);
    }
    assert_eq!(place.files(), []);
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn places_that_no_archive_can_be_at() {
    let place = company().place();
    std::fs::create_dir(place.path("folder")).unwrap();
    let mut transcript = Transcript::new();
    for (database, code) in [
        ("mysql://user:CANARY@db.example.com/calls", 2),
        ("postgres://user:CANARY/@db.example.com/calls", 2),
        ("sqlite://", 2),
        ("folder/", 2),
        ("folder", 1),
        ("missing/callbook.db", 1),
    ] {
        // The argument itself is in the transcript; the answer must not repeat the password.
        let outcome = place.run(&format!("sync --database {database}"));
        let outcome = Outcome { arguments: outcome.arguments.replace("CANARY", "…"), ..outcome };
        transcript.note("", &outcome, code);
    }
    assert_eq!(place.files(), []);
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn files_that_are_something_else() {
    let place = company().place();
    place.write("notes.txt", "Call Ann back.\n");
    place.write("empty.db", "");
    sql(&place.path("other.db"), "CREATE TABLE song (title TEXT); PRAGMA user_version = 1");
    let mut transcript = Transcript::new();
    for arguments in [
        "sync --database notes.txt",
        "status --database notes.txt",
        "sync --database other.db",
        "calls --database other.db",
        "calls --database empty.db",
    ] {
        transcript.refused(&place, arguments, 10);
    }
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn an_empty_file_becomes_an_archive() {
    let place = company().place();
    place.write("callbook.db", "");
    place.output("sync");
}

#[test]
fn a_newer_archive() {
    let place = archived();
    sql(&place.archive(), "PRAGMA user_version = 99");
    let mut transcript = Transcript::new();
    for command in ["sync", "calls", "show some-call", "status", "verify"] {
        transcript.refused(&place, command, 1);
    }
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn a_damaged_archive() {
    let place = archived();
    let whole = std::fs::read(place.archive()).unwrap();
    let mut transcript = Transcript::new();
    place.write("callbook.db", &whole[..whole.len() / 2]);
    for command in ["status", "calls --csv"] {
        let outcome = place.run(command);
        let outcome = Outcome { stdout: String::new(), ..outcome };
        transcript.note("cut in half", &outcome, 1);
    }
    insta::assert_snapshot!(transcript.text());
}

/// One record is no reason to keep the others back.
#[test]
fn a_damaged_record() {
    let place = archived();
    let calls = company().calls();
    let id = calls[1]["id"].as_str().unwrap();
    sql(
        &place.archive(),
        &format!(
            "UPDATE version SET simple = x'00' WHERE version = (
             SELECT version FROM call WHERE id = '{id}')"
        ),
    );
    let damaged = format!("the archived record {id} is damaged: restore a copy of the archive\n");
    let ids = |calls: &[Value]| -> BTreeSet<String> {
        calls.iter().map(|call| call["id"].as_str().unwrap().to_owned()).collect()
    };
    let mut expected = ids(&calls);
    expected.remove(id);
    let json = place.run("calls --json");
    assert_eq!((json.code, &json.stderr), (Some(3), &damaged));
    assert_eq!(ids(&serde_json::from_str::<Vec<Value>>(&json.stdout).unwrap()), expected);
    for arguments in ["calls --csv", "calls --limit 0"] {
        let outcome = place.run(arguments);
        assert_eq!((outcome.code, &outcome.stderr), (Some(3), &damaged), "{arguments}");
        assert_eq!(outcome.stdout.lines().count(), expected.len() + 1, "{arguments}");
        assert!(!outcome.stdout.contains(id), "{arguments}");
    }
    let mut transcript = Transcript::new().replacing(id, "ID");
    transcript.refused(&place, &format!("show {id}"), 1);
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn busy_for_too_long() {
    let place = archived();
    let other = rusqlite::Connection::open(place.archive()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; DELETE FROM sync_run").unwrap();
    let mut transcript = Transcript::new();
    // Nothing in this process may so much as look at the file: that would end the lock.
    transcript.note("", &place.run("sync"), 1);
    insta::assert_snapshot!(transcript.text());
    // Readers need not wait for a writer.
    place.output("status");
}

#[test]
fn what_the_archive_has_not_got() {
    let place = archived();
    let mut transcript = Transcript::new();
    for arguments in [
        "show no-such-call",
        "show -no-such-call",
        "calls --extension 999",
        "calls --queue Chess-club",
        "calls --queue 101",
        "calls --number nobody",
        "calls --account 5",
    ] {
        transcript.refused(&place, arguments, 2);
    }
    let account = place.json("status --json")["accounts"][0]["account_id"].to_string();
    insta::assert_snapshot!(transcript.replacing(&account, "ACCOUNT").text());
}

#[test]
fn an_archive_without_an_account() {
    let place = Company::place_of(company(), "not-a-jwt");
    place.write("acme.env", company().env_file());
    place.output("account add acme --credentials acme.env");
    let mut transcript = Transcript::new();
    for arguments in ["calls", "calls --account 5", "show some-call"] {
        transcript.refused(&place, arguments, 2);
    }
    assert!(place.output("status").contains("nothing synced yet"));
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn an_archive_of_two_accounts() {
    let other = Company::serve(2, 50, Plan::Off);
    let place = archived();
    let second = other.place();
    std::fs::copy(place.archive(), second.archive()).unwrap();
    second.output("sync");
    assert_eq!(number(&second.archive(), "SELECT count(*) FROM account"), Some(2));
    let status = second.json("status --json");
    let ids: Vec<_> = (0..2).map(|n| status["accounts"][n]["account_id"].to_string()).collect();
    let mut transcript = Transcript::new().replacing(&ids[0], "FIRST").replacing(&ids[1], "SECOND");
    transcript.refused(&second, "calls", 2);
    transcript.refused(&second, "verify", 2);
    // Signed in to the second account: the first one cannot be compared with that.
    transcript.refused(&second, &format!("verify --account {}", ids[0]), 2);
    let calls = second.json(&format!("calls --json --account {}", ids[1]));
    assert_eq!(calls.as_array().unwrap().len(), other.calls().len());
    second.output(&format!("verify --account {}", ids[1]));
    insta::assert_snapshot!(transcript.text());
}

#[test]
fn a_span_that_was_never_synced() {
    let place = company().place();
    place.output("sync --since 2024-03-01");
    let status = place.json("status --json");
    let synced = &status["accounts"][0]["last_sync"]["started"];
    let day = synced.as_str().unwrap().split('T').next().unwrap();
    let mut transcript = Transcript::new().replacing(day, "TODAY");
    transcript.refused(&place, "verify --to 2024-01-31", 2);
    insta::assert_snapshot!(transcript.text());
}
