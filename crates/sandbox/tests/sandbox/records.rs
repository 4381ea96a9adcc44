//! Records in both views, by list and by id, byte for byte.

use callbook_synth::{Scope, View};
use reqwest::StatusCode;
use serde_json::Value;

use crate::server::Server;

const ALL: &str = "dateFrom=2023-12-01T00:00:00Z&showDeleted=true&perPage=500";

#[tokio::test]
async fn lists_hold_the_texts_of_the_company_unchanged() {
    let server = Server::start().await;
    let token = server.admin_token().await;
    for (name, view) in [("Simple", View::Simple), ("Detailed", View::Detailed)] {
        let path = format!("/account/~/call-log?{ALL}&view={name}");
        let body = server.get(&path, &token).send().await.unwrap().text().await.unwrap();
        let newest_first = server.company.entries(Scope::Account);
        let texts = newest_first.iter().rev().take(500);
        let texts: Vec<String> = texts.map(|entry| server.company.record(&entry, view)).collect();
        assert!(body.contains(&format!("\"records\":[{}]", texts.join(","))), "{name}");
        let page: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(page["records"][0].get("legs").is_some(), view == View::Detailed);
    }
}

#[tokio::test]
async fn a_record_is_found_by_its_id_in_its_own_log_only() {
    let server = Server::start().await;
    let token = server.admin_token().await;
    let own = server.company.extensions()[0].id;
    let mut checked = 0;
    for entry in server.company.entries(Scope::Extension(own)).iter().take(40) {
        let deleted = server.company.facts(&entry).deleted;
        let path = format!("/account/~/extension/~/call-log/{}?view=Detailed", entry.id);
        let response = server.get(&path, &token).send().await.unwrap();
        if deleted {
            assert_eq!(response.status(), StatusCode::NOT_FOUND);
            continue;
        }
        let body = response.text().await.unwrap();
        assert_eq!(body, server.company.record(&entry, View::Detailed));
        let (status, _) =
            server.get_json(&format!("/account/~/call-log/{}", entry.id), &token).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        checked += 1;
    }
    assert!(checked > 30);
}

#[tokio::test]
async fn the_uri_of_a_record_leads_to_it() {
    let server = Server::start().await;
    let token = server.admin_token().await;
    for path in ["/account/~/call-log", "/account/~/extension/~/call-log"] {
        let list = format!("{path}?dateFrom=2023-12-01T00:00:00Z&perPage=20&view=Detailed");
        let (_, page) = server.get_json(&list, &token).await;
        for record in page["records"].as_array().unwrap() {
            let uri = record["uri"].as_str().unwrap();
            let response = server.http.get(uri).bearer_auth(&token).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::OK, "{uri}");
            let found: Value = response.json().await.unwrap();
            assert_eq!(found["id"], record["id"]);
        }
    }
}
