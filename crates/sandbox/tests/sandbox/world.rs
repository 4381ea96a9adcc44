//! What happens in a sandbox after it was started: calls, edits, deletions, the clock, the truth.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use callbook_sandbox::{Options, Scenario, bind_with_clock};
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::server::{Server, ids, options};
use crate::start::TurnedClock;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// A sandbox whose clock stands still at noon, a month after its company's last call.
pub async fn still(options: Options) -> Server {
    let noon: Timestamp = "2024-04-01T12:00:00Z".parse().unwrap();
    let clock = Arc::new(TurnedClock(AtomicI64::new(noon.as_second())));
    Server::run(bind_with_clock(options, clock).await.unwrap())
}

pub fn live(per_minute: u32) -> Options {
    Options { live_per_minute: Some(per_minute), ..options() }
}

fn history(line: &Value) -> Vec<&str> {
    line["history"].as_array().unwrap().iter().map(|e| e["event"].as_str().unwrap()).collect()
}

fn by_id(lines: &[Value]) -> HashMap<&str, &Value> {
    lines.iter().map(|line| (line["id"].as_str().unwrap(), line)).collect()
}

#[tokio::test]
async fn a_call_is_active_while_it_lasts_and_listed_once_it_has_shown_up() {
    let server = still(options()).await;
    let (token, control) = (server.admin_token().await, server.control());
    let before = server.listed("", &token).await.len();
    let played = control.play(Scenario::Answered, false, 0).await.unwrap();
    let call = &played.calls[0];
    let active = |id: &str, page: &Value| ids(page).contains(&id);
    // While its phone rings it is not.
    control.advance(1_000).await.unwrap();
    let (_, page) = server.get_json("/account/~/active-calls", &token).await;
    assert!(!active(&call.id, &page), "{page}");
    control.set_clock(call.end - SignedDuration::from_millis(1)).await.unwrap();
    let (_, page) = server.get_json("/account/~/active-calls?view=Detailed", &token).await;
    assert!(active(&call.id, &page), "{page}");
    assert_eq!(page["records"][0]["result"], "In Progress");
    assert_eq!(server.listed("", &token).await.len(), before);

    control.set_clock(call.end).await.unwrap();
    let late = call.shown.duration_since(call.end).as_millis();
    assert!((15_000..30_000).contains(&late), "{late}");
    control.advance(14_999).await.unwrap();
    assert_eq!(server.listed("", &token).await.len(), before);
    let (_, page) = server.get_json("/account/~/active-calls", &token).await;
    assert!(active(&call.id, &page) && page["records"][0]["result"] == "Accepted", "{page}");
    control.set_clock(call.shown).await.unwrap();
    let listed = server.listed("", &token).await;
    assert_eq!((listed.len(), listed[0]["id"].as_str()), (before + 1, Some(&*call.id)));
    control.advance(2 * MINUTE_MS).await.unwrap();
    let (_, page) = server.get_json("/account/~/active-calls", &token).await;
    assert_eq!(ids(&page).len(), 0);
}

#[tokio::test]
async fn calls_that_ring_or_wait_are_not_active() {
    let server = still(options()).await;
    let (token, control) = (server.admin_token().await, server.control());
    control.play(Scenario::QueueAbandoned, false, 0).await.unwrap();
    control.play(Scenario::Missed, false, 0).await.unwrap();
    control.advance(100).await.unwrap();
    let (_, page) = server.get_json("/account/~/active-calls", &token).await;
    assert_eq!(ids(&page).len(), 0, "{page}");
}

