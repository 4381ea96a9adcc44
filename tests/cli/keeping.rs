//! Keeping archives for years: repairs, backups, many accounts, records aside, alerts.

use serde_json::Value;

use crate::support::{Place, archived, company, is_private, sql};

#[test]
fn what_is_damaged_is_found_offline_and_repaired() {
    let place = archived();
    let calls = company().calls();
    let id = |place: usize| calls[place]["id"].as_str().unwrap();
    let archive = place.archive();
    sql(&archive, &format!("DELETE FROM call WHERE id = '{}'", id(10)));
    sql(
        &archive,
        &format!(
            "UPDATE version SET simple = zeroblob(9)
             WHERE version = (SELECT version FROM call WHERE id = '{}')",
            id(20)
        ),
    );
    sql(&archive, &format!("UPDATE call SET duration_ms = 1 WHERE id = '{}'", id(30)));
    let found = place.run("verify --offline --json");
    assert_eq!(found.code, Some(3), "{found:?}");
    for damaged in [id(10), id(20), id(30)] {
        assert!(found.stdout.contains(&format!("\"{damaged}\"")), "{damaged}: {found:?}");
    }
    let repaired = place.run("verify --repair --report proof.json");
    assert_eq!(repaired.code, Some(0), "{repaired:?}");
    assert!(repaired.stdout.starts_with("repaired: "), "{repaired:?}");
    let report: Value =
        serde_json::from_slice(&std::fs::read(place.path("proof.json")).unwrap()).unwrap();
    assert_eq!((&report["complete"], &report["missing"]), (&true.into(), &0.into()));
    assert_eq!(report["seal"]["hash"].as_str().unwrap().len(), 64);
    assert_eq!(place.run("verify").code, Some(0));
    // No report is overwritten.
    assert_eq!(place.run("verify --offline --report proof.json").code, Some(2));
    assert!(is_private(&place.path("proof.json")));
}

#[test]
fn a_backup_is_an_archive_and_becomes_one_again() {
    let place = archived();
    place.output("backup copy.db");
    assert!(is_private(&place.path("copy.db")));
    assert_eq!(place.run("backup copy.db").code, Some(2));
    place.output("restore copy.db --database again.db");
    let listed = place.output("calls --json");
    assert_eq!(place.output("calls --json --database copy.db"), listed);
    assert_eq!(place.output("calls --json --database again.db"), listed);
    assert!(place.output("verify --offline --database again.db").contains("as it was taken in"));
    assert_eq!(place.run("restore copy.db --database again.db").code, Some(2));
}

#[test]
fn accounts_are_registered_synced_and_removed() {
    let place = company().place();
    let credentials = company().env_file();
    place.write("acme.env", &credentials);
    place.write("refused.env", credentials.replace("RC_USER_JWT=", "RC_USER_JWT=x"));
    assert_eq!(place.run("account add acme --credentials nowhere.env").code, Some(2));
    place.output("account add acme --credentials acme.env --every 1h --retention 100y");
    place.output("account add bolt --credentials refused.env");
    place.output("account add cole --credentials acme.env");
    place.output("account pause cole");
    let all = place.run("sync --all");
    assert_eq!(all.code, Some(3), "{all:?}");
    assert!(all.stdout.contains(" 2,991 new, 0 changed, 9 deleted"), "{all:?}");
    assert!(all.stdout.contains("bolt: the server refused the sign-in: "), "{all:?}");
    assert!(!all.stdout.contains("cole"), "{all:?}");
    let status = place.run("status --all --json");
    assert_eq!(status.code, Some(3));
    let status: Value = serde_json::from_str(&status.stdout).unwrap();
    let names: Vec<_> = status.as_array().unwrap().iter().map(|each| &each["name"]).collect();
    assert_eq!(names, ["bolt", "acme", "cole"]);
    // No secret is in the archive or in what is printed.
    let secret = company().secret();
    let archive = std::fs::read(place.archive()).unwrap();
    assert!(!archive.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()));
    assert!(!format!("{all:?} {}", place.output("account list --json")).contains(&secret));
    // Somebody is to be told of bolt, and nobody is named.
    let alerts = place.run("alerts check");
    assert_eq!(alerts.code, Some(3), "{alerts:?}");
    assert!(alerts.stdout.contains("the sign-in of bolt is refused"), "{alerts:?}");
    assert_eq!(place.run("alerts test").code, Some(2));
    place.output("account remove cole --no-export");
    let removed = place.output("account remove acme --export acme.db");
    assert!(removed.contains("erased 3,000 calls"), "{removed}");
    let calls: Value = place.json("calls --json --database acme.db");
    assert_eq!(calls.as_array().unwrap().len(), company().calls().len());
    assert_eq!(place.json("status --json")["accounts"], serde_json::json!([]));
}

