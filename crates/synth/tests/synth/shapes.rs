//! Everything that can happen in a call happens.

use std::collections::{HashMap, HashSet};

use callbook_synth::Scope;
use serde_json::Value;

use crate::support::{company, legs, records};

fn any_leg(record: &Value, field: &str, value: &str) -> bool {
    legs(record).iter().any(|leg| leg[field] == value)
}

fn result(record: &Value, wanted: &str) -> bool {
    record["result"] == wanted
}

fn inbound(record: &Value) -> bool {
    record["direction"] == "Inbound"
}

fn to_queue(record: &Value, wanted: &str) -> bool {
    legs(record).iter().any(|leg| {
        let name = leg["to"]["name"].as_str().unwrap_or_default();
        let number = leg["to"]["extensionNumber"].as_str().unwrap_or_default();
        number.starts_with('9') && leg["result"] == wanted && !name.contains("Menu")
    })
}

type Test = fn(&Value) -> bool;

const SHAPES: &[(&str, Test)] = &[
    ("answered by one phone", |r| inbound(r) && result(r, "Accepted") && legs(r).len() == 1),
    ("FindMe", |r| any_leg(r, "legType", "FindMe")),
    ("FollowMe", |r| any_leg(r, "legType", "FollowMe")),
    ("a machine picked up", |r| any_leg(r, "reason", "Connected")),
    ("stopped", |r| any_leg(r, "result", "Stopped")),
    ("answered elsewhere", |r| any_leg(r, "result", "Answered Elsewhere")),
    ("missed", |r| inbound(r) && result(r, "Missed")),
    ("voicemail", |r| result(r, "Voicemail") && r["message"]["type"] == "VoiceMail"),
    ("hung up", |r| result(r, "Hang Up")),
    ("declined", |r| result(r, "Declined")),
    ("busy here", |r| inbound(r) && result(r, "Busy")),
    ("busy there", |r| !inbound(r) && result(r, "Busy")),
    ("blocked", |r| result(r, "Blocked")),
    ("phone offline", |r| result(r, "IP Phone Offline")),
    ("queue answered", |r| to_queue(r, "Accepted")),
    ("queue rings together", |r| any_leg(r, "action", "Ring Directly")),
    ("queue rings in turn", |r| any_leg(r, "action", "Hunting")),
    ("queue abandoned", |r| to_queue(r, "Abandoned")),
    ("queue voicemail", |r| to_queue(r, "Voicemail")),
    ("queue overflows", |r| to_queue(r, "No Answer") && to_queue(r, "Accepted")),
    ("callback requested", |r| result(r, "Callback requested")),
    ("called back", |r| any_leg(r, "legType", "CallBack")),
    ("through the menu", |r| any_leg(r, "legType", "PstnToSip")),
    ("transferred", |r| any_leg(r, "legType", "TransferCall")),
    ("warm transfer", |r| r["transferTarget"]["telephonySessionId"].is_string()),
    ("consultation", |r| r["transferee"]["telephonySessionId"].is_string()),
    ("parked", |r| any_leg(r, "legType", "CallPark") && any_leg(r, "legType", "Pickup")),
    ("fax received", |r| result(r, "Received") && r["message"]["type"] == "Fax"),
    ("fax sent", |r| result(r, "Sent")),
    ("fax failed", |r| result(r, "Fax Not Sent") || result(r, "Fax Receipt Error")),
    ("connected", |r| !inbound(r) && result(r, "Call connected")),
    ("no answer", |r| !inbound(r) && result(r, "No Answer")),
    ("failed", |r| result(r, "Call Failed")),
    ("wrong number", |r| result(r, "Wrong Number")),
    ("international", |r| r["internalType"] == "International"),
    ("toll-free", |r| r["internalType"] == "TollFreeNumber"),
    ("RingOut", |r| any_leg(r, "legType", "RingOutWebToCaller")),
    ("delegated", |r| r["delegate"]["id"].is_string()),
    ("internal", |r| any_leg(r, "legType", "ExtensionToExtension") && result(r, "Call connected")),
    ("conference", |r| r["sessionId"] == "0" && r["action"] == "Conference Call"),
    ("recorded by policy", |r| r["recording"]["type"] == "Automatic"),
    ("recorded on demand", |r| r["recording"]["type"] == "OnDemand"),
    ("recorded too briefly", |r| r["shortRecording"] == true),
    ("anonymous caller", |r| r["from"]["name"] == "Anonymous"),
    ("device", |r| legs(r).iter().any(|leg| leg["to"]["device"]["id"].is_string())),
    ("categories", |r| r["metadataCategories"].is_array()),
    ("new message type", |r| r["message"]["type"] == "VideoMail"),
];

#[test]
fn every_shape_occurs_in_5000_calls() {
    for seed in [1, 2, 3] {
        let records = records(&company(seed, 60, 5000), Scope::Account);
        for (shape, test) in SHAPES {
            assert!(records.iter().any(test), "seed {seed}: no call is {shape}");
        }
    }
}

#[test]
fn some_sessions_have_two_records_and_warm_transfers_name_each_other() {
    let records = records(&company(4, 60, 5000), Scope::Account);
    let session = |record: &Value| record["telephonySessionId"].as_str().unwrap().to_owned();
    let mut sessions: HashMap<String, Vec<&Value>> = HashMap::new();
    for record in &records {
        sessions.entry(session(record)).or_default().push(record);
    }
    assert!(sessions.values().filter(|records| records.len() == 2).count() > 50);
    assert!(sessions.values().all(|records| records.len() <= 2));
    for record in &records {
        let Some(other) = record["transferTarget"]["telephonySessionId"].as_str() else { continue };
        let consult = sessions[other][0];
        assert_eq!(consult["transferee"]["telephonySessionId"], record["telephonySessionId"]);
    }
}

#[test]
fn callers_call_again_and_some_more_than_others() {
    let records = records(&company(5, 60, 5000), Scope::Account);
    let mut calls: HashMap<String, u32> = HashMap::new();
    for record in records.iter().filter(|record| inbound(record)) {
        if let Some(number) = record["from"]["dialerPhoneNumber"].as_str() {
            *calls.entry(number.to_owned()).or_default() += 1;
        }
    }
    let repeat = calls.values().filter(|&&count| count > 1).count();
    let most = calls.values().max().copied().unwrap_or_default();
    assert!(repeat * 2 > calls.len(), "{repeat} of {} call again", calls.len());
    assert!((20..400).contains(&most), "the most frequent caller called {most} times");
    let countries: HashSet<&str> = calls.keys().map(|number| &number[..3]).collect();
    assert!(countries.len() >= 5);
}
