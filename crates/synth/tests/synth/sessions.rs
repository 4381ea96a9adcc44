//! Telephony sessions: what is told of calls while they go on agrees with the records that follow.

use std::collections::{BTreeMap, BTreeSet};

use callbook_synth::{Company, Extra, Scenario, Scope, Session};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::{at, company, legs, ms, records};

/// 2024-06-03T15:00:00Z, when the company is open.
const START_MS: i64 = 1_717_426_800_000;

fn bodies(session: &Session<'_>) -> Vec<Value> {
    session.happenings().iter().map(|each| session.event_body(each)).collect()
}

/// The events of each party, by its id.
fn parties(bodies: &[Value]) -> BTreeMap<String, Vec<(i64, Value)>> {
    let mut parties: BTreeMap<String, Vec<(i64, Value)>> = BTreeMap::new();
    for body in bodies {
        let [party] = body["parties"].as_array().unwrap().as_slice() else { panic!("{body}") };
        let id = party["id"].as_str().unwrap().to_owned();
        parties.entry(id).or_default().push((ms(body, "eventTime"), party.clone()));
    }
    parties
}

fn codes(events: &[(i64, Value)]) -> Vec<&str> {
    events.iter().map(|(_, party)| party["status"]["code"].as_str().unwrap()).collect()
}

fn reason(events: &[(i64, Value)]) -> &str {
    events.last().unwrap().1["status"]["reason"].as_str().unwrap_or_default()
}

fn check(session: &Session<'_>, records: &[&Value]) {
    let bodies = bodies(session);
    let sequences: Vec<u64> =
        bodies.iter().map(|body| body["sequence"].as_u64().unwrap()).collect();
    assert_eq!(sequences, (1..=bodies.len() as u64).collect::<Vec<_>>());
    let times: Vec<i64> = bodies.iter().map(|body| ms(body, "eventTime")).collect();
    assert!(times.is_sorted());
    for body in &bodies {
        assert_eq!(body["telephonySessionId"], session.id());
    }
    let parties = parties(&bodies);
    for events in parties.values() {
        let codes = codes(events);
        assert_eq!(codes[..2], ["Setup", "Proceeding"]);
        let departed = |code: &&&str| matches!(**code, "Disconnected" | "Gone");
        assert_eq!(codes.iter().filter(departed).count(), 1, "{codes:?}");
        assert!(departed(&codes.last().unwrap()), "{codes:?}");
    }
    // From the first record's start to the last one's end.
    let start = records.iter().map(|record| ms(record, "startTime")).min().unwrap();
    let end = |value: &Value| ms(value, "startTime") + value["durationMs"].as_i64().unwrap();
    assert_eq!(times.first(), Some(&start));
    assert_eq!(times.last().copied(), records.iter().map(|record| end(record)).max());
    for record in records {
        if let Some(id) = record["partyId"].as_str() {
            assert!(parties.contains_key(id), "{record}");
        }
        for leg in
            legs(record).iter().filter(|leg| leg["reason"] == "Accepted" && leg["master"] == true)
        {
            check_answer(leg, &parties, &records[0]["sessionId"]);
        }
    }
}