#[test]
fn what_is_not_named_of_an_account_stays_and_what_is_erased_is_told() {
    let place = company().place();
    place.write("acme.env", company().env_file());
    assert_eq!(place.run("account add 'a/b' --credentials acme.env").code, Some(2));
    assert_eq!(place.run("account add acme").code, Some(2));
    let added = place.output("account add acme --credentials acme.env --retention 7y");
    assert!(added.contains("calls older than 7 years are erased"), "{added}");
    let kept = |key: &str| place.json("account list --json")[0][key].clone();
    let changed = place.output("account add acme --every 1h --upstream-retention 100d");
    assert!(changed.contains("every 1h") && changed.contains("7 years"), "{changed}");
    // Seven calendar years with their leap days.
    assert_eq!(kept("retention_days"), 2557);
    place.output("account add acme --credentials acme.env --retention 1d");
    assert_eq!((kept("every_s"), kept("upstream_days")), (3600.into(), 100.into()));
    let twin = place.run("account add cole --credentials acme.env");
    assert!(twin.stderr.contains("acme has the same credentials"), "{twin:?}");
    place.output("account remove cole --no-export");
    let synced = place.output("sync --all");
    assert!(synced.contains(" erased: kept for as long"), "{synced}");
    // Accounts go by their names everywhere.
    place.output("calls --account acme");
    let nobody = place.run("calls --account nobody");
    assert_eq!(nobody.code, Some(2));
    assert!(nobody.stderr.contains("no account nobody, but acme ("), "{nobody:?}");
    assert!(place.output("status").contains("account   acme, "));
    place.output("account add acme --retention forever");
    assert_eq!(kept("retention_days"), Value::Null);
}

#[test]
fn a_refused_sign_in_leaves_no_empty_archive_and_is_told_by_status() {
    let new = company().place_of("no.such.jwt");
    assert_eq!(new.run("sync").code, Some(12));
    assert!(!new.archive().exists());
    let place = archived();
    place.write("refused.env", "RC_USER_JWT=no.such.jwt");
    assert_eq!(place.run("sync --env-file refused.env").code, Some(12));
    let told = place.output("status");
    assert!(told.contains("\nfailed    the last sync, "), "{told}");
    assert!(place.json("status --json")["last_failure"]["error"].is_string());
    place.output("sync");
    assert!(!place.output("status").contains("failed"));
    assert_eq!(place.json("status --json")["last_failure"], Value::Null);
}

#[test]
fn nothing_is_in_quarantine() {
    let place = archived();
    assert_eq!(place.output("quarantine list --json"), "[]\n");
    assert_eq!(place.run("quarantine show 1").code, Some(2));
    assert_eq!(place.output("quarantine retry"), "0 can be read now, 0 cannot\n");
}

#[test]
fn a_call_has_a_history() {
    let place = archived();
    let calls = company().calls();
    let id = calls[5]["id"].as_str().unwrap();
    let history = place.json(&format!("show {id} --history --json"));
    assert_eq!(history[0]["cause"], "received");
    assert_eq!(history[0]["record"], calls[5]);
    assert!(place.output(&format!("show {id} --history")).contains(": received\n"));
}

#[test]
fn an_archive_is_filled_without_a_download() {
    let place = Place::new();
    place.output("sandbox fill --calls 700 --until 2024-06-01");
    assert_eq!(place.json("calls --json --deleted").as_array().unwrap().len(), 700);
    assert!(place.output("verify --offline").starts_with("the archive is as it was taken in: 700"));
}
