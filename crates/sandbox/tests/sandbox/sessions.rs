//! What is told of calls while they go on, and what is said when somebody asks.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use callbook_api::{Event, Topic};
use callbook_sandbox::{Options, Scenario, bind_with_clock};
use jiff::Timestamp;
use reqwest::StatusCode;
use tokio::sync::broadcast::Receiver;

use crate::server::{Server, ids, options};
use crate::start::TurnedClock;
use crate::world::live;

const DAY_MS: i64 = 86_400_000;

/// A sandbox whose clock stands still, and what it tells.
async fn heard(options: Options) -> (Server, Receiver<Arc<Event>>) {
    let noon: Timestamp = "2024-04-01T12:00:00Z".parse().unwrap();
    let clock = Arc::new(TurnedClock(AtomicI64::new(noon.as_second())));
    let sandbox = bind_with_clock(options, clock).await.unwrap();
    let events = sandbox.hub().listen();
    (Server::run(sandbox), events)
}

/// Everything that is told of one topic until a session is over.
async fn until_over(
    events: &mut Receiver<Arc<Event>>,
    topic: Topic,
    end: Timestamp,
) -> Vec<Arc<Event>> {
    let mut told = vec![];
    loop {
        let event = events.recv().await.unwrap();
        let over = event.topic == Topic::Presence && event.at == end;
        if event.topic == topic {
            told.push(event);
        }
        if over {
            return told;
        }
    }
}

fn codes(events: &[Arc<Event>], extension: Option<&str>) -> Vec<String> {
    let party = |event: &&Arc<Event>| event.body["parties"][0]["extensionId"].as_str() == extension;
    let code =
        |event: &Arc<Event>| event.body["parties"][0]["status"]["code"].as_str().map(str::to_owned);
    events.iter().filter(party).filter_map(code).collect()
}

#[tokio::test]
async fn a_call_is_told_in_its_order_and_its_record_agrees() {
    let (server, mut events) = heard(options()).await;
    let control = server.control();
    let played = control.play(Scenario::Hold, false, 0).await.unwrap();
    let call = &played.calls[0];
    control.set_clock(call.shown).await.unwrap();
    let told = until_over(&mut events, Topic::TelephonySessions, call.end).await;
    let sequences: Vec<u64> = told.iter().map(|e| e.body["sequence"].as_u64().unwrap()).collect();
    assert_eq!(sequences, (1..=told.len() as u64).collect::<Vec<_>>());
    let path = format!("/account/~/call-log/{}?view=Detailed", call.id);
    let (_, record) = server.get_json(&path, &server.admin_token().await).await;
    for event in &told {
        assert_eq!(record["telephonySessionId"], event.body["telephonySessionId"]);
        assert_eq!(record["sessionId"], event.body["sessionId"]);
    }
    let user = record["extension"]["id"].to_string();
    let expected = ["Setup", "Proceeding", "Answered", "Hold", "Answered", "Disconnected"];
    assert_eq!(codes(&told, Some(&user)), expected);
    assert_eq!(codes(&told, None), ["Setup", "Proceeding", "Answered", "Disconnected"]);
    let told_user = told.iter().filter(|event| !event.extensions.is_empty());
    assert!(told_user.clone().all(|event| event.extensions[0].to_string() == user));
    assert_eq!(told_user.count(), expected.len());
}

#[tokio::test]
async fn a_call_that_is_to_have_ended_is_told_at_once() {
    let (server, mut events) = heard(options()).await;
    let control = server.control();
    // Somebody looked just before.
    control.advance(1).await.unwrap();
    let call = control.play(Scenario::Hold, true, 0).await.unwrap().calls.remove(0);
    control.advance(1).await.unwrap();
    let told = until_over(&mut events, Topic::TelephonySessions, call.end).await;
    assert_eq!((told[0].at, &told[0].body["sequence"]), (call.start, &1.into()));
    assert_eq!(told.len(), 10);
}

