//! Recordings: fetched, listed, joined, checked, bundled.

use std::fs;
use std::process::Command;

use callbook_sandbox::{AppScope, Options};
use serde_json::Value;

use crate::support::{Company, Place, company, sql};

/// A company that keeps its recordings, and an archive with all of them.
fn recorded() -> (Company, Place) {
    let options = Options { recording_days: None, ..Company::options(5, 150) };
    let company = Company::start(options);
    let place = company.place();
    let summary = place.json("sync --recordings --json");
    assert!(summary["recordings"]["kept"].as_u64() > Some(5), "{summary}");
    (company, place)
}

fn rows(place: &Place) -> Vec<Value> {
    serde_json::from_value(place.json("recordings list --json")).unwrap()
}

#[test]
fn recordings_are_kept_listed_and_got() {
    let (_company, place) = recorded();
    let rows = rows(&place);
    assert!(rows.iter().all(|row| row["state"] == "kept"), "{rows:?}");
    let status = place.json("status --json");
    let account = &status["accounts"][0];
    assert_eq!(account["recordings"]["kept"], rows.len());
    assert!(account["messages_not_archived"]["VoiceMail"].as_u64() > Some(0), "{account}");
    // A later sync goes on with them by itself, and there is nothing to do.
    assert_eq!(place.json("sync --json")["recordings"]["kept"], 0);
    let id = rows[0]["id"].as_str().unwrap();
    let extension = rows[0]["object"].as_str().unwrap().rsplit_once('.').unwrap().1;
    place.output(&format!("recordings get {id}"));
    let got = fs::read(place.path(&format!("{id}.{extension}"))).unwrap();
    assert_eq!(rows[0]["bytes"], got.len());
    let again = place.run(&format!("recordings get {id}"));
    assert_eq!(again.code, Some(2), "{again:?}");
    let session = rows[0]["session_id"].as_str().unwrap();
    place.output(&format!("recordings get --session {session} --output whole"));
    assert!(fs::read(place.path("whole")).unwrap().len() >= got.len());
    place.output(&format!("recordings play {id} --player true"));
    assert_eq!(place.run("recordings get none").code, Some(2));
}

#[test]
fn what_is_gone_or_changed_is_found_and_fetched_again() {
    let (_company, place) = recorded();
    assert_eq!(place.run("recordings verify").code, Some(0));
    assert_eq!(place.run("doctor --offline").code, Some(0));
    place.write("elsewhere.env", "CALLBOOK_RECORDINGS=elsewhere\n");
    let elsewhere = place.run("doctor --offline --env-file elsewhere.env");
    assert_eq!(elsewhere.code, Some(1), "{elsewhere:?}");
    let rows = rows(&place);
    let file =
        |row: &Value| place.path("callbook.recordings").join(row["object"].as_str().unwrap());
    fs::remove_file(file(&rows[0])).unwrap();
    fs::write(file(&rows[1]), "something else").unwrap();
    let found = place.run("recordings verify --json --repair");
    assert_eq!(found.code, Some(3));
    assert_eq!(place.json("sync --json")["recordings"]["kept"], 2);
    assert_eq!(place.run("recordings verify").code, Some(0));
}

#[test]
fn a_bundle_has_the_sound() {
    let (_company, place) = recorded();
    let rows = rows(&place);
    place.output("export --bundle case --with-recordings");
    let mut sums = Command::new("sha256sum");
    sums.args(["-c", "--quiet", "SHA256SUMS"]).current_dir(place.path("case"));
    assert!(sums.status().unwrap().success());
    let files = fs::read_dir(place.path("case").join("recordings")).unwrap().count();
    assert_eq!(files, rows.len());
    let index = fs::read_to_string(place.path("case").join("recordings.csv")).unwrap();
    assert_eq!(index.lines().count(), rows.len() + 1);
    // What is damaged is said.
    sql(
        &place.archive(),
        "UPDATE recording SET sha256 = 'x' WHERE id = (SELECT min(id) FROM recording)",
    );
    assert_eq!(place.run("export --bundle other --with-recordings").code, Some(3));
}

#[test]
fn the_sound_of_a_bundle_comes_back() {
    let (company, place) = recorded();
    let rows = rows(&place);
    place.output("export --bundle case --with-recordings");
    let bundle = place.path("case").display().to_string();
    let other = company.place();
    let taken = other.json(&format!("import {bundle} --json"));
    assert_eq!(taken["recordings"], rows.len(), "{taken}");
    assert_eq!(other.run("recordings verify").code, Some(0));
    let objects =
        |rows: &[Value]| -> Vec<Value> { rows.iter().map(|row| row["object"].clone()).collect() };
    assert_eq!(objects(&self::rows(&other)), objects(&rows));
    // A second time there is nothing to do; what is changed on the way is not taken in.
    assert_eq!(other.json(&format!("import {bundle} --json"))["recordings"], 0);
    let sound = fs::read_dir(place.path("case").join("recordings")).unwrap().next().unwrap();
    fs::write(sound.unwrap().path(), "something else").unwrap();
    assert_eq!(company.place().run(&format!("import {bundle}")).code, Some(1));
}

#[test]
fn who_may_hear_nothing_is_told_what_is_missing() {
    let deaf = Company::start(Options {
        scopes: vec![AppScope::ReadAccounts, AppScope::ReadCallLog],
        ..Company::options(5, 60)
    });
    let refused = deaf.place().run("sync --recordings");
    assert_eq!(refused.code, Some(12), "{refused:?}");
    assert!(refused.stderr.contains("ReadCallRecording"), "{refused:?}");
    let place = company().place().with("CALLBOOK_RECORDINGS", "ftp://example.com");
    assert_eq!(place.run("sync --recordings").code, Some(2));
}

#[test]
fn an_account_that_is_removed_takes_its_recordings_along() {
    let company = Company::start(Options { recording_days: None, ..Company::options(5, 60) });
    let place = company.place();
    place.write("company.env", company.env_file());
    place.output("account add acme --credentials company.env");
    place.output("sync --all --recordings");
    let kept = rows(&place).len();
    let said = place.output("account remove acme --export acme.db");
    assert!(said.contains(&format!("exported {kept} recordings")), "{said}");
    let left = |name: &str| files_below(&place.path(name));
    assert_eq!((left("callbook.recordings"), left("acme.recordings")), (0, kept));
    assert_eq!(place.run("recordings verify --database acme.db").code, Some(0));
}

#[test]
fn what_is_not_in_a_backup_is_told_and_states_are_listed() {
    let company = Company::start(Options { recording_days: None, ..Company::options(5, 60) });
    let place = company.place();
    place.output("sync --recordings");
    let again = place.output("sync");
    assert!(again.contains("no recording fetched"), "{again}");
    let backup = place.run("backup copy.db");
    assert!(backup.stderr.contains("are not in it: copy callbook.recordings"), "{backup:?}");
    let restored = place.run("restore copy.db --database again.db");
    assert!(restored.stderr.contains("copy them to again.recordings"), "{restored:?}");
    assert_eq!(place.run("restore nosuch.db --database third.db").code, Some(2));
    let (kept, lost) = (
        place.json("recordings list --state kept --json"),
        place.json("recordings list --state lost --json"),
    );
    assert_eq!((kept.as_array().unwrap().len(), lost), (rows(&place).len(), serde_json::json!([])));
}

fn files_below(folder: &std::path::Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_below(&path) } else { 1 }).sum()
}