/// Ring, talk and hold of whoever answered add up to the leg.
fn check_answer(leg: &Value, parties: &BTreeMap<String, Vec<(i64, Value)>>, session_id: &Value) {
    let extension = leg["extension"]["id"].to_string();
    let (start, duration) = (ms(leg, "startTime"), leg["durationMs"].as_i64().unwrap());
    let own = parties.values().find(|events| {
        events[0].1["extensionId"] == *extension && codes(events).contains(&"Answered")
    });
    // A queue or a menu does not answer as people do.
    let Some(events) = own.filter(|_| session_id != "0") else { return };
    let is_over = |code: &str| matches!(code, "Disconnected" | "Gone" | "Parked");
    if events[0].0 != start || reason(events) == "CallerInputRedirect" {
        return;
    }
    let mut spent: BTreeMap<&str, i64> = BTreeMap::new();
    for pair in events.windows(2) {
        let code = pair[0].1["status"]["code"].as_str().unwrap();
        if is_over(code) {
            break;
        }
        let what = match code {
            "Setup" | "Proceeding" => "ring",
            "Hold" => "hold",
            _ => "talk",
        };
        *spent.entry(what).or_default() += pair[1].0 - pair[0].0;
    }
    assert_eq!(spent.values().sum::<i64>(), duration, "{events:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_record_has_a_session_that_agrees_with_it(seed in any::<u64>(), users in 4_u32..60) {
        let company = company(seed, users, 150);
        let records = records(&company, Scope::Account);
        let mut of_session: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for record in &records {
            let id = record["telephonySessionId"].as_str().unwrap();
            of_session.entry(id).or_default().push(record);
        }
        let mut seen = BTreeSet::new();
        for session in (0..150).filter_map(|number| company.session_of(number)) {
            check(&session, &of_session[session.id().as_str()]);
            prop_assert!(seen.insert(session.id()));
        }
        prop_assert_eq!(seen.len(), of_session.len());
    }

    #[test]
    fn extensions_find_the_parties_of_their_own_records(seed in any::<u64>()) {
        let company = company(seed, 12, 150);
        let sessions = (0..150).filter_map(|number| company.session_of(number));
        let sessions: BTreeMap<String, BTreeMap<String, Vec<(i64, Value)>>> =
            sessions.map(|session| (session.id(), parties(&bodies(&session)))).collect();
        for extension in company.extensions() {
            for record in records(&company, Scope::Extension(extension.id)) {
                let Some(party) = record["partyId"].as_str() else { continue };
                let parties = &sessions[record["telephonySessionId"].as_str().unwrap()];
                // A queue that only lent its name to a call back takes no part in it.
                if let Some(events) = parties.get(party) {
                    prop_assert_eq!(&events[0].1["extensionId"], &extension.id.to_string());
                } else {
                    prop_assert_eq!(&record["legs"][0]["legType"], "CallBack");
                }
            }
        }
    }
}

/// The sessions of an interaction that goes a certain way.
fn played(company: &Company, scenario: Scenario) -> Vec<Session<'_>> {
    let extras: Vec<Extra> = company.improvise(1_000, START_MS, Some(scenario));
    extras.iter().filter_map(|extra| company.session(extra)).collect()
}

/// The events of the parties that have an extension, in the order of their setup.
fn own(session: &Session<'_>) -> Vec<Vec<(i64, Value)>> {
    let mut own: Vec<_> = parties(&bodies(session)).into_values().collect();
    own.retain(|events| events[0].1.get("extensionId").is_some());
    own.sort_by_key(|events| events[0].0);
    own
}

#[test]
fn somebody_is_put_on_hold_or_parked() {
    let company = company(1, 20, 500);
    let sessions = played(&company, Scenario::Hold);
    let [user] = own(&sessions[0]).try_into().unwrap();
    let expected = ["Setup", "Proceeding", "Answered", "Hold", "Answered", "Disconnected"];
    assert_eq!((codes(&user).as_slice(), reason(&user)), (&expected[..], "CallFinished"));

    let sessions = played(&company, Scenario::Park);
    let [user, colleague] = own(&sessions[0]).try_into().unwrap();
    let expected = ["Setup", "Proceeding", "Answered", "Parked", "Disconnected"];
    assert_eq!(codes(&user), expected);
    assert!(user[3].1["status"]["parkData"].as_str().unwrap().contains("80"));
    assert_eq!((reason(&user), user[4].0), ("Pickup", colleague[0].0));
}

#[test]
fn transfers_leave_traces_in_both_sessions() {
    let company = company(2, 20, 500);
    let [session] = played(&company, Scenario::TransferBlindTwoRecords).try_into().ok().unwrap();
    let [first, second] = own(&session).try_into().unwrap();
    assert_eq!((reason(&first), first.last().unwrap().0), ("BlindTransfer", second[0].0));
    assert!(second.last().unwrap().0 > second[0].0);

    let [call, consultation] = played(&company, Scenario::TransferWarm).try_into().ok().unwrap();
    let [asking, asked] = own(&consultation).try_into().unwrap();
    assert_eq!(reason(&asking), "AttendedTransfer");
    let (_, gone) = asked.last().unwrap();
    assert_eq!(gone["status"]["code"], "Gone");
    let peer = &gone["status"]["peerId"];
    assert_eq!(peer["telephonySessionId"], call.id());
    let events = &parties(&bodies(&call))[peer["partyId"].as_str().unwrap()];
    assert_eq!(events[0].1["extensionId"], gone["extensionId"]);
    assert_eq!(events[0].0, asked.last().unwrap().0);
    // Meanwhile the caller waited.
    let [first, _] = own(&call).try_into().unwrap();
    assert_eq!(codes(&first)[3..], ["Hold", "Disconnected"]);
}