#[tokio::test]
async fn presence_changes_as_calls_do() {
    let (server, mut events) = heard(options()).await;
    let control = server.control();
    let call = control.play(Scenario::Hold, false, 0).await.unwrap().calls.remove(0);
    control.set_clock(call.shown).await.unwrap();
    let told = until_over(&mut events, Topic::Presence, call.end).await;
    let statuses: Vec<&str> =
        told.iter().map(|event| event.body["telephonyStatus"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["Ringing", "CallConnected", "OnHold", "CallConnected", "NoCall"]);
    for (event, sequence) in told.iter().zip(1..) {
        let idle = event.body["telephonyStatus"] == "NoCall";
        assert_eq!(event.body["presenceStatus"], if idle { "Available" } else { "Busy" });
        assert_eq!(event.body["activeCalls"].as_array().unwrap().len(), usize::from(!idle));
        assert_eq!(
            (&event.body["sequence"], &event.body["dndStatus"]),
            (&sequence.into(), &"TakeAllCalls".into())
        );
    }
}

#[tokio::test]
async fn whoever_asks_is_told_the_same_as_whoever_listens() {
    let (server, _events) = heard(options()).await;
    let (token, control) = (server.admin_token().await, server.control());
    let call = control.play(Scenario::Hold, false, 0).await.unwrap().calls.remove(0);
    let presence = "/account/~/presence?detailedTelephonyState=true&perPage=1000";
    let (mut statuses, mut session) = (vec![], String::new());
    while control.clock().await.unwrap() < call.end {
        let (_, page) = server.get_json(presence, &token).await;
        let busy =
            page["records"].as_array().unwrap().iter().find(|r| r["presenceStatus"] == "Busy");
        let busy = busy.unwrap();
        let status = busy["telephonyStatus"].as_str().unwrap().to_owned();
        let active = &busy["activeCalls"][0];
        session = active["telephonySessionId"].as_str().unwrap().to_owned();
        let path = format!("/account/~/telephony/sessions/{session}");
        let (found, shown) = server.get_json(&path, &token).await;
        assert_eq!(found, StatusCode::OK);
        let mut parties = shown["parties"].as_array().unwrap().iter();
        let party = parties.find(|party| party["id"] == active["partyId"]).unwrap();
        let code = party["status"]["code"].as_str().unwrap();
        assert_eq!(code == "Hold", status == "OnHold", "{shown}");
        assert_eq!(code == "Answered", status == "CallConnected", "{shown}");
        let (_, page) = server.get_json("/account/~/active-calls", &token).await;
        assert_eq!(ids(&page).contains(&&*call.id), status != "Ringing");
        statuses.push(status);
        control.advance(1_000).await.unwrap();
    }
    statuses.dedup();
    assert_eq!(statuses, ["Ringing", "CallConnected", "OnHold", "CallConnected"]);
    let path = format!("/account/~/telephony/sessions/{session}");
    assert_eq!(server.get_json(&path, &token).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_day_at_once_is_no_flood() {
    let (server, mut events) = heard(live(30)).await;
    let control = server.control();
    control.advance(DAY_MS).await.unwrap();
    let call = control.play(Scenario::Hold, false, 0).await.unwrap().calls.remove(0);
    control.set_clock(call.shown).await.unwrap();
    let mut count = 0;
    loop {
        let event = events.recv().await.unwrap();
        count += 1;
        if event.topic == Topic::TelephonySessions && event.at == call.end {
            break;
        }
    }
    assert!((10..6_000).contains(&count), "{count}");
}

#[tokio::test]
async fn a_queues_members_are_all_rung_and_told_so() {
    let (server, mut events) = heard(options()).await;
    let control = server.control();
    let call = control.play(Scenario::QueueAnswered, false, 0).await.unwrap().calls.remove(0);
    control.set_clock(call.shown).await.unwrap();
    let told = until_over(&mut events, Topic::TelephonySessions, call.end).await;
    let reasons = |reason: &str| {
        let with = |e: &&Arc<Event>| e.body["parties"][0]["status"]["reason"] == reason;
        told.iter().filter(with).count()
    };
    assert!(reasons("AgentAnswered") >= 1, "{told:?}");
    let queue_calls = told.iter().filter(|event| event.body["parties"][0]["queueCall"] == true);
    assert!(queue_calls.count() >= 4);
}
