//! Walking through all pages.

use std::collections::HashSet;

use callbook_synth::Scope;
use serde_json::Value;

use crate::server::{Server, ids};

async fn walk(server: &Server, first: &str, token: &str) -> Vec<String> {
    let mut next = Some(format!("{}/restapi/v1.0{first}", server.url));
    let mut walked = Vec::new();
    while let Some(uri) = next {
        let response = server.http.get(uri).bearer_auth(token).send().await.unwrap();
        let page: Value = response.json().await.unwrap();
        assert!(!ids(&page).is_empty() || walked.is_empty());
        walked.extend(ids(&page).into_iter().map(str::to_owned));
        next = page["navigation"]["nextPage"]["uri"].as_str().map(str::to_owned);
    }
    walked
}

#[tokio::test]
async fn the_pages_hold_every_record_once_newest_first() {
    let server = Server::start().await;
    let token = server.admin_token().await;
    let own = server.company.extensions()[0].id;
    let logs = [
        ("/account/~/call-log".to_owned(), Scope::Account),
        (format!("/account/~/extension/{own}/call-log"), Scope::Extension(own)),
    ];
    for (path, scope) in logs {
        for (filter, with_deleted) in [
            ("&showDeleted=true", true),
            ("", false),
            ("&showDeleted=true&type=Voice&type=Fax", true),
        ] {
            let first = format!("{path}?dateFrom=2023-12-01T00:00:00Z&perPage=77{filter}");
            let walked = walk(&server, &first, &token).await;
            let entries = server.company.entries(scope);
            let newest_first = entries.iter().rev();
            let expected: Vec<String> = newest_first
                .filter(|entry| with_deleted || !server.company.facts(entry).deleted)
                .map(|entry| entry.id.to_string())
                .collect();
            assert_eq!(walked, expected, "{first}");
            let distinct: HashSet<&String> = walked.iter().collect();
            assert_eq!(distinct.len(), walked.len());
        }
    }
}

#[tokio::test]
async fn adjoining_windows_share_no_record_and_miss_none() {
    let server = Server::start().await;
    let token = server.admin_token().await;
    let entries = server.company.entries(Scope::Account);
    let middle = entries.get(entries.len() / 2).unwrap();
    let start = jiff::Timestamp::from_millisecond(middle.start_ms).unwrap();
    let before = format!("dateFrom=2023-12-01T00:00:00Z&dateTo={start}");
    let after = format!("dateFrom={start}&dateTo=2024-03-01T00:00:00Z");
    let mut total = 0;
    for window in [before, after] {
        let path = format!("/account/~/call-log?showDeleted=true&perPage=1&{window}");
        let (_, page) = server.get_json(&path, &token).await;
        total += page["paging"]["totalElements"].as_u64().unwrap();
    }
    assert_eq!(total, 3_000);
}
