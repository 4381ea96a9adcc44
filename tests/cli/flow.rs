//! The whole way: a sandbox, a sync, a verification, and looking inside.

use serde_json::Value;

use crate::support::{Place, archived, company, is_private, sql, wait_until};

#[test]
fn the_demo_shows_everything_and_leaves_nothing_behind() {
    let place = Place::new();
    let outcome = place.run("demo --calls 3000");
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    let steps = outcome.stdout.lines().filter(|line| line.starts_with("── ")).count();
    assert_eq!(steps, 7, "{}", outcome.stdout);
    assert!(outcome.stdout.contains("\nnothing is missing: "), "{}", outcome.stdout);
    assert!(outcome.stdout.contains("\nall "), "the answer rate of all: {}", outcome.stdout);
    let last = outcome.last_line();
    assert_eq!(
        last,
        "next: `callbook sandbox` to develop against, `callbook sync` for your own account"
    );
    let done = outcome.stdout.lines().rev().nth(1).unwrap();
    assert!(done.contains(" calls downloaded, archived in "), "{done}");
    assert!(done.contains(" and verified: 0 missing; "), "{done}");
    assert_eq!(place.left_behind(), Vec::<std::path::PathBuf>::new());
    assert_eq!(place.files(), []);
}

#[test]
fn from_a_sandbox_to_an_archive() {
    let place = Place::new();
    let mut sandbox = place.start("sandbox --port 0 --calls 2000 --heavy off --env-file rc.env");
    wait_until("the env file", || place.path("rc.env").exists() || sandbox.is_over());
    assert!(is_private(&place.path("rc.env")));

    let sync = place.run("sync --env-file rc.env");
    assert_eq!((sync.code, sync.stderr.as_str()), (Some(0), ""));
    assert!(sync.last_line().contains(" records in "), "{sync:?}");
    assert!(sync.last_line().contains(" new, 0 changed, "), "{sync:?}");
    assert!(is_private(&place.archive()));

    let again = place.run("sync --env-file rc.env");
    assert!(again.last_line().contains(": 0 new, 0 changed, 0 deleted"), "{again:?}");

    let verify = place.run("verify --env-file rc.env");
    assert_eq!(verify.code, Some(0));
    assert!(verify.stdout.starts_with("nothing is missing: "), "{verify:?}");
    assert!(verify.stdout.contains("the archive is as it was taken in: "), "{verify:?}");

    sandbox.signal("INT");
    let sandbox = sandbox.outcome();
    assert_eq!(sandbox.code, Some(0));
    assert!(sandbox.last_line().starts_with("listening on http://127.0.0.1:"), "{sandbox:?}");
    assert!(sandbox.stderr.contains("for the same company another time: --seed 1 --until "));
    assert!(sandbox.stderr.ends_with("to use it: callbook sync --env-file rc.env\n"));
    // What was archived is there without the server.
    assert_eq!(place.output("calls --limit 7").lines().count(), 8);
}

#[test]
fn what_a_sync_says_as_json() {
    let place = company().place();
    let first = place.json("sync --json");
    for field in ["requests", "records", "inserted", "updated", "deleted", "quarantined"] {
        assert!(first[field].is_u64(), "{field}: {first}");
    }
    for field in ["throttled_ms", "elapsed_ms", "refused", "unchanged", "account_id"] {
        assert!(first[field].is_u64(), "{field}: {first}");
    }
    let count = |field: &str| first[field].as_u64().unwrap();
    assert_eq!(count("inserted"), company().calls().len() as u64);
    assert_eq!(count("inserted") + count("deleted"), 3_000);
    assert_eq!(count("records"), 3_000 + count("unchanged"));
    let second = place.json("sync --json");
    assert_eq!(
        (&second["inserted"], &second["updated"], &second["deleted"]),
        (&0.into(), &0.into(), &0.into())
    );
}

