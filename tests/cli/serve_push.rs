//! Changes of the call log: a sync in one process, `callbook serve` in another, and a program that is told.

use serde_json::{Value, json};

use crate::support::{Hook, Place, Running, Served, wait_until};

const USING: &str = "--env-file rc.env";

/// A company in which things happen, and its archive.
fn lively() -> (Place, Running) {
    let place = Place::new();
    let mut sandbox = place.start(&format!("sandbox --port 0 --calls 300 --heavy off {USING}"));
    wait_until("the env file", || place.path("rc.env").exists() || sandbox.is_over());
    place.output(&format!("sync {USING}"));
    (place, sandbox)
}

/// Edits calls upstream, and has the archive learn of it.
fn edit(place: &Place, ids: &[&str]) {
    for id in ids {
        place.output(&format!("sandbox edit {id} {USING}"));
    }
    place.output(&format!("sync {USING}"));
}

/// What was told: each once, in order, whatever was said again.
fn told(hook: &Hook) -> Vec<(i64, Value, Value)> {
    let mut told: Vec<(i64, Value, Value)> = Vec::new();
    for each in hook.taken() {
        let number = each["body"]["changeNumber"].as_i64().unwrap();
        let change = (number, each["body"]["id"].clone(), each["uuid"].clone());
        match told.iter().find(|known| known.0 == number) {
            Some(known) => assert_eq!(*known, change, "said again"),
            None => told.push(change),
        }
    }
    assert!(told.is_sorted_by_key(|change| change.0), "{told:?}");
    told
}

#[test]
fn every_change_is_told_though_the_server_is_killed() {
    let (place, _sandbox) = lively();
    let calls = place.json("calls --json --limit 4");
    let ids: Vec<&str> =
        calls.as_array().unwrap().iter().map(|call| call["id"].as_str().unwrap()).collect();
    place.output("app create Board --for 101 --env-file board.env");
    let serve = || Served::start(&place, "--heavy off --loopback-webhooks");
    let (hook, served) = (Hook::new(), serve());
    let mode = json!({ "transportType": "WebHook", "address": hook.address() });
    let filter = "/restapi/v1.0/account/~/call-log";
    let body = json!({ "eventFilters": [filter], "deliveryMode": mode });
    let token = served.token(&place, "board.env");
    let (status, answer) = served.post("/subscription", &token, &body);
    assert_eq!(status, 200, "{answer}");

    edit(&place, &ids[..1]);
    wait_until("the first change", || told(&hook).len() == 1);
    hook.refuse(true);
    edit(&place, &ids[1..]);
    wait_until("a refused change", || !hook.refused().is_empty());
    served.kill();
    hook.refuse(false);
    let _served = serve();
    wait_until("the others", || told(&hook).len() == ids.len());
    let told = told(&hook);
    let mut heard: Vec<&str> = told.iter().map(|change| change.1.as_str().unwrap()).collect();
    assert_eq!(heard[0], ids[0]);
    heard.sort_unstable();
    let mut expected = ids.clone();
    expected.sort_unstable();
    assert_eq!(heard, expected);
    // What was refused is said again as it was.
    for refused in hook.refused() {
        let number = refused["body"]["changeNumber"].as_i64().unwrap();
        let again = told.iter().find(|change| change.0 == number).unwrap();
        assert_eq!(again.2, refused["uuid"]);
    }
}
