//! How a list request is read, and how a page is written.

use callbook_api::{Direction, Filter, ListQuery, Plan, RecordingFilter, Scope, View};
use jiff::Timestamp;
use reqwest::StatusCode;
use serde_json::Value;

use crate::company::{ACCOUNT, ADMIN, NOW, ODD_NUMBER, USER};
use crate::server::{Server, error_code};

/// What the call log port was asked for.
async fn asked(path: &str) -> (Scope, ListQuery) {
    let server = Server::start(Plan::Off).await;
    let token = server.access_token(ADMIN).await;
    let (status, body) = server.get_json(path, &token).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let asked = server.ports.asked.lock().unwrap().take();
    asked.unwrap()
}

/// The code and parameter of a refusal.
async fn refusal(query: &str) -> (String, Value) {
    let server = Server::start(Plan::Off).await;
    let token = server.access_token(ADMIN).await;
    let path = format!("/account/~/extension/~/call-log?{query}");
    let (status, body) = server.get_json(&path, &token).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{query}: {body}");
    (error_code(&body).to_owned(), body["errors"][0]["parameterName"].clone())
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn without_parameters_the_last_24_hours_are_listed() {
    let (scope, query) = asked("/account/~/call-log").await;
    assert_eq!(scope, Scope::Account);
    let expected = ListQuery {
        from: instant("2024-01-31T12:00:00Z"),
        to: instant(NOW),
        filter: Filter::default(),
        view: View::Simple,
        offset: 0,
        after: None,
        limit: 100,
    };
    assert_eq!(query, expected);
}

#[tokio::test]
async fn the_default_start_follows_the_given_end() {
    let (_, query) = asked("/account/~/call-log?dateTo=2023-12-10T01:00:00%2B01:00").await;
    assert_eq!(
        (query.from, query.to),
        (instant("2023-12-09T00:00:00Z"), instant("2023-12-10T00:00:00Z"))
    );
}

#[tokio::test]
async fn every_filter_reaches_the_call_log() {
    let path = format!(
        "/account/{ACCOUNT}/extension/{USER}/call-log?phoneNumber=%2B12025550101&direction=Inbound\
         &direction=Outbound&type=Voice&type=Fax&transport=PSTN&transport=VoIP&view=Detailed\
         &recordingType=OnDemand&withRecording=true&dateFrom=2024-01-01T00:00:00.000Z\
         &dateTo=2024-01-31T23:59:59.999Z&telephonySessionId=s-1&metadataCategory=a\
         &metadataCategory=b&showBlocked=false&showDeleted=true&perPage=2&page=2&unknown=ignored"
    );
    let (scope, query) = asked(&path).await;
    assert_eq!(scope, Scope::Extension(USER));
    let expected = ListQuery {
        from: instant("2024-01-01T00:00:00Z"),
        to: instant("2024-01-31T23:59:59.999Z"),
        filter: Filter {
            extension_number: None,
            phone_number: Some("12025550101".into()),
            directions: vec![Direction::Inbound, Direction::Outbound],
            types: vec!["Voice".into(), "Fax".into()],
            transports: vec!["PSTN".into(), "VoIP".into()],
            recording: Some(RecordingFilter::OnDemand),
            session_id: None,
            telephony_session_id: Some("s-1".into()),
            metadata_categories: vec!["a".into(), "b".into()],
            missed: false,
            conferences: false,
            hide_blocked: true,
            show_deleted: true,
        },
        view: View::Detailed,
        offset: 2,
        after: None,
        limit: 2,
    };
    assert_eq!(query, expected);
}

#[tokio::test]
async fn the_older_recording_parameter_still_counts() {
    let (_, query) = asked("/account/~/call-log?withRecording=true").await;
    assert_eq!(query.filter.recording, Some(RecordingFilter::All));
    let (_, query) = asked("/account/~/call-log?withRecording=false").await;
    assert_eq!(query.filter.recording, None);
}

#[tokio::test]
async fn page_sizes_are_clamped() {
    for (per_page, limit) in [("1", 1), ("1000", 1_000), ("5000", 1_000), ("max", 1_000)] {
        let (_, query) = asked(&format!("/account/~/call-log?perPage={per_page}")).await;
        assert_eq!(query.limit, limit, "{per_page}");
    }
}

#[tokio::test]
async fn bad_values_are_refused_by_name() {
    let cases = [
        ("dateFrom=yesterday", "dateFrom"),
        ("dateFrom=2024-01-01", "dateFrom"),
        ("dateTo=2024-01-01T00:00:00", "dateTo"),
        ("dateFrom=2024-01-02T00:00:00Z&dateTo=2024-01-01T00:00:00Z", "dateFrom"),
        ("direction=Inbound&direction=Sideways", "direction"),
        ("type=Telegram", "type"),
        ("transport=Pigeon", "transport"),
        ("view=Brief", "view"),
        ("recordingType=Some", "recordingType"),
        ("withRecording=maybe", "withRecording"),
        ("showDeleted=2", "showDeleted"),
        ("showBlocked=", "showBlocked"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("perPage=0", "perPage"),
        ("perPage=many", "perPage"),
        ("phoneNumber=abc", "phoneNumber"),
        ("extensionNumber=101&phoneNumber=12025550101", "phoneNumber"),
    ];
    for (query, parameter) in cases {
        assert_eq!(refusal(query).await, ("CMN-101".to_owned(), parameter.into()), "{query}");
    }
    assert_eq!(refusal("view=Simple&view=Simple").await, ("CMN-406".to_owned(), "view".into()));
}

#[tokio::test]
async fn a_session_is_not_looked_up_together_with_a_party() {
    for parameter in ["extensionNumber", "phoneNumber"] {
        let query = format!("sessionId=1&{parameter}=101");
        assert_eq!(refusal(&query).await, ("CLG-110".to_owned(), parameter.into()));
    }
}

#[tokio::test]
async fn numbers_pass_through_unchanged() {
    let server = Server::start(Plan::Off).await;
    let token = server.access_token(ADMIN).await;
    for path in
        ["/account/~/call-log", "/account/~/call-log/rec-1", "/account/~/call-log/rec-1,rec-2"]
    {
        let body = server.get(path, &token).send().await.unwrap().text().await.unwrap();
        assert!(body.contains(&format!("\"x-odd\":{ODD_NUMBER}}}")), "{body}");
    }
}

#[tokio::test]
async fn following_next_pages_keeps_the_query_and_ends() {
    let server = Server::start(Plan::Off).await;
    let token = server.access_token(ADMIN).await;
    let first = "/account/~/call-log?type=Voice&type=Fax&perPage=2";
    let (_, page) = server.get_json(first, &token).await;
    assert_eq!(
        page["paging"].to_string(),
        r#"{"page":1,"pageEnd":1,"pageStart":0,"perPage":2,"totalElements":3,"totalPages":2}"#
    );
    let next = page["navigation"]["nextPage"]["uri"].as_str().unwrap();
    assert_eq!(
        next,
        format!(
            "{}/restapi/v1.0/account/{ACCOUNT}/call-log?type=Voice&type=Fax&view=Simple\
             &dateFrom=2024-01-31T12%3A00%3A00.000Z&dateTo=2024-02-01T12%3A00%3A00.000Z\
             &page=2&perPage=2",
            server.url
        )
    );
    server.ports.clock.advance_s(600);
    let request = server.http.get(next).bearer_auth(&token).send().await.unwrap();
    let page: Value = request.json().await.unwrap();
    assert_eq!(page["records"].as_array().unwrap().len(), 1);
    let navigation = page["navigation"].as_object().unwrap();
    let links: Vec<&str> = navigation.keys().map(String::as_str).collect();
    assert_eq!(links, ["firstPage", "lastPage", "previousPage"]);
    let asked = server.ports.asked.lock().unwrap().take().unwrap().1;
    assert_eq!((asked.to, asked.offset, asked.filter.types.len()), (instant(NOW), 2, 2));
}

#[tokio::test]
async fn a_page_beyond_the_end_is_empty() {
    let server = Server::start(Plan::Off).await;
    let token = server.access_token(ADMIN).await;
    let (status, page) = server.get_json("/account/~/call-log?page=9&perPage=2", &token).await;
    assert_eq!((status, &page["records"]), (StatusCode::OK, &Value::Array(vec![])));
    assert!(page["paging"].get("pageStart").is_none());
    assert!(page["navigation"].get("nextPage").is_none());
    assert!(page["navigation"]["previousPage"]["uri"].as_str().unwrap().contains("page=2&"));
}