#[test]
fn a_sync_from_a_day_on_can_be_extended() {
    let place = company().place();
    let part = place.json("sync --since 2024-03-01 --json")["inserted"].as_u64().unwrap();
    let late = |call: &&Value| call["startTime"].as_str().unwrap() >= "2024-03-01";
    assert_eq!(part, company().calls().iter().filter(late).count() as u64);
    assert!(place.output("verify").starts_with("nothing is missing"));
    let rest = place.json("sync --json")["inserted"].as_u64().unwrap();
    assert_eq!(part + rest, company().calls().len() as u64);
    assert!(place.output("verify").starts_with("nothing is missing"));
}

#[test]
fn a_call_that_is_missing_is_named() {
    let place = archived();
    let calls = company().calls();
    let (id, day) = (calls[1234]["id"].as_str().unwrap(), &calls[1234]["startTime"]);
    let day = day.as_str().unwrap().split('T').next().unwrap();
    sql(&place.archive(), &format!("DELETE FROM call WHERE id = '{id}'"));
    let outcome = place.run("verify");
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    assert!(outcome.stdout.starts_with(&format!("{day}: 1 of ")), "{outcome:?}");
    assert!(outcome.stdout.contains(&format!("\n    {id}\n")), "{outcome:?}");
    assert!(outcome.stdout.contains("\n1 of 2,9"), "{outcome:?}");
    assert!(outcome.stdout.contains(", which it does not have\n"), "{outcome:?}");

    let json = place.run("verify --json");
    assert_eq!(json.code, Some(3));
    let report: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&report["complete"], &report["missing"]), (&false.into(), &1.into()));
    let days = report["days"].as_array().unwrap();
    let gap = days.iter().find(|each| each["date"] == day).unwrap();
    assert_eq!(gap["missing"], serde_json::json!([id]));
    assert_ne!(gap["upstream"]["hash"], gap["archive"]["hash"]);

    // Another day has no gap.
    let elsewhere = days.iter().find(|each| each["date"] != day).unwrap();
    let date = elsewhere["date"].as_str().unwrap();
    assert_eq!(place.run(&format!("verify --from {date} --to {date}")).code, Some(0));
}

#[test]
fn a_call_that_only_the_archive_has_is_no_gap() {
    let place = archived();
    let add = "INSERT INTO call (call, account, scope, id, version, hash, start_ms, duration_ms,
            recorded, deleted)
        SELECT max(call) + 1, account, scope, 'of-our-own', version, hash, start_ms, duration_ms,
            recorded, 0 FROM call";
    sql(&place.archive(), add);
    let outcome = place.run("verify");
    // What was put in by hand is no gap, but it shows.
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    assert!(outcome.stdout.starts_with("nothing is missing: "), "{outcome:?}");
    assert!(outcome.stdout.contains("\n1 calls are in the archive only\n"), "{outcome:?}");
    assert!(outcome.stdout.contains(" of-our-own: a version is missing\n"), "{outcome:?}");
}

#[test]
fn what_the_status_says() {
    let place = archived();
    let status = place.json("status --json");
    let account = &status["accounts"][0];
    let calls = company().calls();
    assert_eq!(account["calls"], calls.len());
    assert_eq!(account["deleted"], 3_000 - calls.len());
    assert_eq!(account["versions"], 3_000);
    assert_eq!(account["last_sync"]["summary"]["inserted"], calls.len());
    assert_eq!(status["path"], "callbook.db");
    assert!(status["bytes"].as_u64().unwrap() > 100_000);
    let text = place.output("status");
    assert!(text.starts_with("archive   callbook.db, "), "{text}");
    assert!(text.lines().last().unwrap().starts_with("synced    20"), "{text}");
}

#[test]
fn a_user_who_may_not_read_everybodys_calls_has_their_own_archived() {
    let place = company().place().with("RC_USER_JWT", &company().ordinary_jwt);
    let summary = place.json("sync --json");
    let (own, inserted) = (&summary["extension_id"], &summary["inserted"]);
    assert!(own.is_u64() && inserted.as_u64() > Some(0), "{summary}");
    let calls = place.json("calls --json --limit 0");
    assert_eq!(calls.as_array().unwrap().len() as u64, inserted.as_u64().unwrap());
    assert_eq!(place.run("verify").code, Some(0));
    // It stays with that log, and has it whole.
    let again = place.json("sync --json");
    assert_eq!((&again["extension_id"], &again["inserted"]), (own, &0.into()));
}
