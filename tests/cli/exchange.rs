//! Files that calls leave by, and come in by.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Place, archived, company, is_private, sql};

/// Everything that an archive says of its calls and their versions.
fn versions(place: &Place, database: &str) -> String {
    place.output(&format!("export - --versions --format jsonl --database {database}"))
}

/// An archive in which calls were edited and deleted since.
fn eventful() -> Place {
    let place = archived();
    let calls: Vec<Value> = serde_json::from_str(&place.output("calls --json --limit 3")).unwrap();
    let mut lines = String::new();
    for (call, result) in calls.iter().zip(["Missed", "Voicemail", "Accepted"]) {
        let mut edited = call.clone();
        edited["result"] = json!(result);
        let version = json!({
            "log": "account", "id": call["id"], "version": 2, "change": 1, "received": "2031-01-01T00:00:00Z",
            "cause": "received", "record": edited,
        });
        lines += &format!("{version}\n");
        let version =
            json!({ "received": "2031-01-01T00:00:01.005Z", "cause": "absent", "version": 3 });
        let mut line: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
        line.as_object_mut().unwrap().extend(version.as_object().unwrap().clone());
        lines += &format!("{line}\n");
    }
    let head = versions(&place, "callbook.db").lines().next().unwrap().to_owned();
    place.write("later.jsonl", format!("{head}\n{lines}"));
    let outcome = place.output("import later.jsonl");
    assert_eq!(outcome, "later.jsonl: 6 added, 0 there already\n");
    place
}

#[test]
fn records_alone_make_no_archive() {
    let place = archived();
    place.output("export some.jsonl");
    let refused = place.run("import some.jsonl --database new.db");
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("some.jsonl does not say whose calls it has"), "{refused:?}");
    assert!(!place.path("new.db").exists());
}

#[test]
fn an_archive_of_an_export_is_equal() {
    let place = eventful();
    let everything = versions(&place, "callbook.db");
    assert_eq!(everything.matches("\"cause\":\"absent\"").count(), 3);
    place.output("export all.jsonl.gz --versions");
    place.output("import all.jsonl.gz --database again.db");
    assert_eq!(versions(&place, "again.db"), everything);
    assert!(is_private(&place.path("again.db")));
    for list in ["calls --json --deleted", "calls --csv", "calls --queue Support --json"] {
        let list = |database: &str| place.output(&format!("{list} --database {database}"));
        assert_eq!(list("again.db"), list("callbook.db"));
    }
    assert_eq!(place.run("verify --offline --database again.db").code, Some(0));
    let again = place.output("import all.jsonl.gz --database again.db --json");
    let again: Value = serde_json::from_str(&again).unwrap();
    assert_eq!((&again["total"]["added"], &again["total"]["outdated"]), (&0.into(), &0.into()));
    // It can be kept current like any other.
    place.output("sync --database again.db");
    assert_eq!(place.run("verify --database again.db").code, Some(0));
}