#[test]
fn a_queue_is_out_of_it_when_a_member_accepts() {
    for seed in 0..20 {
        let company = company(seed, 20, 500);
        let [session] = played(&company, Scenario::QueueAnswered).try_into().ok().unwrap();
        let own = own(&session);
        let agent = own
            .iter()
            .find(|events| events[0].1["queueCall"] == true && codes(events).contains(&"Answered"));
        let agent = agent.unwrap();
        let answered = agent.iter().find(|(_, party)| party["status"]["code"] == "Answered");
        let answered_ms = answered.unwrap().0;
        let queues = own.iter().filter(|events| {
            let id = events[0].1["extensionId"].as_str().unwrap().parse().unwrap();
            company.extension(id).unwrap().kind == callbook_synth::ExtensionKind::Queue
        });
        let [queue] = queues.collect::<Vec<_>>().try_into().unwrap();
        assert_eq!((reason(queue), queue.last().unwrap().0), ("AgentAnswered", answered_ms));
        assert_eq!(agent[0].1["missedCall"], false);
    }
}

#[test]
fn machines_take_down_messages_and_faxes() {
    let company = company(3, 20, 500);
    let sessions = played(&company, Scenario::Voicemail);
    let [user] = own(&sessions[0]).try_into().unwrap();
    assert_eq!(codes(&user), ["Setup", "Proceeding", "VoiceMail", "Disconnected"]);
    assert_eq!(user[2].1["missedCall"], true);
    let sessions = played(&company, Scenario::Fax);
    let [user] = own(&sessions[0]).try_into().unwrap();
    assert_eq!(codes(&user), ["Setup", "Proceeding", "FaxReceive", "Disconnected"]);
    assert_eq!(user[3].1["missedCall"], false);
}

#[test]
fn a_conference_is_one_session_of_several_records() {
    let company = company(4, 20, 500);
    let [session] = played(&company, Scenario::Conference).try_into().ok().unwrap();
    let bodies = bodies(&session);
    assert_eq!(
        (&bodies[0]["sessionId"], &bodies[0]["origin"]["type"]),
        (&"0".into(), &"Conference".into())
    );
    let roles: Vec<Value> =
        own(&session).iter().map(|e| e[0].1["conferenceRole"].clone()).collect();
    assert_eq!(roles, ["Host", "Participant"]);
}

#[test]
fn a_session_is_shown_as_far_as_it_has_come() {
    let company = company(5, 20, 500);
    let [session] = played(&company, Scenario::Hold).try_into().ok().unwrap();
    let user = own(&session).remove(0);
    let id = user[0].1["extensionId"].as_str().unwrap().parse().unwrap();
    let expected = ["Ringing", "Ringing", "CallConnected", "OnHold", "CallConnected"];
    for ((at_ms, party), expected) in user.iter().zip(expected) {
        assert!(session.is_under_way(*at_ms));
        let engagement = session.engagement(id, *at_ms).unwrap();
        assert_eq!(
            (engagement.telephony_status, &engagement.call["partyId"]),
            (expected, &party["id"])
        );
        let shown = session.status_json(*at_ms);
        let parties = shown["parties"].as_array().unwrap();
        let shown_party = parties.iter().find(|each| each["id"] == party["id"]).unwrap();
        assert_eq!(shown_party["status"], party["status"]);
    }
    let end_ms = user.last().unwrap().0;
    assert!(!session.is_under_way(end_ms) && session.engagement(id, end_ms).is_none());
    assert!(!session.is_under_way(at("2024-06-03T14:59:59Z").as_millisecond()));
}
