//! Filters as clients write them, and the events that they let through.

use jiff::Timestamp;
use serde_json::json;

use super::*;

const ACCOUNT: AccountId = AccountId(7);
const USER: ExtensionId = ExtensionId(12);

fn parse(text: &str) -> Result<EventFilter, FilterError> {
    EventFilter::parse(text, ACCOUNT, USER)
}

fn filter(text: &str) -> EventFilter {
    parse(&format!("/restapi/v1.0/account/~/{text}")).unwrap()
}

#[test]
fn own_ids_take_the_place_of_the_tilde() {
    for (text, expected) in [
        ("account/~/telephony/sessions", "account/7/telephony/sessions"),
        ("account/7/presence", "account/7/presence"),
        ("account/~/extension/~/call-log", "account/7/extension/12/call-log"),
        (
            "account/~/extension/13/presence?detailedTelephonyState=true&sipData=true",
            "account/7/extension/13/presence?detailedTelephonyState=true&sipData=true",
        ),
        ("subscription/~?threshold=60&interval=15", "subscription/~?threshold=60&interval=15"),
    ] {
        let parsed = parse(&format!("/restapi/v1.0/{text}")).unwrap();
        assert_eq!(parsed.text, format!("/restapi/v1.0/{expected}"));
        assert_eq!(parse(&parsed.text).unwrap(), parsed, "what is stored is read alike");
    }
}

#[test]
fn what_cannot_be_subscribed_to_is_no_filter() {
    for text in [
        "",
        "/",
        "account/~/presence",
        "/restapi/v1.0/account/~",
        "/restapi/v1.0/account/~/extension/~",
        "/restapi/v1.0/account/~/extension/~/message-store",
        "/restapi/v1.0/account/~/presence/",
        "/restapi/v1.0/account/~/extension/x/presence",
        "/restapi/v1.0/account/me/presence",
        "/restapi/v1.0/account/~/extension/~/presence?detailedTelephonyState=perhaps",
        "/restapi/v2/account/~/presence",
        "/restapi/v1.0/subscription/~",
        "/restapi/v1.0/subscription/~?threshold=60",
        "/restapi/v1.0/subscription/~?threshold=60&interval=0",
        "/restapi/v1.0/subscription/~?threshold=-1&interval=5",
    ] {
        assert_eq!(parse(text).unwrap_err(), FilterError::Unknown, "{text}");
    }
    let other = parse("/restapi/v1.0/account/8/presence").unwrap_err();
    assert_eq!(other, FilterError::OtherAccount);
}

fn event(topic: Topic, body: Value) -> Event {
    Event { topic, extensions: vec![USER], at: Timestamp::UNIX_EPOCH, body }
}

#[test]
fn a_filter_takes_events_of_its_topic_and_extension() {
    let session = event(Topic::TelephonySessions, json!({ "parties": [] }));
    assert!(filter("telephony/sessions").takes(&session));
    assert!(filter("extension/~/telephony/sessions").takes(&session));
    assert!(!filter("extension/13/telephony/sessions").takes(&session));
    assert!(!filter("presence").takes(&session));
    assert!(!parse("/restapi/v1.0/subscription/~?threshold=6&interval=1").unwrap().takes(&session));
}

#[test]
fn a_query_narrows_sessions_to_parties_that_fit_all_of_it() {
    let party = json!({ "direction": "Inbound", "status": { "code": "Answered" } });
    let other =
        json!({ "direction": "Outbound", "status": { "code": "Setup" }, "recordings": [{}] });
    let session = event(Topic::TelephonySessions, json!({ "parties": [party, other] }));
    for (query, taken) in [
        ("statusCode=Answered", true),
        ("statusCode=Hold,Answered", true),
        ("statusCode=Hold&statusCode=Setup", true),
        ("statusCode=Disconnected", false),
        ("direction=Inbound", true),
        ("direction=Inbound&statusCode=Setup", false),
        ("withRecordings=true", true),
        ("withRecordings=true&direction=Inbound", false),
        ("sipData=true", true),
    ] {
        assert_eq!(
            filter(&format!("telephony/sessions?{query}")).takes(&session),
            taken,
            "{query}"
        );
    }
}

#[test]
fn calls_are_in_presence_where_they_are_asked_for() {
    let presence = event(Topic::Presence, json!({ "activeCalls": [{}], "sequence": 1 }));
    let plain = filter("extension/~/presence");
    assert_eq!(*plain.body(&presence), json!({ "sequence": 1 }));
    let detailed = filter("extension/~/presence?detailedTelephonyState=true");
    assert_eq!(*detailed.body(&presence), presence.body);
}
