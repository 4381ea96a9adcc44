//! Who is on the phone, calls under way, hidden records, and what is not offered.

use callbook_api::{Direction, Plan};
use jiff::Timestamp;
use reqwest::StatusCode;
use serde_json::json;

use crate::company::{ADMIN, NOW, QUEUE, SESSION, USER};
use crate::server::Server;

#[tokio::test]
async fn presence_is_given_of_people_and_everybody_else_is_offline() {
    let server = Server::start(Plan::Off).await;
    let token = server.user_token().await;
    let path = "/account/~/presence?perPage=2&page=2";
    let (status, page) = server.get_json(path, &token).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let [queue, guest] = page["records"].as_array().unwrap().as_slice() else { panic!("{page}") };
    assert_eq!(queue["presenceStatus"], "Offline");
    assert_eq!((queue.get("telephonyStatus"), &queue["extension"]["id"]), (None, &json!(QUEUE)));
    assert_eq!(guest["telephonyStatus"], "CallConnected");
    assert!(guest.get("activeCalls").is_none());
    let path = "/account/~/presence?detailedTelephonyState=true";
    let (_, page) = server.get_json(path, &token).await;
    let first = &page["records"][0];
    assert_eq!(first["activeCalls"][0]["telephonySessionId"], SESSION);
    assert!(first["uri"].as_str().unwrap().ends_with(&format!("/extension/{ADMIN}/presence")));
}

#[tokio::test]
async fn a_queues_presence_is_that_of_its_members() {
    let server = Server::start(Plan::Off).await;
    let token = server.user_token().await;
    let path = format!("/account/~/call-queues/{QUEUE}/presence");
    let (_, page) = server.get_json(&path, &token).await;
    let member = json!({ "id": USER.to_string(), "extensionNumber": "102" });
    assert_eq!(page, json!({ "records": [{ "member": member, "acceptQueueCalls": true }] }));
    let (status, _) = server.get_json("/account/~/call-queues/5/presence", &token).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_session_is_shown_to_its_parties_and_to_who_may_see_all() {
    let server = Server::start(Plan::Off).await;
    let (admin, user) = (server.access_token(ADMIN).await, server.user_token().await);
    for (token, id, expected) in [
        (&admin, SESSION, StatusCode::OK),
        (&admin, "s-2", StatusCode::NOT_FOUND),
        (&user, SESSION, StatusCode::NOT_FOUND),
    ] {
        let path = format!("/account/~/telephony/sessions/{id}");
        assert_eq!(server.get_json(&path, token).await.0, expected);
    }
}

#[tokio::test]
async fn only_ones_own_log_is_hidden_and_no_more_of_it_than_was_asked() {
    let server = Server::start(Plan::Off).await;
    let token = server.user_token().await;
    let delete = async |extension: &str, query: &str| {
        let path = format!("/restapi/v1.0/account/~/extension/{extension}/call-log?{query}");
        let request = server.http.delete(format!("{}{path}", server.url)).bearer_auth(&token);
        request.send().await.unwrap().status()
    };
    let now: Timestamp = NOW.parse().unwrap();
    assert_eq!(delete("~", "").await, StatusCode::NO_CONTENT);
    let (extension, all) = server.ports.hidden.lock().unwrap().take().unwrap();
    assert_eq!((extension, all.from, all.to, all.at), (USER, Timestamp::MIN, now, now));
    let query = "dateFrom=2024-01-01T00:00:00Z&dateTo=2024-01-02T00:00:00Z&type=Fax\
                 &direction=Inbound&phoneNumber=12025550101";
    assert_eq!(delete(&USER.to_string(), query).await, StatusCode::NO_CONTENT);
    let (_, some) = server.ports.hidden.lock().unwrap().take().unwrap();
    assert_eq!(some.from, "2024-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(some.filter.phone_number.as_deref(), Some("12025550101"));
    assert_eq!(
        (some.filter.types, some.filter.directions),
        (vec!["Fax".to_owned()], vec![Direction::Inbound])
    );
    assert_eq!(delete("~", "type=Telex").await, StatusCode::BAD_REQUEST);
    assert_eq!(delete(&ADMIN.to_string(), "").await, StatusCode::FORBIDDEN);
    assert!(server.ports.hidden.lock().unwrap().is_none());
}