#[tokio::test]
async fn every_scenario_can_be_played_and_is_found_by_its_id() {
    let server = still(options()).await;
    let (token, control) = (server.admin_token().await, server.control());
    for &scenario in Scenario::ALL {
        let played = control.play(scenario, true, 0).await.unwrap();
        control.advance(30_000).await.unwrap();
        for call in played.calls {
            let path = format!("/account/~/call-log/{}?view=Detailed", call.id);
            let (status, record) = server.get_json(&path, &token).await;
            assert_eq!(status, StatusCode::OK, "{scenario}");
            let extension = &record["extension"]["id"];
            if extension.is_null() {
                continue;
            }
            // It stands in the extension's log as well, unless another record of the call does.
            let session = record["telephonySessionId"].as_str().unwrap();
            let path = format!(
                "/account/~/extension/{extension}/call-log?telephonySessionId={session}\
                 &dateFrom=2024-03-01T00:00:00Z"
            );
            let (_, page) = server.get_json(&path, &token).await;
            assert!(!ids(&page).is_empty(), "{scenario}: {record}");
        }
    }
    let unknown = server.http.post(format!("{}/sandbox/v1/calls", server.url));
    let secret = server.credentials.client_secret.expose_secret();
    let unknown = unknown.basic_auth(&server.credentials.client_id, Some(secret));
    let unknown = unknown.json(&serde_json::json!({ "scenario": "teleport" }));
    assert_eq!(unknown.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn edits_and_deletions_are_seen_by_those_who_should() {
    let server = still(options()).await;
    let (token, control) = (server.admin_token().await, server.control());
    let all = server.listed("view=Detailed", &token).await;
    let [edited, deleted, gone] =
        [10, 500, 2_000].map(|place| all[place]["id"].as_str().unwrap().to_owned());
    control.advance(1_000).await.unwrap();
    control.edit(&edited).await.unwrap();
    control.delete(&deleted, false).await.unwrap();
    control.delete(&gone, true).await.unwrap();

    let now = server.listed("view=Detailed", &token).await;
    assert_eq!(now.len(), all.len() - 2);
    assert_eq!(now[10]["lastModifiedTime"], "2024-04-01T12:00:01.000Z");
    assert_eq!(now[10]["metadataCategories"][0], "Edited/1");
    let with_deleted = server.listed("view=Detailed&showDeleted=true", &token).await;
    let marked = with_deleted.iter().filter(|record| record["deleted"] == true);
    assert!(marked.clone().any(|record| record["id"] == *deleted));
    assert!(with_deleted.iter().all(|record| record["id"] != *gone));
    for id in [&deleted, &gone] {
        let (status, _) = server.get_json(&format!("/account/~/call-log/{id}"), &token).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(control.edit(id).await.is_err());
    }
    let truth = server.truth("account").await;
    let truth = by_id(&truth);
    for (id, state, events) in [
        (&edited, "live", vec!["shown", "edited"]),
        (&deleted, "deleted", vec!["shown", "deleted"]),
        (&gone, "gone", vec!["shown", "gone"]),
    ] {
        assert_eq!((&truth[&**id]["state"], history(truth[&**id])), (&state.into(), events));
    }
    assert_eq!(truth[&*edited]["history"][1]["before"], all[10]);
    assert_eq!(truth[&*edited]["record"], now[10]);
    // It has changed in the extension's log too.
    if let Some(extension) = now[10]["extension"]["id"].as_u64() {
        let own = server.truth(&extension.to_string()).await;
        assert_eq!(own.iter().filter(|line| history(line).contains(&"edited")).count(), 1);
    }

    control.reset().await.unwrap();
    assert_eq!(server.listed("view=Detailed", &token).await, all);
}

#[tokio::test]
async fn late_calls_appear_where_they_belong() {
    let server = still(options()).await;
    let (token, control) = (server.admin_token().await, server.control());
    let late = control.play(Scenario::Answered, true, 7_200).await.unwrap();
    let early = control.play(Scenario::Missed, false, 0).await.unwrap();
    control.advance(20 * MINUTE_MS).await.unwrap();
    let newest = |records: &[Value]| records[0]["id"].as_str().unwrap().to_owned();
    let records = server.listed("", &token).await;
    assert_eq!(newest(&records), early.calls[0].id);
    control.advance(120 * MINUTE_MS).await.unwrap();
    // The clock goes for tokens too.
    let token = server.admin_token().await;
    let all = server.listed("", &token).await;
    assert_eq!(all.len(), records.len() + 1);
    assert_eq!(all[1]["id"].as_str(), Some(&*late.calls[0].id));
    let path = format!("/account/~/call-log/{}?view=Detailed", late.calls[0].id);
    let (_, record) = server.get_json(&path, &token).await;
    assert_eq!(record["lastModifiedTime"], format!("{:.3}", late.calls[0].shown));
}

#[tokio::test]
async fn records_age_out_of_what_is_listed_and_found() {
    let server = still(Options { retention_days: Some(60), ..options() }).await;
    let (token, control) = (server.admin_token().await, server.control());
    let oldest: Timestamp = "2024-02-01T12:00:00Z".parse().unwrap();
    let starts = |records: &[Value]| -> Vec<Timestamp> {
        records.iter().map(|r| r["startTime"].as_str().unwrap().parse().unwrap()).collect()
    };
    let records = server.listed("", &token).await;
    assert!(starts(&records).iter().all(|start| *start >= oldest));
    let last = records.last().unwrap()["id"].as_str().unwrap().to_owned();
    control.advance(20 * DAY_MS).await.unwrap();
    let later = server.listed("", &server.admin_token().await).await;
    assert!(!later.is_empty() && later.len() < records.len());
    let token = server.admin_token().await;
    let (status, _) = server.get_json(&format!("/account/~/call-log/{last}"), &token).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let truth = server.truth("account").await;
    assert_eq!(by_id(&truth)[&*last]["state"], "aged_out");
    assert_eq!(truth.len(), 3_000);
}

#[tokio::test]
async fn a_live_company_agrees_with_its_truth_and_is_drawn_from_the_seed() {
    let (server, again) = (still(live(3)).await, still(live(3)).await);
    let start = server.listed("", &server.admin_token().await).await.len();
    for server in [&server, &again] {
        server.control().advance(2 * DAY_MS).await.unwrap();
    }
    let token = server.admin_token().await;
    let truth = server.truth("account").await;
    let text = |truth: &[Value], url: &str| serde_json::to_string(truth).unwrap().replace(url, "");
    assert_eq!(text(&truth, &server.url), text(&again.truth("account").await, &again.url));

    for (query, states) in [("", &["live"][..]), ("showDeleted=true", &["live", "deleted"])] {
        let listed = server.listed(&format!("view=Detailed&{query}"), &token).await;
        let expected = truth.iter().filter(|line| states.iter().any(|s| line["state"] == *s));
        let expected: HashMap<&str, &Value> =
            expected.map(|line| (line["id"].as_str().unwrap(), &line["record"])).collect();
        let found: HashMap<&str, &Value> =
            listed.iter().map(|record| (record["id"].as_str().unwrap(), record)).collect();
        assert_eq!(listed.len(), found.len(), "a record is listed twice");
        assert_eq!(found.len(), expected.len());
        assert!(found == expected);
        assert!(listed.len() > start + 7_000, "{} calls in two days", listed.len());
        // Newest first, over both kinds of calls.
        let starts: Vec<&str> = listed.iter().map(|r| r["startTime"].as_str().unwrap()).collect();
        assert!(starts.is_sorted_by(|later, earlier| later >= earlier));
    }
    let with = |event: &str| truth.iter().filter(|line| history(line).contains(&event)).count();
    assert!(with("edited") > 250 && with("deleted") > 50 && with("gone") > 30);
    let old = "2024-03-01";
    let old_edits = truth.iter().filter(|line| {
        line["record"]["startTime"].as_str().unwrap() < old && history(line).contains(&"edited")
    });
    assert!(old_edits.count() > 30);
}

#[tokio::test]
async fn the_control_api_wants_the_apps_secret() {
    let server = still(options()).await;
    let url = format!("{}/sandbox/v1/reset", server.url);
    let send = |secret: &'static str| {
        server.http.post(&url).basic_auth(&server.credentials.client_id, Some(secret)).send()
    };
    assert_eq!(send("wrong").await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let bearer = server.http.post(&url).bearer_auth(server.admin_token().await);
    assert_eq!(bearer.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert!(server.control().advance(-1).await.is_err());
}
