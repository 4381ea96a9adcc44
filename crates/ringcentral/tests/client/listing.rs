//! Lists of the directory: whole, or not.

use callbook_model::ExtensionId;
use callbook_ringcentral::{Error, Resource};
use serde_json::{Value, json};
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{EXTENSIONS, answer, client, ok, requests, signing_in};

async fn page(server: &MockServer, at: &str, number: &str, answer: ResponseTemplate) {
    let page = Mock::given(method("GET")).and(path(at)).and(query_param("page", number));
    page.respond_with(answer).mount(server).await;
}

fn list(ids: &[u64], more: bool, total: u64) -> Value {
    let records: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
    let next = if more { json!({ "nextPage": { "uri": "http://a" } }) } else { json!({}) };
    json!({ "records": records, "navigation": next, "paging": { "totalElements": total } })
}

#[tokio::test]
async fn a_list_is_complete_when_all_that_was_announced_was_seen() {
    for (second, total, complete) in [(3, 3, true), (2, 3, false), (3, 4, false)] {
        let server = signing_in().await;
        page(&server, EXTENSIONS, "1", ok(&list(&[1, 2], true, total))).await;
        page(&server, EXTENSIONS, "2", ok(&list(&[second], false, total))).await;
        let list = client(&server.uri()).directory(Resource::Extensions).await.unwrap();
        assert_eq!(list.complete, complete, "{second} {total}");
    }
}

#[tokio::test]
async fn a_page_that_cannot_be_had_is_no_end() {
    let server = signing_in().await;
    page(&server, EXTENSIONS, "1", ok(&list(&[1, 2], true, 3))).await;
    page(&server, EXTENSIONS, "2", ResponseTemplate::new(503)).await;
    let error = client(&server.uri()).directory(Resource::Extensions).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
}

#[tokio::test]
async fn each_list_is_at_its_place() {
    let server = signing_in().await;
    let account = "/restapi/v1.0/account/~";
    let seven = ExtensionId(7);
    for (resource, below) in [
        (Resource::Queues, "/call-queues"),
        (Resource::Members(seven), "/call-queues/7/members"),
        (Resource::Sites, "/sites"),
        (Resource::Numbers, "/phone-number"),
    ] {
        let at = format!("{account}{below}");
        answer(&server, "GET", &at, ok(&list(&[9], false, 1))).await;
        let list = client(&server.uri()).directory(resource).await.unwrap();
        assert!(list.complete && list.entries[0].id == "9", "{resource:?}: {list:?}");
    }
    for (resource, below) in [
        (Resource::CompanyHours, "/business-hours"),
        (Resource::Hours(seven), "/extension/7/business-hours"),
    ] {
        let at = format!("{account}{below}");
        answer(&server, "GET", &at, ok(&json!({ "schedule": {} }))).await;
        let list = client(&server.uri()).directory(resource).await.unwrap();
        assert_eq!((list.complete, list.entries[0].extension), (true, resource.of()));
        assert_eq!(requests(&server, &at).await, 1);
    }
}

#[tokio::test]
async fn phone_numbers_wait_where_calls_would() {
    let server = signing_in().await;
    let rate = |left: &str| {
        ok(&json!({ "id": 400, "records": [] }))
            .insert_header("x-rate-limit-group", "heavy")
            .insert_header("x-rate-limit-limit", "5")
            .insert_header("x-rate-limit-remaining", left)
            .insert_header("x-rate-limit-window", "3600")
    };
    answer(&server, "GET", "/restapi/v1.0/account/~/call-log", rate("1")).await;
    let client = client(&server.uri());
    assert!(client.has_room_for(Resource::Numbers).await);
    let span = callbook_model::Span { from: jiff::Timestamp::UNIX_EPOCH, to: jiff::Timestamp::MAX };
    let query = callbook_ringcentral::CallLogQuery {
        scope: callbook_model::Scope::Account,
        view: callbook_ringcentral::View::Simple,
        span,
        page: 1,
        per_page: 1,
    };
    client.call_log(&query).await.unwrap();
    assert!(!client.has_room_for(Resource::Numbers).await);
    assert!(client.has_room_for(Resource::Sites).await);
}