#[test]
fn a_bundle_is_checked_before_anything_of_it_is_taken_in() {
    let place = eventful();
    place.output("export --bundle case");
    assert_eq!(place.run("export --bundle case").code, Some(2));
    let mut check = place.command("sha256sum");
    let sums = check.args(["-c", "SHA256SUMS"]).current_dir(place.path("case")).output().unwrap();
    assert!(sums.status.success(), "{sums:?}");
    assert!(is_private(&place.path("case/versions.jsonl.gz")));
    let manifest: Value =
        serde_json::from_slice(&fs::read(place.path("case/manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["seals"][0]["log"], "account");
    place.output("import case --database again.db");
    assert_eq!(versions(&place, "again.db"), versions(&place, "callbook.db"));

    for file in ["versions.jsonl.gz", "index.csv", "manifest.json", "README.txt"] {
        let path = place.path("case").join(file);
        let whole = fs::read(&path).unwrap();
        let mut changed = whole.clone();
        changed[20] ^= 1;
        fs::write(&path, changed).unwrap();
        let outcome = place.run("import case --database none.db");
        assert_eq!(outcome.code, Some(1), "{outcome:?}");
        assert!(
            outcome.stderr.contains(&format!("case/{file} is not as it was written")),
            "{outcome:?}"
        );
        assert!(!place.path("none.db").exists());
        fs::write(&path, whole).unwrap();
    }
    // A name that leads out of the folder is not followed.
    let sums = fs::read_to_string(place.path("case/SHA256SUMS")).unwrap();
    place.write("case/SHA256SUMS", format!("{sums}{}  ../callbook.db\n", "0".repeat(64)));
    let outcome = place.run("import case --database none.db");
    assert!(outcome.stderr.contains("SHA256SUMS is not as it was written"), "{outcome:?}");
}

#[test]
fn some_calls_can_be_bundled() {
    let place = archived();
    place.output(
        "export --bundle january --from 2024-01-01 --to 2024-01-31 --direction inbound --tz UTC",
    );
    let manifest: Value =
        serde_json::from_slice(&fs::read(place.path("january/manifest.json")).unwrap()).unwrap();
    let filter = json!({
        "from": "2024-01-01T00:00:00Z", "before": "2024-02-01T00:00:00Z", "direction": "Inbound",
    });
    assert_eq!(manifest["filter"], filter);
    let expected =
        place.json("calls --json --from 2024-01-01 --to 2024-01-31 --direction inbound --deleted");
    assert_eq!(manifest["calls"], expected.as_array().unwrap().len());
    let index = fs::read_to_string(place.path("january/index.csv")).unwrap();
    assert_eq!(index.lines().count(), 1 + expected.as_array().unwrap().len());
}

#[test]
fn a_file_is_there_whole_or_not_at_all() {
    let place = archived();
    place.write("kept.csv", "mine");
    let outcome = place.run("export kept.csv");
    assert_eq!(outcome.code, Some(2));
    assert_eq!(fs::read(place.path("kept.csv")).unwrap(), b"mine");
    place.output("export kept.csv --force");
    assert!(fs::read(place.path("kept.csv")).unwrap().starts_with(b"id,start,"));
    assert!(is_private(&place.path("kept.csv")));
    let before = place.files().len();
    // What fails on its way leaves nothing behind.
    sql(&place.archive(), "ALTER TABLE version RENAME TO gone");
    for format in ["a.csv", "a.jsonl", "a.parquet", "a.xlsx", "a.jsonl --versions", "--bundle a"] {
        let outcome = place.run(&format!("export {format}"));
        assert_eq!(outcome.code, Some(1), "{outcome:?}");
    }
    assert_eq!(place.files().len(), before);
    assert_eq!(
        fs::read_dir(place.path(""))
            .unwrap()
            .filter(|e| e.as_ref().unwrap().path().is_dir())
            .count(),
        1
    );
}

#[test]
fn damaged_records_are_named_and_left_out() {
    let place = archived();
    let call = &place.json("calls --json --limit 1")[0];
    let id = call["id"].as_str().unwrap();
    let all = place.output("calls --csv").lines().count();
    let damage = format!(
        "UPDATE version SET simple = zeroblob(9)
         WHERE version = (SELECT version FROM call WHERE id = '{id}')"
    );
    sql(&place.archive(), &damage);
    for format in ["csv", "jsonl", "parquet", "xlsx", "jsonl --versions"] {
        let outcome = place.run(&format!("export out --force --format {format}"));
        assert_eq!(outcome.code, Some(3), "{outcome:?}");
        assert!(
            outcome.stderr.contains(&format!("the archived record {id} is damaged")),
            "{outcome:?}"
        );
    }
    assert_eq!(place.run("calls --csv").stdout.lines().count(), all - 1);
}

#[test]
fn the_forms_say_what_they_are_by_name_or_by_word() {
    let place = archived();
    let csv = place.output("calls --csv");
    assert_eq!(place.output("export - --format csv"), csv);
    place.output("export a.csv.gz");
    let unpacked = place.command("gunzip").args(["-c", "a.csv.gz"]).output().unwrap().stdout;
    assert_eq!(unpacked, csv.as_bytes());
    assert_eq!(place.output("export - --format csv --bom"), format!("\u{feff}{csv}"));
    let records: Vec<String> =
        place.output("export - --format jsonl").lines().map(str::to_owned).collect();
    let first: Value = serde_json::from_str(&records[0]).unwrap();
    let shown = place.output(&format!("show {} --json", first["id"].as_str().unwrap()));
    assert_eq!(shown.trim_end(), records[0]);
    place.output("export a.xlsx");
    assert!(fs::read(place.path("a.xlsx")).unwrap().starts_with(b"PK"));
    place.output("export a.parquet");
    assert!(fs::read(place.path("a.parquet")).unwrap().starts_with(b"PAR1"));
    for wrong in [
        "export a.db",
        "export -",
        "export a.csv --versions",
        "export a.parquet --bom",
        "export",
        "export a.csv --bundle b",
        "import nothing.toml",
    ] {
        let outcome = place.run(wrong);
        assert!(matches!(outcome.code, Some(1 | 2)), "{outcome:?}");
        assert!(outcome.stdout.is_empty(), "{outcome:?}");
    }
}

#[test]
fn records_alone_never_replace_what_the_archive_has() {
    let place = archived();
    let lines = place.output("export - --format jsonl");
    let mut edited: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    edited["result"] = json!("Edited by hand");
    place.write("edited.jsonl", format!("{edited}\nno record\n\n{{\"id\":\"x\"}}\n{lines}"));
    let before = versions(&place, "callbook.db");
    let outcome = place.run("import edited.jsonl");
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    assert!(outcome.stderr.contains("edited.jsonl, line 2: not a JSON object"), "{outcome:?}");
    assert!(outcome.stderr.contains("edited.jsonl, line 4: no readable startTime"), "{outcome:?}");
    assert_eq!(versions(&place, "callbook.db"), before);
    let quarantine = place.json("quarantine list --json");
    assert_eq!(quarantine.as_array().unwrap().len(), 2);
    assert_eq!(quarantine[0]["reason"], "edited.jsonl, line 2: not a JSON object");
    let kept: Value = place.json("quarantine show 1");
    assert_eq!((&kept["line"], &kept["text"]), (&2.into(), &"no record".into()));
    place.run("import edited.jsonl");
    assert_eq!(place.json("quarantine list --json"), quarantine);
}

#[test]
fn a_file_of_a_later_callbook_is_left_alone() {
    let place = Place::new();
    place.write("new.jsonl", r#"{"callbook":"versions","format":3,"account":{"id":1,"server_url":"","main_number":null,"home":"US"}}"#);
    let outcome = place.run("import new.jsonl");
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("was written by a newer Callbook"), "{outcome:?}");
    assert!(!place.archive().exists());
    assert_eq!(company().place().run("import nowhere.jsonl").code, Some(1));
}
